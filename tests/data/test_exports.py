import gzip
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torchvision.datasets.mnist import read_image_file, read_label_file

from digitlab.data import PartName
from digitlab.data.exports import image_of, to_idx_zip, to_ink_file, to_png_zip
from digitlab.data.handwriting_file import MyDrawing
from digitlab.image.prepare import prepare_ink
from digitlab.ink.ink_file import read_ink_file
from digitlab.ink.strokes import Drawing, LabelledDrawing


def drawing(n: int, digit: int, pen_width: float = 18.0) -> MyDrawing:
    return MyDrawing(
        id=f"{n:08x}",
        ink=[[[60.0, 60.0], [200.0, 60.0 + 9 * n], [120.0, 230.0]]],
        pen_width=pen_width,
        digit=digit,
        writer="anna",
        part=PartName.TRAIN,
        made="2026-01-02T03:04:05+00:00",
    )


DRAWINGS = [drawing(0, 7), drawing(1, 0), drawing(2, 7, 30.0), drawing(3, 9)]


def unpacked(archive: bytes, folder: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
    return folder


def test_an_image_is_what_the_pen_drew() -> None:
    for one in DRAWINGS:
        assert (image_of(one) == prepare_ink(one.ink, one.pen_width).image).all()


def test_a_drawing_beside_the_canvas_still_has_an_image() -> None:
    assert image_of(Drawing(ink=[[[900.0, 900.0], [950.0, 990.0]]])).max() == 255


def test_the_ink_file_gives_the_same_drawings_and_all_that_is_known_of_them(tmp_path: Path) -> None:
    path = tmp_path / "my-digits.jsonl.gz"
    path.write_bytes(to_ink_file(DRAWINGS))
    assert read_ink_file(path) == [LabelledDrawing(ink=one.ink, digit=one.digit, writer=one.writer) for one in DRAWINGS]
    first = json.loads(gzip.decompress(path.read_bytes()).splitlines()[0])
    assert {key: first[key] for key in ("id", "pen_width", "part", "made")} == {
        "id": "00000000",
        "pen_width": 18.0,
        "part": "train",
        "made": "2026-01-02T03:04:05+00:00",
    }


def test_pictures_lie_in_a_folder_for_each_digit(tmp_path: Path) -> None:
    folder = unpacked(to_png_zip(DRAWINGS), tmp_path)
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.png"))
    assert names == ["0/0-00000001.png", "7/7-00000000.png", "7/7-00000002.png", "9/9-00000003.png"]
    assert (np.asarray(Image.open(folder / "7" / "7-00000002.png")) == image_of(DRAWINGS[2])).all()


@pytest.mark.parametrize("count", [1, 4])
def test_torchvision_reads_the_mnist_format(count: int, tmp_path: Path) -> None:
    folder = unpacked(to_idx_zip(DRAWINGS[:count]), tmp_path)
    images = read_image_file(str(folder / "images-idx3-ubyte"))
    labels = read_label_file(str(folder / "labels-idx1-ubyte"))
    assert images.shape == (count, 28, 28)
    assert labels.tolist() == [7, 0, 7, 9][:count]
    assert all((image.numpy() == image_of(one)).all() for image, one in zip(images, DRAWINGS, strict=False))


@pytest.mark.parametrize("write", [to_ink_file, to_png_zip, to_idx_zip])
def test_the_same_drawings_give_the_same_bytes(write: object) -> None:
    assert write(DRAWINGS) == write(DRAWINGS)  # type: ignore[operator]
    assert write(DRAWINGS) != write(DRAWINGS[:2])  # type: ignore[operator]
