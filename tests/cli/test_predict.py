import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitlab.image.photo import open_picture
from digitlab.image.prepare import prepare_picture
from digitlab.ink.strokes import draw_ink
from digitlab.reading.predictor import Predictor
from digitlab.runs.run import Run
from digitlab.settings import CHECKPOINTS
from tests.cli.conftest import Call, Called

PROJECT = Path(__file__).parents[2]

SEVEN = [[[60.0, 60.0], [200.0, 60.0], [120.0, 220.0]]]


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    return make_run()


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    Image.fromarray(255 - draw_ink(SEVEN)).save(tmp_path / "seven.png")
    return tmp_path / "seven.png"


@pytest.fixture
def year(tmp_path: Path) -> Path:
    """A picture of 777."""
    ink = [[[x, 60.0], [x + 70, 60.0], [x + 25, 200.0]] for x in (60.0, 260.0, 460.0)]
    Image.fromarray(255 - draw_ink(ink, 14, (640, 280))).save(tmp_path / "year.png")
    return tmp_path / "year.png"


@pytest.fixture
def call_apart(call: Call, tmp_path: Path) -> Callable[..., Called]:
    """Calls `digitlab` in a process of its own, whose standard input is given."""

    def run(*words: object, entered: bytes) -> Called:
        done = subprocess.run(
            [sys.executable, "-m", "digitlab", *map(str, words)],
            input=entered,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            check=False,
        )
        return Called(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def only_trouble(called: Called, words: str) -> None:
    """Nothing was read, and one line on standard error says why."""
    assert (called.code, called.out) == (2, "")
    assert called.err.count("\n") == 1
    assert called.err.startswith("Error: ")
    assert words in called.err


def test_the_answer_is_the_predictors(run: Run, seven: Path, call: Call) -> None:
    reading = Predictor(run).read(prepare_picture(open_picture(seven)).image)
    result = call("predict", run.id, seven, "--json").json
    assert result["model"] == run.id
    answer = result["predictions"][0]
    assert (answer["picture"], answer["digit"]) == (str(seven), reading.digit)
    assert answer["probabilities"] == pytest.approx(reading.probabilities.tolist())
    assert sum(answer["probabilities"]) == pytest.approx(1)
    assert answer["ms"] > 0


def test_several_pictures_get_a_line_each_in_their_order(run: Run, seven: Path, call: Call) -> None:
    second = seven.with_name("weiß.png")
    second.write_bytes(seven.read_bytes())
    called = call("predict", run.folder, seven, second)
    assert (called.code, called.err) == (0, "")
    assert [line.split(": ")[0] for line in called.out.splitlines()] == [str(seven), str(second)]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_kind_of_picture_is_read_alike(kind: str, seven: Path, call: Call) -> None:
    file = seven.with_name(f"seven.{kind.lower()}")
    Image.open(seven).save(file, kind)
    called = call("predict", CHECKPOINTS / "cnn", file)
    assert (called.code, called.err) == (0, "")
    assert called.out.startswith(f"{file}: 7 (")


def test_the_help_names_every_kind_of_picture_and_standard_input(call: Call) -> None:
    words = call("predict", "--help").out
    assert all(kind in words for kind in ("PNG", "JPEG", "WebP", "GIF", "- for standard input"))


def header(side: int) -> bytes:
    """A PNG file that claims a size and holds no pixels."""
    chunks = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0), b"IDAT"
    packed = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def blank() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((50, 50), 255, np.uint8)).save(file, "PNG")
    return file.getvalue()


BAD = [
    (b"", "is empty (0 bytes)"),
    (b"not a picture", "is not a picture that can be read"),
    (header(30_000), "Make it smaller"),
    (header(8_000), "has 8,000×8,000 pixels; at most 25 million are read"),
    (header(20), "is damaged"),
    (blank(), "No ink stands out"),
]
IDS = ["empty", "text", "bomb", "huge", "truncated", "blank"]


@pytest.mark.parametrize(("content", "message"), BAD, ids=IDS)
def test_a_bad_picture_is_named_and_the_good_ones_are_read_all_the_same(
    content: bytes, message: str, run: Run, seven: Path, call: Call
) -> None:
    alone = call("predict", run.id, seven)
    bad, second = seven.with_name("bad.png"), seven.with_name("second.png")
    bad.write_bytes(content)
    second.write_bytes(seven.read_bytes())
    called = call("predict", run.id, seven, bad, second)
    assert called.code == 2
    assert called.out == alone.out + alone.out.replace(str(seven), str(second))
    assert called.err.startswith(f"Error: {bad}")
    assert message in called.err
    assert called.err.count("\n") == 1


