import threading
from types import SimpleNamespace

import pytest
import torch

from digitlab.errors import BadConfig
from digitlab.models import build_model, has_convolutions
from digitlab.training import devices
from digitlab.training.devices import all_cores, choose_device, choose_precision, keep_freed_memory

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"), [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")]
)
def test_auto_takes_a_gpu_when_there_is_one(
    cuda: bool, mps: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert choose_device("auto").type == expected


def test_the_cpu_is_always_there() -> None:
    assert choose_device("cpu") == CPU


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_missing_device_is_refused_with_a_remedy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(BadConfig, match=f"device is '{name}', which this machine does not have. Choose auto or cpu"):
        choose_device(name)


@pytest.mark.parametrize(
    ("capabilities", "native"),
    [({"avx512_bf16": True}, True), ({"amx_bf16": True}, True), ({"avx512_f": True}, False), ({"bf16": True}, False)],
)
@pytest.mark.parametrize("model", ["softmax", "cnn"])
def test_auto_takes_bfloat16_for_convolutions_where_the_processor_multiplies_it(
    model: str, capabilities: dict[str, bool], native: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    chosen = choose_precision("auto", build_model(model), CPU)
    assert chosen == (torch.bfloat16 if native and model == "cnn" else torch.float32)


@pytest.mark.parametrize("native", [True, False])
def test_a_gpu_is_asked_for_bfloat16_of_its_own(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: native and not including_emulation)
    chosen = choose_precision("auto", build_model("cnn"), torch.device("cuda"))
    assert chosen == (torch.bfloat16 if native else torch.float32)


@pytest.mark.parametrize("name", ["float32", "bfloat16"])
def test_a_named_precision_is_taken_as_it_is(name: str) -> None:
    assert choose_precision(name, build_model("softmax"), CPU) == getattr(torch, name)


def test_asking_this_processor_for_bfloat16_gives_an_answer() -> None:
    assert choose_precision("auto", build_model("cnn"), CPU) in (torch.float32, torch.bfloat16)


def test_only_the_cnn_has_convolutions() -> None:
    assert has_convolutions(build_model("cnn"))
    assert not has_convolutions(build_model("softmax"))


def test_memory_that_is_freed_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[int, int] = {}
    monkeypatch.setattr(devices.ctypes, "CDLL", lambda name: SimpleNamespace(mallopt=asked.__setitem__))
    keep_freed_memory()
    trim_threshold, mmap_threshold = -1, -3  # as malloc.h names them
    assert asked == {mmap_threshold: 32 * 2**20, trim_threshold: 2**31 - 1}


@pytest.mark.parametrize("library", [SimpleNamespace(), None])
def test_another_c_library_goes_on_as_it_is(library: SimpleNamespace | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> SimpleNamespace:
        if library is None:
            raise OSError(f"{name}: cannot open shared object file")
        return library

    monkeypatch.setattr(devices.ctypes, "CDLL", load)
    keep_freed_memory()


def threads_of_a_new_thread() -> int:
    """How many cores torch uses in a thread that has not been asked before."""
    found: list[int] = []
    asker = threading.Thread(target=lambda: found.append(torch.get_num_threads()))
    asker.start()
    asker.join()
    return found[0]


@pytest.mark.parametrize(("cores", "used"), [(3, 3), (1, 1), (None, 1)])
def test_all_cores_are_used_for_a_while_and_then_as_many_as_before(
    cores: int | None, used: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices.os, "cpu_count", lambda: cores)
    assert torch.get_num_threads() == 1
    with all_cores():
        assert torch.get_num_threads() == used
    assert torch.get_num_threads() == threads_of_a_new_thread() == 1


def test_an_error_gives_the_cores_back_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.os, "cpu_count", lambda: 3)
    with pytest.raises(BadConfig), all_cores():
        raise BadConfig("no scores")
    assert torch.get_num_threads() == threads_of_a_new_thread() == 1


def test_two_who_want_all_cores_at_once_leave_as_many_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.os, "cpu_count", lambda: 3)
    entered, left = threading.Event(), threading.Event()

    def second() -> None:
        with all_cores():
            entered.set()
            left.wait()

    other = threading.Thread(target=second)
    with all_cores():
        other.start()
        entered.wait(0.2)  # it may not come in as long as this one is here
    left.set()
    other.join()
    assert entered.is_set()
    assert threads_of_a_new_thread() == 1
