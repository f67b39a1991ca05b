"""The training form in the sidebar of every page: choose, start, and go on with what one was doing."""

from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from digitlab.config import Settings, TrainConfig
from digitlab.errors import DigitlabError
from digitlab.jobs.start import start_job
from digitlab.presets import PRESETS
from digitlab.runs.catalog import find_run, list_models
from digitlab.runs.labels import read_label
from digitlab.runs.status import UNFINISHED
from digitlab.ui.callouts import plain, tell
from digitlab.ui.model_picker import shown_name
from digitlab.ui.training import data_hints
from digitlab.ui.training.choice import choose_run
from digitlab.ui.training.fields import RARE, key_of, show_data, show_field, show_model, show_start
from digitlab.ui.training.form import (
    PRESET,
    changed_fields,
    fill_again,
    fill_form,
    is_filled,
    read_form,
)

TRAIN_PAGE = Path(__file__).parents[3] / "pages" / "train.py"

_STARTED = "training form: started run"
_DEFAULT_PRESET = "quick"


def training_sidebar() -> None:
    """Show the form. Only the sidebar runs again while its values change, so that the page goes on working.

    Imports torch, whose models and data sets it lists: call it when the page is already out.
    """
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
        fill_form(data_hints.with_data_that_is_here(PRESETS[name].config, Settings.from_environment().data), name)


def _show_fields() -> None:
    from digitlab.data.registry import NAMES
    from digitlab.models import REGISTRY

    folder = Settings.from_environment().data
    show_model(list(REGISTRY))
    show_data(list(NAMES), lambda name: data_hints.title(name, folder))
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
    return {entry.name: shown_name(entry) for entry in list_models() if entry.architecture == architecture}


def _checked_config() -> TrainConfig | None:
    """The form's config, or None after a line that says what is wrong with it."""
    folder = Settings.from_environment().data
    try:
        config = read_form()
        data_hints.check_data(config.data, folder)
    except DigitlabError as error:
        tell(error)
        return None
    for hint in data_hints.hints(config.data, folder):
        st.caption(plain(hint))
    _show_changes(config, folder)
    return config


def _show_changes(config: TrainConfig, folder: Path) -> None:
    preset = PRESETS.get(st.session_state[PRESET] or "")
    changed = changed_fields(config, data_hints.with_data_that_is_here(preset.config, folder)) if preset else []
    if changed:
        st.caption(f"Changed from the preset: {', '.join(changed).lower()}.")


def _start(config: TrainConfig) -> None:
    from digitlab.jobs.training_job import check_config

    try:
        check_config(config)
        run = start_job(config)
    except DigitlabError as error:
        tell(error)
    else:
        st.session_state[_STARTED] = run.id
        if _is_on_train():
            choose_run(run.id)
        st.toast(f"{plain(read_label(run).name)} has started. Watch it on Train.", icon=":material/monitoring:")
        st.rerun()  # the page may list the runs


def _show_started() -> None:
    """Where to watch the run that was started last, as long as it goes on."""
    run_id = st.session_state.get(_STARTED)
    try:
        run = find_run(run_id or "")
        under_way, name = run.state in UNFINISHED, read_label(run).name
    except DigitlabError:  # none was started, or it was deleted since
        return
    if not under_way:
        return
    if _is_on_train():
        st.caption(f"{plain(name)} has started. Watch it on this page.")
        return
    st.caption(f"{plain(name)} has started.")
    st.page_link(
        TRAIN_PAGE,
        label="Watch it on Train",
        icon=":material/monitoring:",
        query_params={"run": run.id},
        help="Opens the Train page with this run's curves.",
    )


def _is_on_train() -> bool:
    """Whether the page beside the sidebar is Train; a link from there to itself would lose the run in the address."""
    return urlsplit(st.context.url or "").path.rstrip("/").endswith("/train")
