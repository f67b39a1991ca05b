"""What is chosen on a page, held in its address, so that reloading or a copied link shows the same view.

    model = st.selectbox("Model", names, **address.choice("model", names, help="…"))
    shown = st.multiselect("Models", names, **address.several("models", names, names[:2], help="…"))
    tab = st.segmented_control("Figure", TABS, required=True, **address.choice("figure", TABS, help="…"))
    digit = st.pills("Digit", range(10), **address.choice("digit", range(10), optional=True, help="…"))
    heat = st.slider("Temperature", **address.number("heat", 0.1, 5.0, 1.0, help="…"), step=0.05)
    zoom = st.toggle("Zoom", **address.switch("zoom", help="…"))
    cell = address.read("cell", cells)   # without a widget, for example for a click on a figure,
    address.write("cell", "4-9")         # whose callback writes it

A widget's key is its name in the address, the same name for the same thing on every page: a model chosen on one page is
then chosen on the others, too. A value is written as `str` of it; what is at its default is left out. What the address
asks for and is not there gets one line, and the default is shown. Values of widgets stay over a
change of page, and the browser's Back button goes back by one choice.

`?lock=model,heat` switches off the widgets of these names: a lesson has set them. Their help says so.

Streamlit's own `bind="query-params"` does less: it writes the labels that people read instead of names, drops unknown
values without a word, and forgets choices over a change of page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from digitlab.ui.app import notice
from digitlab.ui.app.locks import LOCKED, is_locked

_ROOT = Path(__file__).parents[3]
_LAST = "what this session last saw in the address or put there"
_RERUN, _CHOSEN = "the address of the run that the app asked for", "the page on which something was chosen"
_IS_LATE = "this run may be late"

Arguments = dict[str, Any]
"""Keyword arguments for a widget: its key and what it does when it changes."""

_Label = Callable[[Any], str]

_Parse = Callable[[str], Any]
"""Text of the address to value; raises ValueError or KeyError for what is not allowed."""


def page_file(name: str) -> Path:
    """The file of the page under the address `/<name>`, for the navigation and for links."""
    return _ROOT / "pages" / f"{name}.py"


def begin() -> None:
    """Begin a run of the whole page. What its address says counts, unless the run may be late, see `_may_be_late`.

    A run that the app asked for, or that comes of a choice, may never begin: a link or the Back button can take its
    place, with another address.
    """
    context = get_script_run_ctx()
    is_own = st.session_state.pop(_RERUN, None) == st.query_params.to_dict()
    chosen = st.session_state.pop(_CHOSEN, None)
    is_choice = context is not None and chosen == context.page_script_hash and not context.is_history_navigation
    st.session_state[_IS_LATE] = is_own or is_choice
    if not st.session_state[_IS_LATE]:
        st.session_state[_LAST] = {}


def rerun() -> NoReturn:
    """Run the whole page again, by the app itself: it is then told the address of the run that asks for it, which may
    be older than the newest choice."""
    st.session_state[_RERUN] = st.query_params.to_dict()
    st.rerun()


def choice(
    key: str,
    options: Iterable[Any],
    default: Any = None,
    *,
    optional: bool = False,
    help: str | None = None,
    label: _Label | None = None,
) -> Arguments:
    """For widgets that choose one of some options; the default is the first unless `optional` allows none at all.

    label: what an option is called, where that may change while it is shown, in place of `format_func`.
    """
    options = list(options)
    if default not in options:
        default = None if optional or not options else options[0]
    return _arguments(key, _one_of(options), default, help, label)


def several(
    key: str,
    options: Iterable[Any],
    default: Sequence[Any] = (),
    *,
    help: str | None = None,
    label: _Label | None = None,
) -> Arguments:
    """For widgets that choose several options; the order of choice is kept. In the address: `?models=a,b`.

    Of the options that the address asks for, those that are there count. label: as `choice` takes it.
    """
    known = {_text(option): option for option in options}

    def split(text: str) -> list[str]:
        return [part for part in dict.fromkeys(text.split(",")) if part]

    def parse(text: str) -> list[Any]:
        found = [known[part] for part in split(text) if part in known]
        if split(text) and not found:
            raise KeyError(text)
        return found

    names = split(_seen(key) or "")
    unknown = [part for part in names if part not in known]
    if 0 < len(unknown) < len(names):
        _say_unknown(key, ",".join(unknown))
    return _arguments(key, parse, list(default), help, label)


def number(key: str, low: float, high: float, default: float, *, help: str | None = None) -> Arguments:
    """For sliders and number inputs, with their limits; whole numbers when the default is one.

    As long as nothing is chosen, the widget follows its default.
    """
    kind = type(default)

    def parse(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    _follow_default(key, default)
    return {**_arguments(key, parse, default, help), "min_value": kind(low), "max_value": kind(high)}


def switch(key: str, default: bool = False, *, help: str | None = None) -> Arguments:
    """For toggles and checkboxes. In the address: `?zoom=True`.

    As long as nothing is chosen, the widget follows its default.
    """
    _follow_default(key, default)
    return _arguments(key, _one_of([True, False]), default, help)


def read(key: str, options: Iterable[Any], default: Any = None) -> Any:
    """What the address says and no widget shows; the default when it says nothing, or nothing that is there."""
    is_locked(key)  # which says above the page that it is
    return _asked_value(key, _seen(key), _one_of(options), default)


def write(key: str, value: Any) -> None:
    """Choose by something else than the widget: another value for `read` or for a widget; None for the default.

    For callbacks: what the page has already shown in this run stays as it is. What is locked stays as it is, too.
    """
    write_all({key: value})


def write_all(values: Mapping[str, Any]) -> None:
    """As `write`, several at once: one choice, which the Back button takes back as one."""
    _put({key: None if value is None else _text(value) for key, value in values.items() if not is_locked(key)})


def choose(key: str, value: Any) -> None:
    """Have a widget of another page start with this value, when that page is opened next."""
    st.session_state.pop(key, None)
    st.session_state[_memory(key)] = _text(value)


def asked(key: str) -> str | None:
    """What the address says as it stands there, for values that no list of options can hold; None for nothing."""
    is_locked(key)  # which says above the page that it is
    return _seen(key)


def forget_unless(key: str, known: Iterable[Any]) -> None:
    """Drop what the address still has of something that was looked at before, such as another model's layer."""
    if _seen(key) not in set(map(_text, known)):
        _put({key: None})


