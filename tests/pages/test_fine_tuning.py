"""Fine-tuning on the pages: a run to start from in the form, and the figures before and after."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from digitlab.runs.run import Run
from digitlab.ui.train.form import key_of
from tests.pages.driven_page import PAGES, MakeModel, OpenPage

TRAIN = f"{PAGES}/train.py"


def summary(accuracy: float) -> dict[str, object]:
    return {"accuracy": accuracy, "images": 1000, "mistakes": 50, "interval": [accuracy - 0.01, accuracy + 0.01]}


def opened(open_page: OpenPage, run: Run) -> AppTest:
    app = open_page().switch_page(TRAIN)
    app.query_params["run"] = run.id
    return app.run()


def test_the_form_offers_models_of_the_same_kind_to_start_from(make_model: MakeModel, open_page: OpenPage) -> None:
    make_model("plain", 7)
    app = open_page()
    start = app.selectbox(key=key_of("start_from"))
    assert start.options == ["fresh random weights"]
    app.selectbox(key=key_of("model")).set_value("softmax").run()
    assert app.selectbox(key=key_of("start_from")).options == ["fresh random weights", "plain"]


def test_before_and_after_stand_beside_each_other(make_run: Callable[..., Run], open_page: OpenPage) -> None:
    run = make_run(start_from="softmax")
    run.write_results(
        {
            "parameters": 7850,
            "test": {"mine": summary(0.95), "mnist": summary(0.91), "pen": summary(0.9)},
            "before": {
                "mine": {**summary(0.85), "only_before": 20, "only_after": 120},
                "mnist": summary(0.92),
                "pen": summary(0.9),
            },
        }
    )
    app = opened(open_page, run)
    shown = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    assert shown == {
        "My handwriting": ("95.00\u202f%", "+10.00 percentage points"),
        "MNIST": ("91.00\u202f%", "-1.00 percentage points"),
        "Pen digits": ("90.00\u202f%", "no change"),
    }
    mine, mnist, _ = [caption.value for caption in app.caption if caption.value.startswith("Before ")]
    assert "Before 85.00\u202f% (84.0 to 86.0\u202f%), after 95.00\u202f% (94.0 to 96.0\u202f%)." in mine
    assert "They differ by 100 images in favour of after" in mine
    assert mnist.strip().endswith("after 91.00\u202f% (90.0 to 92.0\u202f%).")


def test_a_run_that_started_fresh_has_no_before(make_run: Callable[..., Run], open_page: OpenPage) -> None:
    assert not opened(open_page, make_run()).metric


def test_damaged_figures_get_one_line(make_run: Callable[..., Run], open_page: OpenPage) -> None:
    run = make_run(start_from="softmax")
    run.write_results({"test": {"mine": summary(0.95)}, "before": {"mine": {"accuracy": "x"}}})
    app = opened(open_page, run)
    assert ["before.mine.images is missing" in line.value.replace("\\", "") for line in app.markdown].count(True) == 1
    assert not app.exception
