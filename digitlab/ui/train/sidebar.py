"""The training form in the sidebar of every page: choose, start, and go on with what one was doing."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import streamlit as st

from digitlab.config import ARCHITECTURES, TrainConfig, label_of
from digitlab.data.dataset import DATASETS, Dataset, missing_datasets
from digitlab.errors import BadConfig, DigitlabError
from digitlab.jobs.queue import read_command
from digitlab.jobs.start import check_data, start_job
from digitlab.presets import PRESETS
from digitlab.runs.label import title_of
from digitlab.runs.listing import Entry
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED
from digitlab.settings import DataFolders
from digitlab.ui.app import address
from digitlab.ui.app.address import page_file
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.app.installation import catalogue, settings
from digitlab.ui.app.locks import is_locked
from digitlab.ui.app.model_picker import by_id
from digitlab.ui.app.visitor import own_settings, visitor
from digitlab.ui.components.remount import rerun_fragment
from digitlab.ui.shared.data_here import has_nothing, with_data_that_is_here
from digitlab.ui.train.actions import choose_run
from digitlab.ui.train.form import (
    FORM,
    PRESET,
    RARE,
    bad_fields,
    changed_fields,
    fill_again,
    fill_form,
    in_the_forms_words,
    is_filled,
    key_of,
    read_form,
    show_data,
    show_field,
    show_model,
    show_start,
    show_teachers,
    show_trouble,
)
from digitlab.ui.train.states import line_of, state_in_words

_STARTED = "training form: started run"
_REFUSED = "training form: what the start refused, and why"
DEFAULT_PRESET = "quick"


def training_sidebar() -> None:
    """Show the form. Only the sidebar runs again while its values change, so that the page goes on working."""
    fill_again()
    _form()


@st.fragment
def _form() -> None:
    if not is_filled():
        _take_preset(DEFAULT_PRESET)
    st.header("Train a model", anchor=False)
    with st.container(gap="xxsmall"):
        _show_presets()
        config, troubles = _checked_config()
        _show_fields(troubles)
        _show_notes(config, troubles)
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
        disabled=is_locked(FORM),
        help="Fills the form below with a recipe. Every value can be changed after that.",
    )
    preset = PRESETS.get(st.session_state[PRESET] or "")
    st.caption(plain(preset.shows) if preset else "Your own values.")


def _take_preset(name: str | None) -> None:
    """Fill the form from a preset; with scikit-learn's digits where neither MNIST nor pen digits are there."""
    if name is not None:
        fill_form(with_data_that_is_here(PRESETS[name].config), name)


def _show_fields(troubles: Mapping[str, str]) -> None:
    """The widgets, each with what is wrong with its value. troubles: field → that, in the form's own words."""
    folder = own_settings().folders
    show_model(list(ARCHITECTURES))
    show_trouble("model", troubles)
    show_data(list(DATASETS), lambda name: _data_title(name, folder))
    show_trouble("data", troubles)
    left, right = st.columns(2)
    with left:
        show_field("epochs", troubles)
    with right:
        show_field("batch_size", troubles)
    show_field("learning_rate", troubles)
    models = catalogue().models()
    show_start(_titles(entry for entry in models if entry.config.model == st.session_state[key_of("model")]))
    show_trouble("start_from", troubles)
    with st.expander("More settings"):
        for name in RARE:
            if name == "teachers":
                show_teachers(_titles(models))
                show_trouble(name, troubles)
            else:
                show_field(name, troubles)
    show_field("name", troubles)


def _titles(models: Iterable[Entry]) -> dict[str, str]:
    """Name → name for people."""
    return {name: entry.title for name, entry in by_id(models).items()}


def _checked_config() -> tuple[TrainConfig | None, Mapping[str, str]]:
    """The form's config, or None and field → what is wrong with it."""
    troubles = bad_fields()
    if troubles:
        return None, troubles
    config = read_form()
    try:
        check_data(config, own_settings())
    except DigitlabError as error:
        return None, {"data": str(error)}
    refused, said = st.session_state.get(_REFUSED, (None, {}))
    return config, said if config == refused else {}


def _show_notes(config: TrainConfig | None, troubles: Mapping[str, str]) -> None:
    """What is to be known before the start: what keeps from it, or what the data and the preset's changes mean."""
    if config is None:
        st.caption(f"Before the start, correct: {', '.join(map(label_of, troubles))}.")
        return
    for name in troubles:
        if name in RARE:  # folded away, perhaps
            show_trouble(name, troubles)
    folder = own_settings().folders
    for hint in _hints(config.data, folder):
        st.caption(plain(hint))
    _show_changes(config)


def _show_changes(config: TrainConfig) -> None:
    preset = PRESETS.get(st.session_state[PRESET] or "")
    changed = changed_fields(config, with_data_that_is_here(preset.config)) if preset else []
    if changed:
        st.caption(f"Changed from the preset: {', '.join(changed).lower()}.")


def _start(config: TrainConfig) -> None:
    st.session_state.pop(_REFUSED, None)
    try:
        run = start_job(config, settings(), visitor())
    except BadConfig as error:  # what only the start can know, such as weights that do not fit: said at its field
        if not error.field:
            show_error(error)
            return
        st.session_state[_REFUSED] = (config, {error.field: in_the_forms_words(error)})
        rerun_fragment()
    except DigitlabError as error:
        show_error(error)
    else:
        st.session_state[_STARTED] = run.id
        if _is_on_train():
            choose_run(run.id)
        st.toast(f"{plain(_started(run))} Watch it on Train.", icon=":material/monitoring:")
        address.rerun()  # the page may list the runs


def _started(run: Run) -> str:
    """A sentence on where a run that was started stands: it is starting, or queued behind others."""
    words = state_in_words(run.id, run.state, line_of(catalogue().entries()), read_command(run))
    return f"{title_of(run)} is {words}."


def _show_started() -> None:
    """Where to watch the run that was started last, as long as it goes on."""
    run_id = st.session_state.get(_STARTED)
    try:
        run = catalogue().find(run_id or "")
        under_way = run.state in UNFINISHED
    except DigitlabError:  # none was started, or it was deleted since
        return
    if not under_way:
        return
    st.caption(plain(_started(run)))
    if _is_on_train():
        return
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


def _data_title(name: str, folder: DataFolders) -> str:
    """What people call a data set, with a word where its files are not in the data folder."""
    if name not in DATASETS:
        return f"{name} (unknown)"
    dataset = DATASETS[name]
    if not dataset.is_fixed and _lacks(dataset, folder):
        return f"{dataset.title} (too few drawings)"
    return dataset.title if dataset.is_here(folder) else f"{dataset.title} (not here)"


def _lacks(dataset: Dataset, folder: DataFolders) -> bool:
    try:
        return bool(dataset.lacks(folder))
    except DigitlabError:  # a damaged file: the check says so once it is chosen
        return False


def _hints(data: str, folder: DataFolders) -> list[str]:
    """A line for each thing to know before the chosen data are trained on. Raises UnknownName."""
    if data == "sklearn" and has_nothing(folder):
        return ["Neither MNIST nor the pen digits are here, so scikit-learn's 1,797 small digits are chosen."]
    return [
        f"{dataset.title} is not here yet. The job downloads it first, about 12 MB."
        for dataset in missing_datasets(data, folder)
        if dataset.can_download
    ]
