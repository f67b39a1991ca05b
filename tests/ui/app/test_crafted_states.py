"""What a hostile pupil sends over a page's own socket: values of widgets that are off, or that are not on the page.

Streamlit discards values of widgets that are off. What a button does is refused where it is done as well, see
`tests/pages/test_class.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from digitlab.access import Role, Visitor
from digitlab.classroom import Classroom
from digitlab.config import TrainConfig
from digitlab.data.handwriting import add_drawing
from digitlab.ink.strokes import Drawing
from digitlab.jobs.queue import Command, read_command
from digitlab.runs.label import read_label
from digitlab.runs.owner import as_files
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.ui.app.passes import COOKIE, Passes
from tests.browser.served import ROOT, served

ANNA, BO = Visitor(Role.PUPIL, "a" * 32), Visitor(Role.PUPIL, "b" * 32)
TEACHER = Visitor(Role.TEACHER, "c" * 32)
CODE, TEACHER_CODE, SECRET = "class-code", "teacher-code", "of this test alone " * 4
PATIENCE = 120.0


class Widget(NamedTuple):
    """A button or a checkbox on a page. fragment: the part of the page that it belongs to; empty for the whole."""

    label: str
    id: str
    disabled: bool
    fragment: str


@dataclass
class Seen:
    """What a run of a page sent. said: in toasts and in lines on errors."""

    widgets: list[Widget] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

    def take(self, message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "navigation":
            self.hashes = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind in ("button", "checkbox"):
            one = getattr(element, kind)
            self.widgets.append(Widget(one.label, one.id, one.disabled, message.delta.fragment_id))
        elif kind == "toast":
            self.said.append(element.toast.body)
        elif kind == "alert":
            self.said.append(element.alert.body)
        assert kind != "exception", element.exception.message

    def find(self, label: str) -> Widget:
        """The last one: a dialog's, where one has opened."""
        return [one for one in self.widgets if one.label == label][-1]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("class")


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    codes = {"DIGITLAB_SHARED": "class", "DIGITLAB_CODE": CODE, "DIGITLAB_TEACHER_CODE": TEACHER_CODE}
    with served(ROOT / "app.py", data, "/api/health", DIGITLAB_SECRET=SECRET, **codes) as where:
        yield where


def cookie(visitor: Visitor) -> str:
    return f"{COOKIE}={Passes(SECRET, Classroom(CODE, TEACHER_CODE)).write(visitor)}"


@contextmanager
def page_socket(address: str, visitor: Visitor) -> Iterator[ClientConnection]:
    with connect(
        f"{address.replace('http', 'ws')}/_stcore/stream",
        origin=Origin(address),
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": cookie(visitor)},
        max_size=None,
    ) as socket:
        yield socket


_DONE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


def run_page(
    socket: ClientConnection, page: str = "", query: str = "", pressed: Widget | None = None, checked: str = ""
) -> Seen:
    """Run a page of this hash at an address, or a part of it, and look at all of what it sends.

    pressed: a button. checked: the id of a checkbox or switch that is on.
    """
    message, seen = BackMsg(), Seen()
    message.rerun_script.page_script_hash = page
    message.rerun_script.query_string = query
    states = message.rerun_script.widget_states.widgets
    if pressed:
        message.rerun_script.fragment_id = pressed.fragment
        states.add(id=pressed.id, trigger_value=True)
    if checked:
        states.add(id=checked, bool_value=True)
    socket.send(message.SerializeToString())
    while True:
        answer = ForwardMsg.FromString(bytes(socket.recv(PATIENCE, decode=False)))
        seen.take(answer)
        if answer.WhichOneof("type") == "script_finished":
            assert answer.script_finished in _DONE
            return seen


def run_of_anna(data: Path, state: State) -> Run:
    run = Run.create(data / "runs", TrainConfig(model="softmax", data="sklearn", name="hers"), as_files(ANNA.hand))
    run.write_status(Status(state, created=now(), updated=now()))
    return run


@pytest.mark.long
def test_buttons_that_are_off_do_nothing_when_they_are_pressed_all_the_same(address: str, data: Path) -> None:
    run = run_of_anna(data, State.STOPPED)
    query = f"run={run.id}"
    with page_socket(address, BO) as bo, page_socket(address, ANNA) as anna:
        train = run_page(bo).hashes["train"]
        page = run_page(bo, train, query)
        for name in ("Star", "Rename", "Notes", "Resume", "Delete"):
            assert page.find(name).disabled
            dialog = run_page(bo, train, query, page.find(name))
            for submit in {"Keep", "Delete for good"} & {one.label for one in dialog.widgets}:
                sure = [one.id for one in dialog.widgets if one.label == "I no longer need it"]
                run_page(bo, train, query, dialog.find(submit), "".join(sure))
        assert run.state is State.STOPPED
        assert read_command(run) is Command.RUN, "nothing is asked of it"
        assert (read_label(run).name, read_label(run).starred, read_label(run).notes) == ("hers", False, "")
        run_page(anna)
        run_page(anna, train, query, run_page(anna, train, query).find("Star"))
        assert read_label(run).starred, "this is how a button is pressed"


def test_a_switch_of_the_teachers_page_does_nothing_for_a_pupil(address: str, data: Path) -> None:
    mark = data / "data" / "mine" / "collection-is-open"
    with page_socket(address, TEACHER) as teacher, page_socket(address, BO) as pupil:
        about = run_page(teacher).hashes["about"]
        switch = run_page(teacher, about).find("Collect what pupils label")
        run_page(pupil, run_page(pupil).hashes["about"], checked=switch.id)
        assert not mark.exists()
        run_page(teacher, about, checked=switch.id)
        assert mark.exists()


def test_files_are_closed_without_a_pass_and_to_guesses(address: str, data: Path) -> None:
    add_drawing(
        data / "data" / "mine" / ANNA.id, Drawing(ink=[[[60.0, 60.0], [200.0, 60.0], [120.0, 230.0]]]), 7, "anna"
    )
    bo = {"cookie": cookie(BO)}
    guesses = (
        "0",
        "a" * 32 + ".jsonl",
        "%2e%2e/data/mine/digits.jsonl",
        f"%2e%2e/data/mine/{ANNA.id}/mine/digits.jsonl",
    )
    for name in guesses:
        assert httpx2.get(f"{address}/media/{name}").status_code == 401
        answer = httpx2.get(f"{address}/media/{name}", headers=bo)
        assert "strokes" not in answer.text, name
        assert answer.status_code >= 400 or "<html" in answer.text, name
    upload = f"{address}/_stcore/upload_file/{'a' * 36}/{'b' * 36}"
    assert [httpx2.request(method, upload).status_code for method in ("PUT", "DELETE")] == [401, 401]
    assert httpx2.put(upload, headers=bo, content=b"x").status_code >= 400
