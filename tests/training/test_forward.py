from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from digitlab.models import build_model
from digitlab.training.forward import Forward, Replayed

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


class Captured:
    """Stands for CUDA's graphs: runs the module some times, as capturing does, counts the replays, and gives each
    one's logits in the same memory."""

    def __init__(self) -> None:
        self.modules: list[nn.Module] = []
        self.replays = 0

    def capture(self, module: nn.Module, sample: tuple[Tensor]) -> Callable[[Tensor], Tensor]:
        self.modules.append(module)
        for _ in range(3):
            module(*sample)

        memory = torch.empty(len(sample[0]), 10)

        def replay(x: Tensor) -> Tensor:
            self.replays += 1
            memory.copy_(module(x).detach())
            return memory

        return replay


@pytest.fixture
def captured(monkeypatch: pytest.MonkeyPatch) -> Captured:
    graphs = Captured()
    monkeypatch.setattr(torch.cuda, "make_graphed_callables", graphs.capture)
    return graphs


@pytest.fixture
def images() -> Tensor:
    return torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_logits_come_as_float32_in_either_precision(precision: torch.dtype, images: Tensor) -> None:
    model = build_model("cnn-fast", seed=0).eval()
    logits = Forward(model, precision)(images)
    assert logits.dtype == torch.float32
    assert torch.allclose(logits, model(images), atol=0.05)
    assert torch.equal(logits, model(images)) == (precision == torch.float32)


def test_on_a_cpu_nothing_is_captured(captured: Captured, images: Tensor) -> None:
    model = build_model("cnn-fast", seed=0).eval()
    replayed = Replayed(Forward(model, torch.float32), CPU)
    assert torch.equal(replayed(images), model(images))
    assert captured.modules == []


def test_batches_of_the_first_ones_shape_are_replayed_and_others_go_the_usual_way(
    captured: Captured, images: Tensor
) -> None:
    model = build_model("cnn-fast", seed=0).eval()
    replayed = Replayed(Forward(model, torch.float32), CUDA)
    for batch in (images[:4], images[2:], images[:2], images[1:5]):
        assert torch.equal(replayed(batch), model(batch))
    assert len(captured.modules) == 1
    assert captured.replays == 3, "the two images of the third batch are no graph's"


def test_the_logits_of_a_step_stay_when_the_next_one_is_replayed(captured: Captured, images: Tensor) -> None:
    model = build_model("cnn-fast", seed=0).eval()
    replayed = Replayed(Forward(model, torch.float32), CUDA)
    first, second = replayed(images[:3]), replayed(images[3:])
    assert captured.replays == 2
    assert torch.equal(first, model(images[:3]))
    assert torch.equal(second, model(images[3:]))


def test_capturing_leaves_the_batch_statistics_as_they_were(captured: Captured, images: Tensor) -> None:
    plain, model = build_model("cnn-fast", seed=0), build_model("cnn-fast", seed=0)
    plain(images)
    Replayed(Forward(model, torch.float32), CUDA)(images)
    assert captured.replays == 1
    for (name, expected), found in zip(plain.named_buffers(), model.buffers(), strict=True):
        assert torch.equal(found, expected), name


def test_what_is_captured_is_a_module_of_its_own(captured: Captured, images: Tensor) -> None:
    forward = Forward(build_model("cnn-fast", seed=0), torch.float32)
    Replayed(forward, CUDA)(images)
    (module,) = captured.modules
    assert module is not forward
    assert module is not forward.model
