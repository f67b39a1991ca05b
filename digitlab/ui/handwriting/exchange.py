"""Drawings come in from an ink file, and go out in three formats."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from digitlab.data.collection import import_drawings
from digitlab.data.exports import to_idx_zip, to_ink_file, to_png_zip
from digitlab.data.handwriting_file import MyDrawing
from digitlab.errors import BadInk
from digitlab.formats import count, printable
from digitlab.ink.ink_file import read_ink_lines
from digitlab.ui.app.installation import settings
from digitlab.ui.app.visitor import visitor
from digitlab.ui.components.remount import mount_anew, mount_key
from digitlab.ui.handwriting.selection import try_to

_IMPORT = "ink to import"
_LARGEST = 20_000_000


class _Format(NamedTuple):
    label: str
    write: Callable[[Sequence[MyDrawing]], bytes]
    file: str
    mime: str
    icon: str
    help: str


_FORMATS = (
    _Format(
        "Ink file",
        to_ink_file,
        "my-digits.jsonl.gz",
        "application/gzip",
        ":material/gesture:",
        "All strokes, digits and writers, one drawing a line. It can be imported again.",
    ),
    _Format(
        "PNG pictures",
        to_png_zip,
        "my-digits-png.zip",
        "application/zip",
        ":material/image:",
        "A folder for each digit, with pictures of 28×28 pixels as the models see them.",
    ),
    _Format(
        "MNIST format",
        to_idx_zip,
        "my-digits-idx.zip",
        "application/zip",
        ":material/dataset:",
        "Two IDX files, images and labels, for any program that reads MNIST.",
    ),
)


def show_exchange(shown: Sequence[MyDrawing]) -> None:
    """Buttons for what the filter shows, and an uploader for an ink file. Files are made when they are asked for."""
    st.header("Export and import" if shown else "Import", anchor=False)
    if shown:
        st.caption(f"Exports hold the {_drawings(len(shown))} that the filter shows.")
    with st.container(horizontal=True):
        for form in _FORMATS if shown else ():
            st.download_button(
                form.label,
                lambda form=form: form.write(shown),  # type: ignore[misc]
                file_name=form.file,
                mime=form.mime,
                icon=form.icon,
                on_click="ignore",
                key=f"export {form.file}",
                help=form.help,
            )
        _show_import()


def _show_import() -> None:
    with st.popover(
        "Import", icon=":material/upload:", help="Adds the drawings of an ink file to those that are here."
    ):
        key = mount_key(_IMPORT)
        st.file_uploader(
            "Ink file",
            type=["jsonl", "gz", "json"],
            key=key,
            on_change=_take_in,
            args=(key,),
            help="JSON lines, plain or gzip, at most 20 MB: digit, strokes, writer. Drawings that are here already are "
            "left out; other coordinates are fitted to the canvas. Drawings that digitlab exported keep their "
            "pen width and their part: to learn from, or held out.",
        )


def _drawings(number: int) -> str:
    return "1 drawing" if number == 1 else f"{count(number)} drawings"


def _take_in(key: str) -> None:
    """Add the file's drawings, and begin the widget anew, so that it is empty again."""
    upload = st.session_state[key]
    if upload is None:
        return
    mount_anew(_IMPORT)
    try_to(lambda: _add(upload.getvalue(), upload.name))


def _add(content: bytes, name: str) -> None:
    if len(content) > _LARGEST:
        raise BadInk(f"{printable(name)} has over {_LARGEST // 1_000_000} MB. Split the file.")
    lines = read_ink_lines(content, printable(name))
    new = import_drawings(settings(), visitor(), lines)
    known = len(lines) - new
    st.toast(f"{_drawings(new)} added. {count(known)} were here already.", icon=":material/upload:")
