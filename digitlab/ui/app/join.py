"""`/join` asks for the code of a class server, `/leave` takes the pass back: two plain pages without scripts."""

import math
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from digitlab.access import NotAllowed, Role, Visitor, new_visitor_id
from digitlab.ui.app.guard import visitor_with
from digitlab.ui.app.installation import passes, settings
from digitlab.ui.app.passes import COOKIE, LASTS
from digitlab.ui.app.tries import Tries

_PAGE = Template((Path(__file__).with_name("join.html")).read_text(encoding="utf-8"))
_LARGEST = 4096
_LONGEST_ADDRESS = 500

_FORM = """<form method="post" action="/join">
<label for="code">Code</label>
<input id="code" name="code" type="text" required maxlength="64" autocomplete="off" autocapitalize="none"
 autocorrect="off" spellcheck="false" autofocus{marks}>
<input type="hidden" name="next" value="{wanted}">
{trouble}<button>Join</button>
</form>
<p class="small">Your browser then keeps a pass for four weeks. Other people who share this computer's account could use
it: choose Leave on the page About when you are done.</p>"""

_LEAVE = """<form method="post" action="/leave"><button>Leave</button></form>
<p class="small"><a href="/about">Stay</a></p>"""

_tries = Tries()


async def join(request: Request) -> Response:
    """The form, and what becomes of a code."""
    if settings().classroom is None:
        return RedirectResponse("/", 303)
    if request.method != "POST":
        return _form(request.query_params.get("next", ""))
    fields = await _fields(request)
    return await run_in_threadpool(_answer_in_turn, request, fields.get("code", ""), fields.get("next", ""))


def _answer_in_turn(request: Request, code: str, wanted: str) -> Response:
    """One code after the other, also those that other servers on the same folder are asked."""
    try:
        with _tries.shared(settings().runs):
            return _answer(request, code, wanted)
    except NotAllowed as error:
        return _form(wanted, str(error), 429, {"Retry-After": "1"})


def _answer(request: Request, code: str, wanted: str) -> Response:
    classroom, writer = settings().classroom, passes()
    if classroom is None or writer is None:
        return RedirectResponse("/", 303)
    client = request.client.host if request.client else ""
    if (wait := _tries.wait(client)) > 0:
        seconds = math.ceil(wait)
        line = f"Too many wrong codes. Try again in {seconds} seconds." if seconds > 1 else "Try again in a second."
        return _form(wanted, line, 429, {"Retry-After": str(seconds)})
    role = classroom.role_of(code)
    if role is None:
        _tries.wrong(client)
        return _form(wanted, "This is not the code. Ask your teacher for it.", 403)
    _tries.right(client)
    known = writer.known_id(request.cookies.get(COOKIE))
    if role is Role.PUPIL and not known and (wait := _tries.wait_as_new(client)) > 0:
        minutes = math.ceil(wait / 60)
        line = f"Too many joined from this address within an hour. Try again in {minutes} minutes or ask your teacher."
        return _form(wanted, line, 429, {"Retry-After": str(math.ceil(wait))})
    visitor = Visitor(role, known or new_visitor_id())
    answer = RedirectResponse(checked_address(wanted), 303)
    is_secure = request.url.scheme == "https"
    lasts = LASTS[Role(visitor.role)]
    answer.set_cookie(
        COOKIE, writer.write(visitor), max_age=lasts, httponly=True, samesite="lax", secure=is_secure, path="/"
    )
    return answer


async def leave(request: Request) -> Response:
    """What leaving means, and the leaving itself: only a click on the form of this page gives the pass back."""
    visitor = visitor_with(request.cookies.get(COOKIE))
    if settings().classroom is None or visitor is None:
        return RedirectResponse("/join" if settings().classroom else "/", 303)
    if request.method != "POST":
        what = (
            "Your runs and drawings stay on the server, but it no longer knows that they are yours. To keep your "
            "drawings, export them on My handwriting first."
            if visitor.role is Role.PUPIL
            else "You then need the teacher's code to come in again."
        )
        return _page("Leave", what, _LEAVE)
    answer = RedirectResponse("/join", 303)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return answer


def checked_address(wanted: str) -> str:
    """Where to go after the form: an address of this server's own pages, or else the first page."""
    is_plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted and len(wanted) <= _LONGEST_ADDRESS
    if not is_plain or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc or parts.path in ("/join", "/leave") else wanted


async def _fields(request: Request) -> dict[str, str]:
    """The fields of the form; none when it is larger than the form can be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return {}
    try:
        return {name: values[0] for name, values in parse_qs(body.decode("ascii"), max_num_fields=4).items()}
    except ValueError:
        return {}


def _form(wanted: str, trouble: str = "", status: int = 200, headers: dict[str, str] | None = None) -> Response:
    line = f'<p class="trouble" id="trouble" role="alert">{escape(trouble)}</p>' if trouble else ""
    marks = ' aria-invalid="true" aria-describedby="trouble"' if trouble else ""
    body = _FORM.format(wanted=escape(checked_address(wanted)), trouble=line, marks=marks)
    return _page(
        "Join", "Draw a digit and see how a machine reads it. Type the code of your class.", body, status, headers
    )


def _page(title: str, lead: str, body: str, status: int = 200, headers: dict[str, str] | None = None) -> HTMLResponse:
    page = _PAGE.substitute(title=escape(title), lead=escape(lead), body=body)
    return HTMLResponse(page, status, {"Cache-Control": "no-store", **(headers or {})})


ROUTES = [Route("/join", join, methods=["GET", "POST"]), Route("/leave", leave, methods=["GET", "POST"])]
