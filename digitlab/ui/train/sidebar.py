"""The training form in the sidebar of every page: choose, start, and go on with what one was doing."""

from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from digitlab.config import ARCHITECTURES, TrainConfig
from digitlab.data.dataset import DATASETS, missing_datasets
from digitlab.errors import DigitlabError
from digitlab.jobs.start import check_data, start_job
from digitlab.presets import PRESETS
from digitlab.runs.listing import title_of
from digitlab.runs.status import UNFINISHED
from digitlab.ui.app.address import page_file
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.app.installation import catalogue, settings
from digitlab.ui.train.actions import choose_run
from digitlab.ui.train.form import (
    PRESET,
    RARE,
    changed_fields,
    fill_again,
    fill_form,
    is_filled,
    key_of,
    read_form,
    show_data,
    show_field,
    show_model,
    show_start,
)

_STARTED = "training form: started run"
_DEFAULT_PRESET = "quick"
_LARGE = ("mnist", "pen")
"""Data sets without which scikit-learn's few digits stand in."""


def training_sidebar() -> None:
    """Show the form. Only the sidebar runs again while its values change, so that the page goes on working."""
    fill_again()
    _form()


@st.fragment
def _form() -> None:
    if not is_filled():
        _take_preset(_DEFAULT_PRESET)
    st.subheader("Train a model", anchor=False)
    with st.container(gap="xxsmall"):
        _show_presets()
        _show_fields()
        config = _checked_config()
        if st.button("Start", type="primary", width="stretch", disabled=config is None, help=_START_HELP) and config:
            _start(config)
        _show_started()


_START_HELP = "Starts a process of its own: it goes on when you change the page, close the browser or restart the app."


def _show_presets() -> None:
    st.selectbox(
        "Preset",
        list(PRESETS),
        index=None,
        key=PRESET,
        on_change=lambda: _take_preset(st.session_state[PRESET]),
        placeholder="No preset",
        help="Fills the form below with a recipe. Every value can be changed after that.",
    )
    preset = PRESETS.get(st.session_state[PRESET] or "")
    st.caption(plain(preset.shows) if preset else "Values of your own.")


def _take_preset(name: str | None) -> None:
    """Fill the form from a preset; with scikit-learn's digits where neither MNIST nor pen digits are there."""
    if name is not None:
        fill_form(_with_data_that_is_here(PRESETS[name].config, settings().data), name)


def _show_fields() -> None:
    folder = settings().data
    show_model(list(ARCHITECTURES))
    show_data(list(DATASETS), lambda name: _data_title(name, folder))
    left, right = st.columns(2)
    with left:
        show_field("epochs")
    with right:
        show_field("batch_size")
    show_field("learning_rate")
    show_start(_models_like(st.session_state[key_of("model")]))
    with st.expander("More settings"):
        for name in RARE:
            show_field(name)
    show_field("name")


def _models_like(architecture: str) -> dict[str, str]:
    """Name → name for people, of every model whose weights fit the architecture."""
    return {entry.id: entry.title for entry in catalogue().models() if entry.config.model == architecture}


def _checked_config() -> TrainConfig | None:
    """The form's config, or None after a line that says what is wrong with it."""
    folder = settings().data
    try:
        config = read_form()
        check_data(config, settings())
    except DigitlabError as error:
        show_error(error)
        return None
    for hint in _hints(config.data, folder):
        st.caption(plain(hint))
    _show_changes(config, folder)
    return config


def _show_changes(config: TrainConfig, folder: Path) -> None:
    preset = PRESETS.get(st.session_state[PRESET] or "")
    changed = changed_fields(config, _with_data_that_is_here(preset.config, folder)) if preset else []
    if changed:
        st.caption(f"Changed from the preset: {', '.join(changed).lower()}.")


def _start(config: TrainConfig) -> None:
    try:
        run = start_job(config, settings())
    except DigitlabError as error:
        show_error(error)
    else:
        st.session_state[_STARTED] = run.id
        if _is_on_train():
            choose_run(run.id)
        st.toast(f"{plain(title_of(run))} has started. Watch it on Train.", icon=":material/monitoring:")
        st.rerun()  # the page may list the runs


def _show_started() -> None:
    """Where to watch the run that was started last, as long as it goes on."""
    run_id = st.session_state.get(_STARTED)
    try:
        run = catalogue().find(run_id or "")
        under_way, name = run.state in UNFINISHED, title_of(run)
    except DigitlabError:  # none was started, or it was deleted since
        return
    if not under_way:
        return
    if _is_on_train():
        st.caption(f"{plain(name)} has started. Watch it on this page.")
        return
    st.caption(f"{plain(name)} has started.")
    st.page_link(
        page_file("train"),
        label="Watch it on Train",
        icon=":material/monitoring:",
        query_params={"run": run.id},
        help="Opens the Train page with this run's curves.",
    )


def _is_on_train() -> bool:
    """Whether the page beside the sidebar is Train; a link from there to itself would lose the run in the address."""
    return urlsplit(st.context.url or "").path.rstrip("/").endswith("/train")


def _data_title(name: str, folder: Path) -> str:
    """What people call a data set, with a word where its files are not in the data folder."""
    if name not in DATASETS:
        return f"{name} (unknown)"
    dataset = DATASETS[name]
    return dataset.title if dataset.is_here(folder) else f"{dataset.title} (not here)"


def _with_data_that_is_here(config: TrainConfig, folder: Path) -> TrainConfig:
    """The config with scikit-learn's digits in place of its data, where neither MNIST nor the pen digits are there."""
    return config.replace(data="sklearn") if _has_nothing(folder) else config


def _hints(data: str, folder: Path) -> list[str]:
    """A line for each thing to know before the chosen data are trained on. Raises UnknownName."""
    if data == "sklearn" and _has_nothing(folder):
        return ["Neither MNIST nor the pen digits are here, so scikit-learn's 1,797 small digits are chosen."]
    return [
        f"{dataset.title} is not here yet. The job downloads it first, about 12 MB."
        for dataset in missing_datasets(data, folder)
        if dataset.can_download
    ]


def _has_nothing(folder: Path) -> bool:
    return not any(DATASETS[name].is_here(folder) for name in _LARGE)
