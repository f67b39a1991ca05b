"""Where a model computes, and with which numbers."""

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import torch
from torch import nn

from digitlab.errors import BadConfig
from digitlab.models import has_convolutions

_all_cores_taken = threading.RLock()

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGEST_IN_HEAP, _KEPT = 32 * 2**20, 2**31 - 1
"""glibc's names of two settings (malloc.h), and the most bytes that each takes."""


def choose_device(name: str) -> torch.device:
    """The device of a config: `auto` takes a GPU when there is one. Raises BadConfig when the named one is missing."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next(device for device in ("cuda", "mps", "cpu") if there[device]))
    if not there[name]:
        raise BadConfig(f"device is {name!r}, which this machine does not have. Choose auto or cpu.")
    return torch.device(name)


def choose_precision(name: str, model: nn.Module, device: torch.device) -> torch.dtype:
    """The number format of a config: `auto` takes bfloat16 for convolutions where the processor multiplies it natively.

    A model without convolutions stays in float32: converting costs more than its few products gain.
    """
    if name == "auto":
        worth = has_convolutions(model) and _multiplies_bfloat16(device)
        return torch.bfloat16 if worth else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[name]


def _multiplies_bfloat16(device: torch.device) -> bool:
    """Asked of the processor through torch; of ARM's own bfloat16 nothing was measured, so float32 stays there."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type != "cpu" or not hasattr(torch.cpu, "get_capabilities"):  # an older torch
        return False
    there = torch.cpu.get_capabilities()
    return bool(there.get("avx512_bf16") or there.get("amx_bf16"))


def keep_freed_memory() -> None:
    """Have this process keep the memory that it frees, for its next step, instead of giving it back to the system.

    A step of a CNN frees and takes the same few dozen megabytes again and again; with glibc's usual thresholds each
    page of them is then mapped and cleared anew, a good part of a small CNN's step.
    For processes that train and end; where the C library is another one, nothing happens.
    """
    with suppress(OSError, AttributeError, TypeError):  # no glibc
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_IN_HEAP)
        mallopt(_M_TRIM_THRESHOLD, _KEPT)


@contextmanager
def all_cores() -> Iterator[None]:
    """Let torch use every core for a while, in a process that otherwise reads single images on one.

    One thread at a time: a second would take the first one's count for the one to go back to.
    """
    with _all_cores_taken:
        before = torch.get_num_threads()
        torch.set_num_threads(os.cpu_count() or before)
        try:
            yield
        finally:
            torch.set_num_threads(before)
