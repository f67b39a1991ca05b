"""The guard of a class server: pages, files, sockets and routes are for those who have a pass; on a computer of one's
own everybody passes.

It is asked before anything else is: what it does not name here is closed.
"""

from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitlab.access import OWNER, Quotas, Role, Visitor
from digitlab.errors import BadConfig
from digitlab.ui.app.installation import passes, settings
from digitlab.ui.app.meters import Meter, Meters
from digitlab.ui.app.own_hosts import refuse
from digitlab.ui.app.passes import COOKIE

_OPEN = ("/join", "/leave", "/api/health", "/_stcore/health")
_VISITOR = "digitlab.visitor"
_UPLOAD, _LIVE, _API = "/_stcore/upload_file/", "/api/live", "/api/"

_FOR_ALL = ("clear_cache", "set_run_on_save")
"""What a page's socket may ask of Streamlit and no page of ours does: it would change the server for everybody."""

_TEACHER = Quotas(sockets=64, messages=600, page_messages=200, uploads=1000, megabytes=10_000)
"""Generous: a broken page of the teacher's shall not stop the class, either."""


class Guard:
    """Lets in who has a pass, and sees to it that nobody takes more than their share."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._meters = Meters()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        try:
            classroom = settings().classroom
            visitor = visitor_with(HTTPConnection(scope).cookies.get(COOKIE))
        except BadConfig as error:  # nobody comes in before it is known for whom the server is
            await refuse(scope, receive, send, 503, str(error))
            return
        if classroom is None or (scope["type"] == "http" and scope["path"] in _OPEN):
            await self.app(scope, receive, send)
            return
        if visitor is None:
            await _send_away(scope, receive, send)
            return
        scope[_VISITOR] = visitor
        meter = self._meters.of(visitor.id, classroom.quotas if visitor.role is Role.PUPIL else _TEACHER)
        if scope["type"] == "websocket":
            await self._socket(meter, scope, receive, send)
        else:
            await self._request(meter, scope, receive, send)

    async def _socket(self, meter: Meter, scope: Scope, receive: Receive, send: Send) -> None:
        rate = meter.messages if scope["path"] == _LIVE else meter.page_messages

        async def receive_in_turn() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                await rate.turn()
                if scope["path"] == _LIVE or not _is_for_all(message.get("bytes") or b""):
                    return message

        await rate.turn()  # each page that is opened costs as much as a message
        if not meter.has_socket():
            await refuse(scope, receive, send, 429, "Too many tabs are open. Close some.")
            return
        meter.sockets += 1
        try:
            await self.app(scope, receive_in_turn, send)
        finally:
            meter.sockets -= 1

    async def _request(self, meter: Meter, scope: Scope, receive: Receive, send: Send) -> None:
        is_question = scope["path"].startswith(_API)
        if is_question or scope["method"] == "POST":
            await meter.messages.turn()
        if scope["method"] == "PUT" and scope["path"].startswith(_UPLOAD):
            length = Headers(scope=scope).get("content-length", "")
            if not length.isdecimal():
                await refuse(scope, receive, send, 411, "The upload does not say how long it is.")
                return
            if not meter.take_upload(int(length)):
                await refuse(
                    scope, receive, send, 429, "You have sent as many uploads as one may in an hour. Try again later."
                )
                return
        if is_question:
            async with meter.questions:
                await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def visitor_with(cookie: str | None) -> Visitor | None:
    """Who carries this pass; the OWNER where everything is open, None for nobody who may come in."""
    checker = passes()
    return OWNER if checker is None else checker.read(cookie)


def visitor_of(scope: Scope) -> Visitor:
    """Who sent a request that the guard let through."""
    found = scope.get(_VISITOR, OWNER)
    return found if isinstance(found, Visitor) else OWNER


def _is_for_all(message: bytes) -> bool:
    """Whether a message of a page's socket is one of `_FOR_ALL`. Streamlit itself refuses what is no message."""
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from streamlit.proto.BackMsg_pb2 import BackMsg

    try:
        return BackMsg.FromString(message).WhichOneof("type") in _FOR_ALL
    except DecodeError:
        return False


async def _send_away(scope: Scope, receive: Receive, send: Send) -> None:
    """To the form for a page that a browser opens, and with one line for everything else."""
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    if scope["type"] == "http" and scope["method"] == "GET" and wants_page:
        wanted = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
        await RedirectResponse(f"/join?next={quote(wanted, safe='/')}", 303)(scope, receive, send)
    else:
        await refuse(scope, receive, send, 401, "This server is for a class. Join first: open /join in a browser.")
