"""Runs whose files are damaged: every page goes on without them, and Train says why and deletes them."""

from collections.abc import Callable

import pytest
import torch
from safetensors.torch import load_file, save_file

from digitlab.runs.run import Run
from digitlab.runs.status import State
from tests.pages.driven_page import PAGES, MakeModel, OpenPage, find_button

MakeRun = Callable[..., Run]

WORST = [
    ("results.json", '{"parameters": 1e999}'),
    ("results.json", '{"test": {"mnist": {"accuracy": 1' + "0" * 400 + "}}}"),
    ("results.json", '{"doubt": {"temperature": 1' + "0" * 400 + ', "threshold": 0}}'),
    ("label.json", '{"name": "\\ud800"}'),
    ("status.json", '{"state": "running", "seconds": 1' + "0" * 400 + "}"),
    ("status.json", '{"state": "failed", "updated": []}'),
    ("history.jsonl", '{"epoch": 1' + "0" * 400 + ', "validation_accuracy": 0.5}\n'),
    ("config.json", '{"model": ["softmax"]}'),
    ("config.json", '{"\\ud800": 1}'),
]


def test_damaged_runs_are_listed_on_train_and_nowhere_else(
    make_run: MakeRun, make_model: MakeModel, open_page: OpenPage
) -> None:
    make_model("softmax", 7)
    good = make_run(name="good one")
    damaged = []
    for name, content in WORST:
        run = make_run(name="bad one")
        (run.folder / name).write_text(content)
        damaged.append(run)
    app = open_page()
    for page in ("draw", "sweeps", "evaluate", "inside", "compare", "handwriting", "train"):
        app = app.switch_page(f"{PAGES}/{page}.py").run()
        assert not app.exception, page
    assert list(app.dataframe[0].value["Name"]) == ["good one", "softmax"]
    shown = "\n".join(one.value for one in app.markdown)
    assert all(f"`{run.id}`" in shown for run in damaged)
    assert "parameters is inf" in shown.replace("\\", "")
    assert good.id not in shown


def test_a_damaged_run_can_be_deleted_after_a_question(make_run: MakeRun, open_page: OpenPage) -> None:
    run = make_run()
    (run.folder / "results.json").write_text('{"parameters": 1e999}')
    app = open_page().switch_page(f"{PAGES}/train.py").run()
    app = app.button(key=f"delete {run.id}").click().run()
    assert not app.exception
    assert not app.checkbox(key=f"sure to delete {run.id}").value
    assert find_button(app, "Delete for good").disabled
    assert run.folder.exists()


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float8_e4m3fn])
def test_weights_in_a_foreign_number_format_are_one_line_inside(
    kind: torch.dtype, make_run: MakeRun, open_page: OpenPage
) -> None:
    run = make_run()
    run.mark(State.DONE)
    save_file({name: value.to(kind) for name, value in load_file(run.weights).items()}, run.weights)
    app = open_page(model=run.id).switch_page(f"{PAGES}/inside.py")
    app.query_params["model"] = run.id
    app = app.run()
    assert not app.exception
    assert "is of the type" in app.error[0].value.replace("\\", "")