def _follow_default(key: str, default: Any) -> None:
    """Take the widget along that stands at the default which it had before, of another model."""
    is_chosen = _seen(key) is not None or st.session_state.get(_memory(key)) is not None
    if not is_chosen and st.session_state.get(key, default) != default:
        st.session_state[key] = default


def _one_of(options: Iterable[Any]) -> _Parse:
    return {_text(option): option for option in options}.__getitem__


def _text(value: Any) -> str:
    """A value as the address has it."""
    if isinstance(value, list | tuple):
        return ",".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _arguments(
    key: str, parse: _Parse, default: Any, help: str | None = None, label: _Label | None = None
) -> Arguments:
    """Settle the widget's value before the widget is made: the address decides, else the session, else the default."""
    asked, last = _seen(key), st.session_state.get(_memory(key))
    is_new = _was_on_another_page(key) or key not in st.session_state
    if asked is not None:
        value = _asked_value(key, asked, parse, default)
        if is_new or asked != last:
            st.session_state[key] = value
    elif last is not None:
        # A new widget: back from another page, whose link came without it. Else the browser's Back button was pressed.
        st.session_state[key] = _parsed(last, parse, default) if is_new else default
        asked = last if is_new and _can_parse(last, parse) else None
        _put({key: asked})
    elif is_new:
        st.session_state[key] = default
    if not _is_there(st.session_state.get(key), parse):  # its option may have gone, or its label changed
        st.session_state[key] = default if asked is None else _parsed(asked, parse, default)
    st.session_state[_memory(key)] = asked
    locked = is_locked(key)
    said = {"help": f"{LOCKED} {help}" if locked else help} if help else {}
    how = {"key": key, "on_change": _follow, "args": (key, parse, default), **said}
    if locked:
        how["disabled"] = True
    if label:
        _show_new_labels(key, label)
        how["format_func"] = label
    return how


