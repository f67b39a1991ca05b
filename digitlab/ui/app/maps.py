"""`/api/map`: the maps of the panel "Map", which the browser fetches once; what follows the pen is a view.

`GET /api/map/MODEL` gives the PCA, which is made at once, and the t-SNE where there is one, or how far it is.
`POST /api/map/MODEL` starts making the t-SNE. `GET /api/map-images` is one PNG of all images of the maps.
"""

import io
import math
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digitlab.image import SIDE
from digitlab.settings import DataFolders
from digitlab.ui.app import readers
from digitlab.ui.app.guard import visitor_of
from digitlab.ui.app.installation import catalogue, settings
from digitlab.ui.app.pasts import KEPT, answered

if TYPE_CHECKING:  # torch comes with it, and the server must be up before
    from digitlab.explain.embedding import MapImages

COLUMNS = 50
"""Images in a row of the PNG."""

_loading = threading.Lock()


async def map_of(request: Request) -> Response:
    """A model's map; after a POST its t-SNE is being made."""

    def answer() -> Response:
        run = catalogue().find(request.path_params["model"])
        if request.method == "POST":
            from digitlab.jobs.mapping import start_mapping

            start_mapping(run, settings(), visitor_of(request.scope))
        return JSONResponse(_map(run.id), headers={"Cache-Control": "no-store"})

    return await answered(request, answer)


async def map_images(request: Request) -> Response:
    """All images of the maps, in rows of 50."""
    return await answered(request, lambda: Response(_atlas(_folders()), media_type="image/png", headers=KEPT))


def _map(model: str) -> dict[str, Any]:
    from digitlab.jobs.mapping import how_far
    from digitlab.reading.maps import add_neighbourhoods, make_map
    from digitlab.runs.positions import positions_file, read_positions
    from digitlab.training.devices import all_cores

    reader, images = readers.predictor(model), _images(_folders())
    with all_cores():
        found = make_map(reader, images)
    path = positions_file(reader.run, settings().runs, images.data)
    points = read_positions(path, reader.run, images.fingerprint, len(images.part))
    making = how_far(reader.run, settings())
    if points is not None:
        add_neighbourhoods(found, points)
    return {
        "images": images.title,
        "atlas": f"api/map-images?images={images.fingerprint}",
        "columns": COLUMNS,
        "isOfPixels": found.is_of_pixels,
        "values": found.values.shape[1],
        "labels": images.part.labels.tolist(),
        "explained": found.plane.explained.round(4).tolist(),
        "pca": _rounded(found.points),
        "tsne": None if points is None else _rounded(points),
        "done": making.done,
        "trouble": making.trouble,
    }


def _rounded(points: np.ndarray) -> list[list[float]]:
    rounded: list[list[float]] = points.astype(float).round(3).tolist()
    return rounded


def _folders() -> DataFolders:
    return settings().folders


def _images(folders: DataFolders) -> "MapImages":
    with _loading:  # the second who asks finds them loaded
        return _load(folders)


@lru_cache(maxsize=2)
def _load(folders: DataFolders) -> "MapImages":
    from digitlab.explain.embedding import choose_images

    return choose_images(folders)


@lru_cache(maxsize=2)
def _atlas(folders: DataFolders) -> bytes:
    images = _images(folders).part.images.numpy()
    rows = math.ceil(len(images) / COLUMNS)
    tiles = np.zeros((rows * COLUMNS, SIDE, SIDE), np.uint8)
    tiles[: len(images)] = images
    sheet = tiles.reshape(rows, COLUMNS, SIDE, SIDE).swapaxes(1, 2).reshape(rows * SIDE, COLUMNS * SIDE)
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, "PNG")
    return file.getvalue()


ROUTES = [Route("/api/map/{model}", map_of, methods=["GET", "POST"]), Route("/api/map-images", map_images)]
