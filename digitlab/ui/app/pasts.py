"""`/api/past/MODEL`: what a run left behind of its epochs, for the panel "Through the epochs".

It does not change with the drawing, so it is fetched once and kept by the browser: the address holds the files' stamp.
"""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digitlab.errors import DigitlabError, UnknownName
from digitlab.ui.app.installation import catalogue
from digitlab.ui.app.live_socket import is_own_origin

KEPT = {"Cache-Control": "private, max-age=86400"}
"""Of answers whose address changes whenever they do."""


async def past(request: Request) -> Response:
    """The loss curves of a run and, for a softmax regression, its weight images."""
    return await answered(request, lambda: JSONResponse(_past(request.path_params["model"]), headers=KEPT))


async def answered(request: Request, answer: Callable[[], Response]) -> Response:
    """What a thread answers to a request of our own pages; what is wrong becomes one line."""
    if not is_own_origin(request.headers):
        return JSONResponse({"error": "The request comes from another site. Ask from here."}, 403)
    try:
        return await run_in_threadpool(answer)
    except UnknownName as error:
        return JSONResponse({"error": str(error)}, 404)
    except DigitlabError as error:
        return JSONResponse({"error": str(error)}, 400)


def _past(model: str) -> dict[str, object]:
    from digitlab.ui.shared.weight_film import packed_past

    return packed_past(catalogue().find(model))


ROUTES = [Route("/api/past/{model}", past)]
