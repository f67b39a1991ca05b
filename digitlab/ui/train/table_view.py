"""What the table of runs shows: which runs, in which groups, and which columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from digitlab.data.dataset import data_title
from digitlab.presets import preset_of
from digitlab.runs.listing import Entry
from digitlab.ui.app import address

FACETS: Mapping[str, Callable[[Entry], Sequence[str]]] = {
    "model": lambda entry: [entry.config.model],
    "data": lambda entry: [entry.config.data],
    "preset": lambda entry: [preset_of(entry.config) or "none"],
    "tag": lambda entry: entry.tags or ["none"],
}
"""What runs are filtered by, and how many of its values a run has."""

GROUPS = ("none", "model", "data", "preset")
"""What runs are grouped by: the facets of which every run has one value."""


def column_of_test(data: str) -> str:
    """The heading of the accuracies on a data set's test images."""
    return f"Test {data_title(data)}"


ALWAYS = (
    "★",
    "Name",
    "State",
    "Model",
    "Data",
    "Best validation",
    column_of_test("mnist"),
    column_of_test("pen"),
    "Created",
)
"""Columns that are always shown, where the table has them: they fit a page of 1440 pixels beside the sidebar."""


@dataclass(frozen=True)
class Group:
    """Runs under one heading; the heading is empty where nothing is grouped."""

    heading: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class View:
    """What was chosen. groups: of the runs that pass the filter. columns: those to add. several: whether several rows
    can be chosen."""

    groups: Sequence[Group]
    columns: Sequence[str]
    several: bool

    @property
    def entries(self) -> list[Entry]:
        """The runs that are shown, as they stand in the table."""
        return [entry for group in self.groups for entry in group.entries]


def ask_view(entries: Sequence[Entry], columns: Sequence[str]) -> View:
    """A row of controls above the table. columns: all that the table could show."""
    more = [name for name in columns if name not in ALWAYS]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        grouped = st.selectbox(
            "Group by",
            GROUPS,
            width=150,
            **address.choice(
                "group",
                GROUPS,
                help="Puts runs that share it together, under a row with the best figures among them. Choosing that "
                "row lays all their curves over each other.",
            ),
        )
        shown = _ask_filter(entries)
        with st.popover("Columns", icon=":material/view_column:", help="Adds columns, which may need scrolling."):
            chosen = st.pills(
                "Further columns",
                more,
                selection_mode="multi",
                **address.several("columns", more, help="Settings are offered where the runs differ in them."),
            )
        several = st.toggle(
            "Choose several",
            **address.switch(
                "several", help="Choose several rows: their curves are laid over each other below the table, live."
            ),
        )
    return View(group_runs(shown, grouped), chosen, several)


def _ask_filter(entries: Sequence[Entry]) -> list[Entry]:
    wanted = {}
    with st.popover("Filter", icon=":material/filter_list:", help="Shows only some of the runs."):
        for name, values_of in FACETS.items():
            values = sorted({value for entry in entries for value in values_of(entry)})
            wanted[name] = st.multiselect(
                name.capitalize(),
                values,
                format_func=data_title if name == "data" else str,
                placeholder="All",
                **address.several(
                    f"only_{name}", values, help=f"Runs with any of these {name} values. None chosen: all runs."
                ),
            )
    found = filter_runs(entries, wanted)
    if len(found) < len(entries):
        st.caption(f"{len(found)} of {len(entries)} runs")
    return found


def filter_runs(entries: Sequence[Entry], wanted: Mapping[str, Sequence[str]]) -> list[Entry]:
    """The runs that have one of the wanted values of every facet; a facet of which none is wanted lets all pass."""
    return [
        entry
        for entry in entries
        if all(not values or set(values) & set(FACETS[name](entry)) for name, values in wanted.items())
    ]


def group_runs(entries: Sequence[Entry], by: str) -> list[Group]:
    """The runs by a facet's values, in the order in which these first come; one group without a heading for `none`."""
    if by == "none":
        return [Group("", entries)]
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(FACETS[by](entry)[0], []).append(entry)
    return [Group(_heading(by, value), runs) for value, runs in groups.items()]


def _heading(by: str, value: str) -> str:
    if by == "data":
        return data_title(value)
    return "no preset" if by == "preset" and value == "none" else value