def _show_new_labels(key: str, label: _Label) -> None:
    """Have the browser show what is chosen under today's label: it holds the label, and would keep that of before.

    Only then: what the browser is told may be older than what was chosen there meanwhile.
    """
    value, memory = st.session_state[key], f"labels of {key}"
    chosen = value if isinstance(value, list) else [value]
    shown = {one: label(one) for one in chosen if one is not None}
    before = st.session_state.get(memory, {})
    if any(before.get(one, name) != name for one, name in shown.items()):
        st.session_state[key] = value
    st.session_state[memory] = shown


def _seen(key: str) -> str | None:
    """What the address says; None for nothing. A run that comes late changes nothing of it."""
    asked, last = st.query_params.get(key), st.session_state.setdefault(_LAST, {})
    if asked != last.setdefault(key, asked) and _may_be_late():
        asked = last[key]
        _put({key: asked})
    last[key] = asked
    return asked


def _may_be_late() -> bool:
    """Whether this run may have been asked for before the browser knew of the newest choice, with the address of then.

    Such a run is of a fragment, whose pad sends often, or it is one that the app asked for, or that comes of a choice,
    perhaps the second before the server has answered. Back and links run the whole page, too, but of no choice.
    """
    return _runs_a_fragment() or bool(st.session_state.get(_IS_LATE))


def _runs_a_fragment() -> bool:
    context = get_script_run_ctx()
    return bool(context and context.fragment_ids_this_run)


def _was_on_another_page(key: str) -> bool:
    """Whether the value under the key is that of a widget which the page before had, and this one has, too.

    Streamlit still shows it in the first run of a page, but its own widget of that key would then begin anew.
    """
    context, memory = get_script_run_ctx(), f"page of {key}"
    here = context.page_script_hash if context else ""
    before = st.session_state.get(memory, here)
    st.session_state[memory] = here
    return bool(before != here)


def _follow(key: str, parse: _Parse, default: Any) -> None:
    """Write what a widget was changed to into the address.

    A list whose labels have changed meanwhile, as that of a run which was renamed, may give a label that nobody chose
    in place of its option: `_arguments` then puts the choice back.
    """
    value = st.session_state[key]
    if not _is_there(value, parse):
        return
    text = None if value == default else "" if value is None else _text(value)
    st.session_state[_memory(key)] = text
    _put({key: text})


def _put(texts: Mapping[str, str | None]) -> None:
    """Bring the address to these values, None for nothing there, in one step of the browser's history.

    A choice is always told: the browser may have learned of another address since it sent this one.
    """
    context = get_script_run_ctx()
    is_choice = context is not None and not context.has_script_started  # in the callback of a widget
    if context and is_choice and not _runs_a_fragment():
        st.session_state[_CHOSEN] = context.page_script_hash
    st.session_state.setdefault(_LAST, {}).update(texts)
    before = st.query_params.to_dict()
    after = {key: text for key, text in {**before, **texts}.items() if text is not None}
    if is_choice or after != before:
        st.query_params.from_dict(after)


def _asked_value(key: str, asked: str | None, parse: _Parse, default: Any) -> Any:
    """The value asked for; one line and the default when it is not there."""
    if asked is None:
        return default
    if not _can_parse(asked, parse):
        _say_unknown(key, asked)
    return _parsed(asked, parse, default)


def _say_unknown(key: str, asked: str) -> None:
    notice.say_unknown(f"{key} = {asked[:60]}")


def _parsed(text: str, parse: _Parse, default: Any) -> Any:
    return parse(text) if _can_parse(text, parse) else default


def _can_parse(text: str, parse: _Parse) -> bool:
    try:
        parse(text)
    except (KeyError, ValueError):
        return False
    return True


def _is_there(value: Any, parse: _Parse) -> bool:
    return value is None or _can_parse(_text(value), parse)


def _memory(key: str) -> str:
    """Where the session remembers what it last saw in the address."""
    return f"address of {key}"
