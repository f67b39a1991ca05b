"""`/api/read` and `/api/models`: the models for scripts, with the same checks as the page's own channel.

    curl --data-binary @my-seven.png -H 'Content-Type: image/png' 'http://localhost:8501/api/read?models=softmax,cnn'
    curl -d '{"strokes": [[[60, 60], [200, 60], [120, 230]]], "penWidth": 18}' http://localhost:8501/api/read
    curl http://localhost:8501/api/models

`DIGITLAB_API=off` switches both off.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from digitlab.errors import BadInk, BadPicture, DigitlabError, UnknownName
from digitlab.formats import short
from digitlab.ink.strokes import PEN_WIDTH, Drawing
from digitlab.runs.listing import as_seen
from digitlab.ui.app.guard import visitor_of
from digitlab.ui.app.installation import catalogue, settings
from digitlab.ui.app.live_messages import LARGEST, MOST_MODELS
from digitlab.ui.app.live_socket import is_own_origin
from digitlab.ui.components.drawing import checked_drawing

_LARGEST_PICTURE = 20_000_000
_AT_ONCE = 4
"""Requests that are read at the same time; more wait."""

_room = asyncio.Semaphore(_AT_ONCE)

_Answer = Callable[[Request], Awaitable[dict[str, Any]]]


def _endpoint(answer: _Answer) -> Callable[[Request], Awaitable[JSONResponse]]:
    """A route's function: what is wrong with the request becomes one line, with a fitting status."""

    async def respond(request: Request) -> JSONResponse:
        if not settings().api:
            return JSONResponse({"error": "This installation has switched its API off."}, 404)
        if not is_own_origin(request.headers):
            return JSONResponse({"error": "The request comes from another site. Ask from a script, or from here."}, 403)
        try:
            return JSONResponse(await answer(request))
        except UnknownName as error:
            return JSONResponse({"error": str(error)}, 404)
        except DigitlabError as error:
            return JSONResponse({"error": str(error)}, 400)
        except ClientDisconnect:
            return JSONResponse({"error": "The connection broke."}, 400)

    return respond


@_endpoint
async def models(request: Request) -> dict[str, Any]:
    """Every model that can be asked, the checkpoints first."""
    entries = await run_in_threadpool(catalogue().models)
    return {
        "models": [
            {
                "id": entry.id,
                "title": entry.title,
                "architecture": entry.config.model,
                "parameters": entry.parameters,
                "accuracies": entry.accuracies,
                "checkpoint": entry.is_checkpoint,
            }
            for entry in (as_seen(one, visitor_of(request.scope)) for one in entries)
        ]
    }


@_endpoint
async def read(request: Request) -> dict[str, Any]:
    """What the named models read in a drawing (JSON) or a picture (PNG, JPEG, WebP, GIF)."""
    names = _names(request.query_params.get("models"))
    is_picture = request.headers.get("content-type", "").startswith("image/")
    body = await _body(request, _LARGEST_PICTURE if is_picture else LARGEST)
    async with _room:
        return await run_in_threadpool(_read, body, is_picture, names)


def _names(asked: str | None) -> list[str]:
    from digitlab.ui.app.readers import DEFAULTS

    names = list(dict.fromkeys(name for name in (asked or ",".join(DEFAULTS)).split(",") if name))
    if not 0 < len(names) <= MOST_MODELS:
        raise BadInk(f"The request names {len(names)} models; name 1 to {MOST_MODELS}, joined by commas.")
    return names


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise BadPicture(f"The request has over {most // 1000} kB. Send less.")
    return bytes(body)


def _read(body: bytes, is_picture: bool, names: Sequence[str]) -> dict[str, Any]:
    from digitlab.reading.live import Question, ask
    from digitlab.reading.predictor import Reading
    from digitlab.ui.app import readers

    for name in names:
        catalogue().find(name)  # raises UnknownName
    drawing, picture = (Drawing(ink=[]), _ink(body)) if is_picture else (_drawing(body), None)
    value = ask(Question(drawing, names, ["answers"], picture=picture), readers.predictor)["answers"]
    if value.prepared is None or not value.readings:
        raise BadInk(value.remark or "There is no ink in the drawing. Draw a digit first.")
    found = {}
    for name, reading in value.readings.items():
        found[name] = (
            {
                "digit": reading.digit,
                "probabilities": [round(share, 6) for share in reading.probabilities.tolist()],
                "sure": reading.sure,
                "ms": round(reading.milliseconds, 2),
            }
            if isinstance(reading, Reading)
            else {"error": str(reading)}
        )
    return {"models": found, "remark": value.remark} if value.remark else {"models": found}


def _ink(body: bytes) -> np.ndarray:
    from digitlab.image.photo import find_ink, open_picture

    return find_ink(open_picture(body))


def _drawing(body: bytes) -> Drawing:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadInk("The request is not JSON. Send strokes as JSON, or a picture with its Content-Type.") from error
    if not isinstance(value, Mapping):
        raise BadInk(f"The request is {short(value, 40)}; it must be an object with strokes.")
    return checked_drawing({"penWidth": PEN_WIDTH, **value})


ROUTES = [Route("/api/read", read, methods=["POST"]), Route("/api/models", models)]
