import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitlab.config import CHECKPOINTS
from digitlab.ink import draw_ink
from digitlab.picture import open_picture
from digitlab.predictor import Predictor
from digitlab.preprocess import prepare_picture
from digitlab.runs.run import Run


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    return make_run()


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    Image.fromarray(255 - draw_ink([[[60, 60], [200, 60], [120, 220]]])).save(tmp_path / "seven.png")
    return tmp_path / "seven.png"


def test_the_answer_is_the_predictors(run: Run, seven: Path, call: Callable) -> None:
    reading = Predictor(run).read(prepare_picture(open_picture(seven)).image)
    result = call("predict", run.id, seven, "--json").json
    assert result["model"] == run.id
    answer = result["predictions"][0]
    assert (answer["picture"], answer["digit"]) == (str(seven), reading.digit)
    assert answer["probabilities"] == pytest.approx(reading.probabilities.tolist())
    assert sum(answer["probabilities"]) == pytest.approx(1)
    assert answer["ms"] > 0


def test_several_pictures_get_a_line_each_in_their_order(run: Run, seven: Path, call: Callable) -> None:
    second = seven.with_name("weiß.png")
    second.write_bytes(seven.read_bytes())
    called = call("predict", run.folder, seven, second)
    assert (called.code, called.err) == (0, "")
    assert [line.split(": ")[0] for line in called.out.splitlines()] == [str(seven), str(second)]


def header(side: int) -> bytes:
    """A PNG file that claims a size and holds no pixels."""
    chunks = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0), b"IDAT"
    packed = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty (0 bytes)"),
        (b"not a picture", "is no picture that can be read"),
        (header(30_000), "Make it smaller"),
        (header(8_000), "has 8,000×8,000 pixels; at most 50 million are read"),
        (header(20), "is damaged"),
    ],
)
def test_bad_pictures_are_refused_by_name(
    content: bytes, message: str, run: Run, seven: Path, refuse: Callable[..., str]
) -> None:
    bad = seven.with_name("bad.png")
    bad.write_bytes(content)
    line = refuse("predict", run.id, seven, bad)
    assert message in line
    assert str(bad) in line


def test_a_missing_picture_and_a_folder_are_refused(run: Run, tmp_path: Path, refuse: Callable[..., str]) -> None:
    assert "nowhere.png cannot be read: No such file" in refuse("predict", run.id, "nowhere.png")
    assert "Is a directory" in refuse("predict", run.id, tmp_path)


def test_a_blank_picture_is_named(run: Run, seven: Path, refuse: Callable[..., str]) -> None:
    blank = seven.with_name("blank.png")
    Image.fromarray(np.full((50, 50), 255, np.uint8)).save(blank)
    assert f"{blank}: No ink stands out" in refuse("predict", run.id, seven, blank)


@pytest.mark.parametrize("model", ["nobody", "../x", "a" * 5000])
def test_an_unknown_model_is_refused(model: str, seven: Path, refuse: Callable[..., str]) -> None:
    assert "There is no model" in refuse("predict", model, seven)


def test_damaged_weights_are_refused(run: Run, seven: Path, refuse: Callable[..., str]) -> None:
    run.weights.write_bytes(run.weights.read_bytes()[:1000])
    assert "is damaged or no safetensors file" in refuse("predict", run.id, seven)


@pytest.fixture
def year(tmp_path: Path) -> Path:
    ink = [[[x, 60], [x + 70, 60], [x + 25, 200]] for x in (60, 260, 460)]
    Image.fromarray(255 - draw_ink(ink, 14, (640, 280))).save(tmp_path / "year.png")
    return tmp_path / "year.png"


def test_a_number_is_read_digit_by_digit(year: Path, call: Callable) -> None:
    assert call("predict", CHECKPOINTS / "cnn", year, "--number").out == f"{year}: 777\n"
    (answer,) = call("predict", CHECKPOINTS / "cnn", year, "--number", "--json").json["predictions"]
    assert answer["text"] == "777"
    assert [digit["digit"] for digit in answer["digits"]] == [7, 7, 7]
    assert [digit["box"][0] for digit in answer["digits"]] == pytest.approx([53 / 640, 253 / 640, 453 / 640], abs=0.005)


def test_a_model_that_is_not_sure_says_so(run: Run, seven: Path, call: Callable) -> None:
    run.write_results({**run.results, "doubt": {"temperature": 1.0, "threshold": 0.9999}})
    assert "not sure)" in call("predict", run.id, seven).out
    assert call("predict", run.id, seven, "--json").json["predictions"][0]["sure"] is False
