"""The images of a data set's test part, loaded once per process, and those of an uploaded ink file."""

import threading
from pathlib import Path

import streamlit as st

from digitlab.config import Settings
from digitlab.data import registry
from digitlab.data.parts import Part, PartName
from digitlab.data.rendering import render
from digitlab.errors import DataMissing
from digitlab.ui.uploaded_ink import read_uploaded

FILE = "file"
"""Stands for an uploaded ink file among the names of data sets."""

_TITLES = {
    "mnist": "MNIST, 10,000 test images",
    "pen": "Pen digits of unseen writers",
    "sklearn": "scikit-learn's digits, test part",
    "mine": "My handwriting, test part",
    FILE: "An ink file of yours",
}
_REMEDIES = {
    "mnist": "Run `python -m digitlab evaluate softmax --data mnist` once: it downloads 12 MB.",
    "pen": "Copy `pen-digits.jsonl.gz` into the data folder.",
    "mine": "Draw digits and label them on Draw first.",
}
_UNCHANGING = ("mnist", "pen", "sklearn")
"""Data sets whose files nobody changes while the app runs."""

_loaded: dict[tuple[str, Path], Part] = {}
_lock = threading.Lock()


def data_title(name: str) -> str:
    """A data set's name for people."""
    return _TITLES.get(name, name)


def how_to_get(name: str) -> str:
    """The line that stands for images which are not here."""
    return f"The images are not on this computer. {_REMEDIES.get(name, '')}".strip()


def is_here(name: str) -> bool:
    """Whether the data folder holds the data set."""
    return registry.is_here(name, Settings.from_environment().data)


def can_wait(name: str) -> bool:
    """Whether kept scores may be shown before the images are loaded, which takes a second the first time."""
    unchanged = name in _UNCHANGING and (name, Settings.from_environment().data) not in _loaded
    return name != FILE and (unchanged or not is_here(name))


def test_part(name: str) -> Part:
    """The test part of a data set that is here; nothing is ever downloaded. Raises DataMissing."""
    folder = Settings.from_environment().data
    if not is_here(name):
        raise DataMissing(f"{data_title(name)}: there are no scores yet, and no images. {_REMEDIES.get(name, '')}")
    with _lock:  # the second session finds it loaded
        if name not in _UNCHANGING:
            return registry.load_part(name, PartName.TEST, folder)
        if (name, folder) not in _loaded:
            _loaded[name, folder] = registry.load_part(name, PartName.TEST, folder)
        return _loaded[name, folder]


def uploaded_part() -> Part | None:
    """Show the place for an ink file and give back its drawings as images; None as long as there is none.

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
    return render([line.drawing for line in read_uploaded(content, name)])
