"""The models that answer: loaded once per process, shared by all sessions, and warmed up behind the first page."""

from __future__ import annotations

import copy
import gc
import logging
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digitlab.errors import DigitlabError
from digitlab.ui.app.installation import catalogue

if TYPE_CHECKING:
    from digitlab.reading.predictor import Predictor

DEFAULTS = ("softmax", "cnn")
"""What Draw shows first."""

_MOST_LOADED = 16
_PATIENCE = 5.0
"""Seconds that the warm-up waits for a first page before it goes ahead without one."""

Stamp = tuple[tuple[int, int], ...]
"""When each file that a reader is made of was written, and its size."""

_log = logging.getLogger(__name__)
_loaded: OrderedDict[str, tuple[Stamp, Predictor | DigitlabError]] = OrderedDict()
_lock = threading.Lock()
_loading = threading.Lock()
_page_is_out = threading.Event()
_torch_is_here = threading.Event()
_warm = threading.Event()


def predictor(name: str) -> Predictor:
    """The predictor of a checkpoint or run; loaded again when its weights on disk have changed.

    Raises UnknownName when there is no such model, BadRun when its folder cannot be read.
    """
    stamp = stamp_of(name)
    found = _find(name, stamp)
    if found is None:
        with _loading:  # one at a time: the second session that asks for a model finds it loaded
            found = _find(name, stamp) or _load(name, stamp)
    if isinstance(found, DigitlabError):
        raise copy.copy(found)  # the very same one would gather every asker's traceback
    return found


def is_quick() -> bool:
    """Whether torch is imported: then a model is loaded within some 20 ms, before that it takes seconds."""
    return _torch_is_here.is_set()


def first_page_is_out() -> None:
    """Tell the warm-up that a page has been sent, so that it no longer takes time from the first one."""
    _page_is_out.set()


def is_warm() -> bool:
    """Whether the warm-up has ended."""
    return _warm.is_set()


def warm_up() -> None:
    """Load the default models once the first page is out, then put all that is loaded beyond the collector's reach."""
    _page_is_out.wait(_PATIENCE)
    for name in DEFAULTS:
        try:
            predictor(name)
        except DigitlabError as error:
            _log.info("Not warmed up: %s", error)
        except Exception:
            _log.exception("The warm-up of %s failed; the page will say why when the model is chosen.", name)
    gc.collect()
    gc.freeze()  # a full collection walks through torch's objects again and again otherwise
    _warm.set()


def _find(name: str, stamp: Stamp) -> Predictor | DigitlabError | None:
    """What these very weights came to, also when they could not be read; None when nobody has tried."""
    with _lock:
        entry = _loaded.get(name)
        if entry is None or entry[0] != stamp:
            return None
        _loaded.move_to_end(name)
        return entry[1]


def _load(name: str, stamp: Stamp) -> Predictor | DigitlabError:
    import torch

    from digitlab.reading.predictor import Predictor

    torch.set_num_threads(1)  # one image is too small to share, and sessions would fight for the cores
    _torch_is_here.set()
    fresh: Predictor | DigitlabError
    try:
        fresh = Predictor(catalogue().find(name))
        fresh.read_all(np.zeros((1, 28, 28), np.uint8))  # the first reading is slow: nobody should wait for it
    except DigitlabError as error:
        fresh = error
    with _lock:
        _loaded[name] = (stamp, fresh)
        while len(_loaded) > _MOST_LOADED:
            _loaded.popitem(last=False)
    return fresh


def stamp_of(name: str) -> Stamp:
    """Changes with every new version of what a reader is made of: weights, config and calibration.

    Raises UnknownName when there is no such model.
    """
    run = catalogue().find(name)
    return tuple(_stamp(path) for path in (run.weights, run.folder / "config.json", run.folder / "results.json"))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0  # loading it will say what is wrong
    return found.st_mtime_ns, found.st_size
