"""The server answers under its own names alone, its own pages alone may change anything, and its figures are closed.

What a middleware cannot close: the port itself, which says that a server is there; requests that uvicorn refuses
before they reach any middleware; and scripts, which send no Origin or whatever they like. These are told apart by a
pass alone, see `guard`.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_SAFE = ("GET", "HEAD", "OPTIONS")
_CLOSED = "/_stcore/metrics"
_PORTS = {"http": 80, "https": 443}
_POLICY = 1008


class OwnHosts:
    """Refuses foreign hosts, foreign origins, and the routes that nobody needs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not is_own_host(headers.get("host")):
            await refuse(scope, receive, send, 403, "This server does not answer under that name.")
        elif _changes(scope) and not is_same_origin(headers):
            await refuse(scope, receive, send, 403, "The request comes from another site.")
        elif scope["path"].rstrip("/").endswith(_CLOSED):
            await refuse(scope, receive, send, 404, "There is nothing here.")
        else:
            await self.app(scope, receive, send)


def _changes(scope: Scope) -> bool:
    return scope["type"] == "websocket" or scope["method"] not in _SAFE


def is_own_host(host: str | None) -> bool:
    """Whether a Host header is one of Streamlit's `server.allowedHosts`, as for its own socket."""
    from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

    return is_host_allowed(host)


def is_same_origin(headers: Headers) -> bool:
    """Whether a request comes from the host and port that it goes to, or from no page."""
    origin = headers.get("origin")
    return origin is None or (headers.get("host") is not None and _is_same(origin, str(headers.get("host"))))


def _is_same(origin: str, host: str) -> bool:
    try:
        there, here = urlsplit(origin), urlsplit(f"//{host}")
        standard = _PORTS.get(there.scheme)
        return (
            standard is not None
            and there.hostname is not None
            and there.hostname == here.hostname
            and (there.port or standard) == (here.port or standard)
        )
    except ValueError:  # a port that is no number
        return False


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, line: str) -> None:
    """Answer a request by one line, or close a socket before it is open."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _POLICY, "reason": line})
    else:
        await JSONResponse({"error": line}, status)(scope, receive, send)
