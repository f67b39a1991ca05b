"""Which images models are tested on: a data set's test part, loaded once per process, or an uploaded ink file."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from digitlab.data import PartName
from digitlab.data.dataset import DATASETS
from digitlab.errors import DataMissing
from digitlab.formats import printable
from digitlab.ui.app import address
from digitlab.ui.app.installation import settings
from digitlab.ui.app.visitor import is_apart, own_settings

if TYPE_CHECKING:  # torch comes with it, and the frame of every page needs none
    from digitlab.data.parts import Part

FILE = "file"
"""Stands for an uploaded ink file among the names of data sets."""

_FILE_TITLE = "An ink file of yours"

_loaded: dict[tuple[str, Path], Part] = {}
_lock = threading.Lock()


def pick_data(**how: Any) -> str:
    """Show the list of data sets and give back the name of one, or FILE for an uploaded ink file (`?data=pen`).

    how: further arguments of the list.
    """
    names = [*DATASETS, FILE]
    chosen: str = st.selectbox(
        "Test data",
        names,
        format_func=test_title,
        **how,
        **address.choice(
            "data",
            names,
            help="The images that the model is asked to read. No model was trained on the test part of its data.",
        ),
    )
    return chosen


def test_title(name: str) -> str:
    """What people call a data set's test part."""
    return DATASETS[name].test_title if name in DATASETS else _FILE_TITLE if name == FILE else name


def how_to_get(name: str) -> str:
    """The line that stands for images which are not here."""
    return f"The images are not on this computer. {DATASETS[name].remedy if name in DATASETS else ''}".strip()


def is_here(name: str) -> bool:
    """Whether the data folder holds the data set."""
    return name in DATASETS and DATASETS[name].is_here(own_settings().folders)


def is_private(name: str) -> bool:
    """Whether a data set's images differ from visitor to visitor: then no scores on them are kept with a run."""
    return name in DATASETS and DATASETS[name].is_own and is_apart()


def can_wait(name: str) -> bool:
    """Whether saved scores may be shown before the images are loaded, which takes a second the first time."""
    if name not in DATASETS:
        return False
    if is_private(name):
        return False
    is_new = DATASETS[name].is_fixed and (name, settings().data) not in _loaded
    return is_new or not is_here(name)


def test_part(name: str) -> Part:
    """The test part of a data set that is here; nothing is ever downloaded. Raises DataMissing."""
    folder = settings().data
    if not is_here(name):
        raise DataMissing(f"{test_title(name)}: there are no scores yet, and no images. {DATASETS[name].remedy}")
    dataset = DATASETS[name]
    with _lock:  # the second session finds it loaded
        if not dataset.is_fixed:
            return dataset.load_part(own_settings().folders, PartName.TEST, 0.0)
        if (name, folder) not in _loaded:
            _loaded[name, folder] = dataset.load_part(folder, PartName.TEST, 0.0)
        return _loaded[name, folder]


def uploaded_part() -> Part | None:
    """Show the uploader for an ink file and give back its drawings as images; None as long as there is none.

    Raises BadInk when the file is no ink file.
    """
    upload = st.file_uploader(
        "Ink file",
        type=["jsonl", "gz", "json"],
        key="ink file",
        help="JSON lines, plain or gzip, one drawing a line: digit, strokes, writer. It stays on the computer that "
        "runs digitlab.",
    )
    if upload is None:
        st.info("Upload an ink file, and the model's figures on its drawings appear here.", icon=":material/upload:")
        return None
    with st.spinner("Reading the drawings", show_time=True):
        return _rendered(upload.getvalue(), upload.name)


@st.cache_resource(max_entries=4, show_spinner=False)
def _rendered(content: bytes, name: str) -> Part:
    from digitlab.data.rendering import check_work, render
    from digitlab.ink.ink_file import read_ink_file

    name = printable(name)
    return render(check_work(read_ink_file(content, name), name))


def data_note() -> None:
    """One line when MNIST is not in the data folder; nothing otherwise."""
    if not is_here("mnist"):
        st.caption(
            "MNIST is not in the data folder. Everything runs on scikit-learn's 1,797 small digits until "
            "`digitlab train --data mnist` has downloaded it."
        )
