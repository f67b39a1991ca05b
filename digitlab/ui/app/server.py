"""What the server does besides pages: a health route, response headers, warming up, and a last word on errors."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import digitlab
from digitlab.errors import DigitlabError
from digitlab.jobs.launcher import launcher_of
from digitlab.ui.app import api, join, live_socket, maps, pasts, readers
from digitlab.ui.app.callouts import show_error
from digitlab.ui.app.guard import Guard
from digitlab.ui.app.installation import settings
from digitlab.ui.app.join_link import announce
from digitlab.ui.app.own_hosts import OwnHosts

_LOOK_AFTER = 10.0
"""Seconds between two looks at whether jobs in an engine's hands are looked after."""

_SAFE_HEADERS = {
    # Streamlit's own front end needs inline styles, eval (charts) and blob: modules (components).
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' ws: wss: data: blob:",
            "worker-src 'self' blob:",
            "frame-src 'self' blob: data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    ),
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


async def health(_request: Request) -> JSONResponse:
    """Says that the server answers, which version it is, and whether the models are loaded."""
    return JSONResponse({"status": "ok", "version": digitlab.__version__, "warm": readers.is_warm()})


API = [Route("/api/health", health), *join.ROUTES, *api.ROUTES, *pasts.ROUTES, *maps.ROUTES, live_socket.ROUTE]


class SafeHeaders:
    """Adds the safe response headers to every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_SAFE_HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


DOOR = [Middleware(SafeHeaders), Middleware(OwnHosts), Middleware(Guard)]
"""What every request goes through before anything else sees it, the outermost first."""


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Say who may come in; once the server is up, warm up and look after jobs in threads of their own."""
    announce()
    tasks = [asyncio.create_task(asyncio.to_thread(readers.warm_up)), asyncio.create_task(look_after_jobs())]
    yield {}
    for task in tasks:
        task.cancel()


async def look_after_jobs() -> None:
    """Say at once what the launcher of jobs lacks; those in an engine's hands are looked after while the app runs."""
    checked, said = False, ""
    while True:
        try:
            launcher = await asyncio.to_thread(launcher_of, settings())
            if not checked:
                await asyncio.to_thread(launcher.check)
                checked = True
            await asyncio.to_thread(launcher.look_after)
        except DigitlabError as error:
            if str(error) != said:
                print(f"Training: {error}", file=sys.stderr, flush=True)
            said = str(error)
        if settings().launcher == "local":
            return
        await asyncio.sleep(_LOOK_AFTER)


def show_trouble(error: Exception) -> bool:
    """One line on the page for an exception that no page expected. Streamlit has logged its traceback by then."""
    show_error(error)
    return True
