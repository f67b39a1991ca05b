import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from digitlab.config import TrainConfig
from digitlab.errors import BadRun, NotSaved
from digitlab.models import build_model
from digitlab.runs.run import Run
from digitlab.runs.weights import (
    first_filters,
    load_resume,
    load_weights,
    model_of,
    save_resume,
    save_weights,
    spread,
    weight_images,
    weight_norm,
)

STATE = {"epoch": 3, "model": {"w": torch.arange(4.0)}, "loss": 0.5, "none": None}
"""A trainer's state, in small."""


class Trap:
    """Unpickled, it would leave a trace."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.trace,)


@pytest.fixture
def model() -> nn.Module:
    return build_model("softmax")


@pytest.fixture
def file(tmp_path: Path, model: nn.Module) -> Path:
    save_weights(tmp_path / "weights.safetensors", model.state_dict())
    return tmp_path / "weights.safetensors"


@pytest.fixture
def softmax_file(tmp_path: Path) -> Path:
    """Weights as a snapshot holds them, in half precision."""
    save_weights(tmp_path / "softmax.safetensors", build_model("softmax").state_dict(), half=True)
    return tmp_path / "softmax.safetensors"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run.create(tmp_path / "runs", TrainConfig())


def changed(file: Path, **tensors: Tensor) -> None:
    save_file({**load_file(file), **tensors}, file)


def refuses(file: Path, words: str) -> None:
    """The weights are refused in one line with a remedy, and the model is as before."""
    model = build_model("softmax")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(BadRun, match=words) as caught:
        load_weights(file, model)
    assert str(file) in str(caught.value)
    assert "Choose another run, or train the model again." in str(caught.value)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


@pytest.mark.parametrize("name", ["softmax", "cnn"])
def test_weights_come_back_as_they_were_saved(name: str, tmp_path: Path) -> None:
    one, other = build_model(name), build_model(name)
    save_weights(tmp_path / "w", one.state_dict())
    load_weights(tmp_path / "w", other)
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_channels_last_weights_are_saved_as_well(tmp_path: Path) -> None:
    one, other = build_model("cnn").to(memory_format=torch.channels_last), build_model("cnn")
    save_weights(tmp_path / "w", one.state_dict())
    load_weights(tmp_path / "w", other)
    assert torch.equal(one.features[0][0].weight, other.features[0][0].weight)


def test_half_precision_takes_half_the_space_and_loads_into_float32(file: Path, model: nn.Module) -> None:
    half = file.with_name("half")
    save_weights(half, model.state_dict(), half=True)
    assert half.stat().st_size < 0.6 * file.stat().st_size
    other = build_model("softmax")
    load_weights(half, other)
    assert other.linear.weight.dtype == torch.float32
    assert torch.allclose(other.linear.weight, model.linear.weight, atol=1e-3)


def test_half_precision_leaves_counters_alone(tmp_path: Path) -> None:
    save_weights(tmp_path / "w", {"count": torch.tensor(70_000), "x": torch.ones(2)}, half=True)
    saved = load_file(tmp_path / "w")
    assert saved["count"].item() == 70_000
    assert saved["x"].dtype == torch.float16


def test_a_runs_model_is_ready_to_read(make_run: Callable[..., Run]) -> None:
    run = make_run(model="cnn")
    found, again = model_of(run), model_of(run)
    assert not any(module.training for module in found.modules())
    saved = load_file(run.weights)
    assert all(torch.equal(value, saved[name]) for name, value in found.state_dict().items())
    assert found is not again
    run.weights.unlink()
    with pytest.raises(BadRun, match="cannot be read"):
        model_of(run)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    refuses(tmp_path / "nowhere", "cannot be read: No such file")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    refuses(tmp_path, "cannot be read")


@pytest.mark.parametrize("length", [0, 4, 8, 100, 5000])
def test_a_truncated_file_is_refused(length: int, file: Path) -> None:
    file.write_bytes(file.read_bytes()[:length])
    refuses(file, "is damaged or not a safetensors file")


@pytest.mark.parametrize("content", [b"text\n", b"\x89PNG\r\n\x1a\n" + bytes(100), b"\xff" * 1000, bytes(1000)])
def test_a_foreign_file_is_refused(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    refuses(file, "is damaged or not a safetensors file")


@pytest.mark.parametrize("save", [torch.save, lambda value, file: file.write_bytes(pickle.dumps(value))])
def test_a_pickle_renamed_to_safetensors_is_refused_and_never_run(save: object, file: Path, tmp_path: Path) -> None:
    save({"linear.weight": Trap(tmp_path / "trace")}, file)  # type: ignore[operator]
    refuses(file, "is damaged or not a safetensors file")
    assert not (tmp_path / "trace").exists()


def test_weights_of_another_architecture_are_refused(file: Path) -> None:
    save_weights(file, build_model("cnn").state_dict())
    refuses(file, "does not fit the model: the tensor 'features")


def test_a_missing_tensor_is_named(file: Path) -> None:
    save_file({"linear.weight": torch.ones(10, 784)}, file)
    refuses(file, "the tensor 'linear.bias' is missing or foreign")


def test_a_foreign_tensor_is_named(file: Path) -> None:
    changed(file, extra=torch.ones(1))
    refuses(file, "the tensor 'extra' is missing or foreign")


@pytest.mark.parametrize("shape", [(784, 10), (10, 783), (10, 784, 1), (7840,), (0,)])
def test_a_wrong_shape_is_named(shape: tuple[int, ...], file: Path) -> None:
    changed(file, **{"linear.weight": torch.ones(shape)})
    refuses(file, r"the tensor 'linear.weight' has shape \(.*\) instead of \(10, 784\)")


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
def test_numbers_that_are_not_finite_are_refused(value: float, file: Path) -> None:
    bias = torch.zeros(10)
    bias[3] = value
    changed(file, **{"linear.bias": bias})
    refuses(file, "the tensor 'linear.bias' holds numbers that are not finite")


@pytest.mark.parametrize("kind", [torch.float64, torch.bfloat16, torch.int32, torch.float8_e4m3fn])
def test_number_formats_that_digitlab_does_not_write_are_refused(kind: torch.dtype, file: Path) -> None:
    changed(file, **{"linear.weight": torch.ones(10, 784).to(kind)})
    refuses(file, r"the tensor 'linear.weight' is of the type \w+, not one of F32, F16, I64")
    with pytest.raises(BadRun, match="is of the type"):
        weight_images(file)


def test_a_long_list_of_tensors_is_refused_before_it_is_read(file: Path) -> None:
    file.write_bytes((20_000_000).to_bytes(8, "little") + b" " * 20_000_000)
    refuses(file, "its list of tensors has 20000000 bytes")


def test_weight_images_that_are_not_finite_are_refused(file: Path) -> None:
    changed(file, **{"linear.weight": torch.full((10, 784), torch.nan)})
    with pytest.raises(BadRun, match="holds numbers that are not finite"):
        weight_images(file)


def test_when_saving_fails_the_old_weights_stay(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("digitlab.files.os.fsync", fail)
    with pytest.raises(NotSaved, match="No space left"):
        save_weights(file, build_model("softmax").state_dict())
    assert file.read_bytes() == before
    assert len(list(file.parent.glob(".weights*"))) == 0


def test_a_state_comes_back_as_it_was_saved(run: Run) -> None:
    save_resume(run, STATE)
    loaded = load_resume(run)
    assert loaded is not None
    assert torch.equal(loaded["model"]["w"], STATE["model"]["w"])  # type: ignore[index]
    assert (loaded["epoch"], loaded["loss"], loaded["none"]) == (3, 0.5, None)


def test_a_new_state_replaces_the_old_one_and_leaves_nothing_else(run: Run) -> None:
    save_resume(run, STATE)
    save_resume(run, {**STATE, "epoch": 4})
    assert (load_resume(run) or {})["epoch"] == 4
    assert [path.name for path in run.resume.parent.iterdir()] == [run.resume.name]


def test_a_run_without_a_state_begins_at_the_start(run: Run) -> None:
    assert load_resume(run) is None


def test_code_in_the_file_is_refused_and_never_run(run: Run, tmp_path: Path) -> None:
    save_resume(run, {"epoch": Trap(tmp_path / "trace")})
    with pytest.raises(BadRun, match="damaged or foreign"):
        load_resume(run)
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_truncated_state_is_refused(share: float, run: Run) -> None:
    save_resume(run, STATE)
    content = run.resume.read_bytes()
    run.resume.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BadRun, match="Delete it to train from the start"):
        load_resume(run)


def test_a_file_that_is_no_state_is_refused_whatever_it_is(run: Run) -> None:
    save_resume(run, STATE)
    random = np.random.default_rng(0)
    for content in [b"", b"rubbish", *(random.bytes(size) for size in range(1, 200))]:
        run.resume.write_bytes(content)
        with pytest.raises(BadRun, match="Delete it to train from the start"):
            load_resume(run)


@pytest.mark.parametrize(
    "change", [{"epoch": 10**400}, {"epoch": -1}, {"seconds": float("nan")}, {"x": "y" * 2000}, {"x": [10**400]}]
)
def test_a_state_with_senseless_values_is_refused(change: dict[str, object], run: Run) -> None:
    torch.save({**STATE, **change}, run.folder / "state")
    run.resume.parent.mkdir()
    (run.folder / "state").rename(run.resume)
    with pytest.raises(BadRun, match=r"state\.pt is damaged or foreign: .* Delete it to train from the start"):
        load_resume(run)


def test_a_state_of_lists_within_lists_is_refused_before_all_are_looked_at(run: Run) -> None:
    value: list[object] = []
    for _ in range(60):
        value = [value, value]
    save_resume(run, {"x": value})
    with pytest.raises(BadRun, match="too many values"):
        load_resume(run)


@pytest.mark.parametrize("value", [[1, 2], torch.ones(3), 7])
def test_something_that_is_no_state_is_refused(value: object, run: Run) -> None:
    save_resume(run, {})
    torch.save(value, run.resume)
    with pytest.raises(BadRun, match="holds no training state"):
        load_resume(run)


def test_weight_images_are_the_rows_of_the_dense_layer(softmax_file: Path, tmp_path: Path) -> None:
    weights = torch.arange(7840, dtype=torch.float32).reshape(10, 784)
    save_weights(tmp_path / "w.safetensors", {"linear.weight": weights, "linear.bias": torch.zeros(10)})
    images = weight_images(tmp_path / "w.safetensors")
    assert images.shape == (10, 28, 28)
    assert images[2, 1, 3] == 2 * 784 + 28 + 3
    assert weight_images(softmax_file).dtype == np.float32


def test_first_filters_are_those_that_see_the_image(tmp_path: Path) -> None:
    save_weights(tmp_path / "cnn.safetensors", build_model("cnn").state_dict())
    assert first_filters(tmp_path / "cnn.safetensors", "features.0.0.weight").shape == (24, 5, 5)
    with pytest.raises(BadRun, match="does not fit filters"):
        first_filters(tmp_path / "cnn.safetensors", "features.2.0.weight")


@pytest.mark.parametrize("content", [b"", b"damaged"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(BadRun, match=r"w\.safetensors is damaged"):
        weight_images(tmp_path / "w.safetensors")
    with pytest.raises(BadRun, match="cannot be read: No such file"):
        weight_images(tmp_path / "none.safetensors")


def test_the_norm_is_that_of_all_tensors_together(tmp_path: Path) -> None:
    save_weights(tmp_path / "w.safetensors", {"a": torch.tensor([3.0]), "b": torch.tensor([[4.0]])})
    assert weight_norm(tmp_path / "w.safetensors", ["a", "b"]) == pytest.approx(5.0)


def test_a_long_training_is_thinned_but_for_its_ends_and_the_chosen_epoch() -> None:
    epochs = list(range(1001))
    chosen = spread(epochs, 41, [333])
    assert chosen[0] == 0
    assert chosen[-1] == 1000
    assert 333 in chosen
    assert len(chosen) <= 42
    assert chosen == sorted(set(chosen))
    assert spread([0, 1, 2], 41) == [0, 1, 2]
