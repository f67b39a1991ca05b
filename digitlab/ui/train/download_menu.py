"""The menu of the formats in which the chosen run can be downloaded."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from digitlab.export.apart import make_apart
from digitlab.export.exports import EXPORTS, Export, as_one_file
from digitlab.runs.run import Run
from digitlab.ui.app.callouts import plain

_MIMES = {"zip": "application/zip", "md": "text/markdown"}
"""Of the files that browsers know, by the end of their name."""


def show_download_menu(run: Run) -> None:
    """A button that opens the formats. Files are made when they are asked for; what cannot be made says why."""
    with st.popover("Download", icon=":material/download:", help="Takes the run along, in a format of your choice."):
        off: dict[str, list[Export]] = {}
        for export in EXPORTS.values():
            if lacks := export.lacks(run):
                off.setdefault(lacks, []).append(export)
            else:
                _offer(export, run)
        _explain(off)


def _offer(export: Export, run: Run) -> None:
    """A button, and what it gives beside it, or below it on a narrow screen."""
    file = export.file_of(run)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(
            export.title,
            partial(_make, export, run),
            file_name=file,
            mime=_MIMES.get(file.rpartition(".")[2], "application/octet-stream"),
            icon=":material/download:",
            on_click="ignore",
            help=f"Makes and downloads {plain(file)}." + (" That takes some seconds." if export.traces else ""),
            key=f"download: {export.name}",
            width=165,
        )
        st.caption(plain(export.words), width=290)


def _explain(off: Mapping[str, Sequence[Export]]) -> None:
    """A line for each reason why formats are not offered. off: reason → formats."""
    for lacks, exports in off.items():
        titles = ", ".join(export.title for export in exports)
        st.caption(f"**{titles}**: {plain(lacks)}", width=465)


def _make(export: Export, run: Run) -> bytes:
    return as_one_file(make_apart(export, run) if export.traces else export.make(run))