@pytest.mark.parametrize(("content", "message"), BAD, ids=IDS)
@pytest.mark.parametrize("number", [[], ["--number"]])
def test_in_json_a_bad_picture_has_an_error_in_its_turn(
    number: list[str], content: bytes, message: str, run: Run, seven: Path, call: Call
) -> None:
    bad = seven.with_name("bad.png")
    bad.write_bytes(content)
    called = call("predict", run.id, bad, seven, "--json", *number)
    assert called.code == 2
    assert called.out.count("\n") == called.err.count("\n") == 1
    first, second = called.json["predictions"]
    assert first.keys() == {"picture", "error"}
    assert first["picture"] == str(bad)
    assert message in first["error"]
    assert "error" not in second
    assert ("text" in second) is bool(number)


@pytest.mark.parametrize(("content", "message"), BAD, ids=IDS)
def test_a_bad_picture_alone_gets_one_line(content: bytes, message: str, run: Run, tmp_path: Path, call: Call) -> None:
    (tmp_path / "bad.png").write_bytes(content)
    only_trouble(call("predict", run.id, tmp_path / "bad.png"), message)


def test_a_missing_picture_and_a_folder_are_refused(run: Run, tmp_path: Path, refuse: Callable[..., str]) -> None:
    assert "nowhere.png cannot be read: No such file" in refuse("predict", run.id, "nowhere.png")
    assert "Is a directory" in refuse("predict", run.id, tmp_path)


def test_a_dash_stands_for_standard_input(seven: Path, call: Call, call_apart: Callable[..., Called]) -> None:
    cnn = CHECKPOINTS / "cnn"
    called = call_apart("predict", cnn, "-", entered=seven.read_bytes())
    assert (called.code, called.err) == (0, "")
    assert called.out == call("predict", cnn, seven).out.replace(str(seven), "-")
    assert called.out.startswith("-: 7 (")


def test_standard_input_can_stand_among_files(run: Run, seven: Path, call: Call) -> None:
    answers = call("predict", run.id, seven, "-", "--json", entered=seven.read_bytes()).json["predictions"]
    assert [answer["picture"] for answer in answers] == [str(seven), "-"]
    assert answers[0]["probabilities"] == answers[1]["probabilities"]


@pytest.mark.parametrize(("content", "message"), BAD, ids=IDS)
def test_a_bad_picture_on_standard_input_is_called_so(content: bytes, message: str, run: Run, call: Call) -> None:
    called = call("predict", run.id, "-", entered=content)
    only_trouble(called, message)
    assert called.err.startswith("Error: standard input")


@pytest.mark.parametrize("model", ["nobody", "../no-such-run", "a" * 5000])
def test_an_unknown_model_is_refused(model: str, seven: Path, refuse: Callable[..., str]) -> None:
    assert "There is no model" in refuse("predict", model, seven)


def test_damaged_weights_are_refused(run: Run, seven: Path, refuse: Callable[..., str]) -> None:
    run.weights.write_bytes(run.weights.read_bytes()[:1000])
    assert "is damaged or not a safetensors file" in refuse("predict", run.id, seven)


def test_a_number_is_read_digit_by_digit(year: Path, call: Call) -> None:
    assert call("predict", CHECKPOINTS / "cnn", year, "--number").out == f"{year}: 777\n"
    (answer,) = call("predict", CHECKPOINTS / "cnn", year, "--number", "--json").json["predictions"]
    assert answer["text"] == "777"
    assert [digit["digit"] for digit in answer["digits"]] == [7, 7, 7]
    assert [digit["box"][0] for digit in answer["digits"]] == pytest.approx([53 / 640, 253 / 640, 453 / 640], abs=0.005)


def test_a_model_that_is_not_sure_says_so(run: Run, seven: Path, call: Call) -> None:
    run.write_results({**run.results, "doubt": {"temperature": 1.0, "threshold": 0.9999}})
    assert "not sure)" in call("predict", run.id, seven).out
    assert call("predict", run.id, seven, "--json").json["predictions"][0]["sure"] is False


def test_a_picture_of_noise_is_said_to_be_no_number(run: Run, tmp_path: Path, call: Call) -> None:
    file = tmp_path / "noise.png"
    Image.fromarray((np.random.default_rng(0).random((300, 300)) < 0.1).astype(np.uint8) * 255).save(file)
    called = call("predict", run.id, file, "--number")
    assert (called.code, called.out, called.err.count("\n")) == (2, "", 1)
    assert called.err.startswith(f"Error: {file}: The picture holds ")
    assert "That is noise or a page of text, not a number." in called.err
