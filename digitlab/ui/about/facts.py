"""Versions, the data that are here, and how much each pupil may have."""

import platform
from collections.abc import Mapping
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import streamlit as st

import digitlab
from digitlab.access import Role, Visitor
from digitlab.data.dataset import DATASETS
from digitlab.formats import count
from digitlab.settings import Settings
from digitlab.ui.about.sharing import quota_rows
from digitlab.ui.app.installation import catalogue
from digitlab.ui.components.live_html import live_html

_PACKAGES = ("torch", "streamlit", "numpy", "scikit-learn")
_show = live_html("digitlab.facts", Path(__file__).with_name("facts.css"))


def show_facts(settings: Settings, visitor: Visitor) -> None:
    """Lists of facts beside each other. settings: as the visitor has them."""
    st.subheader("This installation", anchor=False)
    lists = {"Data": _data(settings), "Runs": _runs(settings), "Versions": _versions()}
    if settings.classroom is not None:
        lists["Each pupil may have"] = quota_rows(settings.classroom.quotas)
    if visitor.role is not Role.PUPIL:
        lists["Folders"] = {"Data": str(settings.data.resolve()), "Runs": str(settings.runs.resolve())}
    _show("".join(_list_html(title, facts) for title, facts in lists.items()), "facts")


def _data(settings: Settings) -> dict[str, str]:
    return {one.title: "here" if one.is_here(settings.folders) else "not here" for one in DATASETS.values()}


def _runs(settings: Settings) -> dict[str, str]:
    return {
        "Shipped models": count(len(catalogue().checkpoints())),
        "Runs": count(len(catalogue().runs())),
        "Train at the same time": count(settings.slots) if settings.slots else "as many as Ray has room for",
        "Scripts may ask models": "yes" if settings.api else "no",
    }


def _versions() -> dict[str, str]:
    found = {name: _version(name) for name in _PACKAGES}
    return {"digitlab": digitlab.__version__, "Python": platform.python_version(), **found}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not here"


def _list_html(title: str, facts: Mapping[str, str]) -> str:
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items())
    return f"<section><h3>{escape(title)}</h3><dl>{rows}</dl></section>"
