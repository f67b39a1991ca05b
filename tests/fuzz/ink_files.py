"""Ink files, the file of the user's own drawings, and configs."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from digitlab.config import TrainConfig
from digitlab.data import PartName
from digitlab.data.handwriting import add_from_elsewhere, drawings_of_part
from digitlab.data.handwriting_file import MyDrawing, full_line, handwriting_file, my_drawings
from digitlab.image.prepare import prepare_ink
from digitlab.ink.ink_file import read_ink_lines, to_line
from digitlab.ink.strokes import LabelledDrawing
from digitlab.runs.run import Run
from tests.browser.drawing_page import TRAJECTORIES
from tests.fuzz.harness import Kind, tried
from tests.fuzz.mutants import encoded, mutate_bytes, mutate_json, mutate_lines

_SHOWN = 100
"""Drawings that the gallery shows at once."""


@lru_cache(1)
def _drawings() -> Sequence[LabelledDrawing]:
    return [LabelledDrawing(ink=ink, digit=digit % 10, writer="me") for digit, ink in enumerate(TRAJECTORIES.values())]


@lru_cache(1)
def _ink_files() -> Sequence[bytes]:
    text = "".join(map(to_line, _drawings())).encode()
    return [text, gzip.compress(text, mtime=0), b"".join(_own_file())]


@lru_cache(1)
def _own_file() -> Sequence[bytes]:
    made = "2026-01-01T00:00:00+00:00"
    parts = (PartName.TRAIN, PartName.TEST)
    mine = [
        MyDrawing(**_fields(drawing), id=f"{number:016x}", part=parts[number % 3 == 2], made=made)
        for number, drawing in enumerate(_drawings())
    ]
    return ["".join(map(full_line, mine)).encode()]


def _fields(drawing: LabelledDrawing) -> Mapping[str, Any]:
    return {**asdict(drawing), "ink": drawing.ink}


def _mutate(data: bytes, random: Random) -> bytes:
    if data.startswith(b"\x1f\x8b"):
        if random.random() < 0.5:
            return mutate_bytes(data, random)
        return gzip.compress(encoded(mutate_lines(gzip.decompress(data).decode(), random)), 1)
    return encoded(mutate_lines(data.decode(), random))


def _read_ink(data: bytes, folder: Path) -> object:
    """As Import on My handwriting does, and then the gallery."""
    lines = read_ink_lines(data, "uploaded.jsonl")
    return [tried(lambda: add_from_elsewhere(folder, lines)), *_shown(folder)]


def _read_own(data: bytes, folder: Path) -> object:
    handwriting_file(folder).parent.mkdir(parents=True)
    handwriting_file(folder).write_bytes(data)
    return _shown(folder)


def _shown(folder: Path) -> list[Any]:
    drawings = my_drawings(folder)
    shown = [lambda one=one: prepare_ink(one.ink, one.pen_width).image.shape for one in drawings[:_SHOWN]]
    return [*tried(*shown, lambda: drawings_of_part(folder, PartName.TRAIN, 0.2)), drawings[:_SHOWN]]


def _lines_of(points: int, lines: int, width: str = "18") -> Callable[[], bytes]:
    def make() -> bytes:
        strokes = ",".join(f"[{number * 7 % 280},{number * 13 % 280}]" for number in range(points))
        facts = f'"pen_width":{width},"part":"train","made":"2026-01-02T03:04:05+00:00"'
        head = f'{{"digit":7,"strokes":[[{strokes}]],{facts},"id":'
        return gzip.compress("".join(f'{head}"{number:016x}"}}\n' for number in range(lines)).encode(), 1)

    return make


_HOSTILE = {
    "10 million points": _lines_of(18_000, 280),
    "100 drawings of 20,000 points": _lines_of(20_000, 100),
    "200,000 dots": _lines_of(1, 200_000),
    "a hundred times the width": _lines_of(2000, 10, "100"),
    "a gzip bomb": lambda: gzip.compress(b"\0" * 100_000_000),
    "a key of 60 MB": lambda: gzip.compress(b'{"digit":7,"strokes":[[[0,0]]],"x":"' + b"x" * 60_000_000 + b'"}'),
}


def _unpacked(make: Callable[[], bytes]) -> Callable[[], bytes]:
    return lambda: gzip.decompress(make())


def _mutate_own(data: bytes, random: Random) -> bytes:
    return encoded(mutate_lines(data.decode(), random))


def _read_config(text: str, folder: Path) -> object:
    run = Run(folder)
    (folder / "config.json").write_bytes(encoded(text))
    return run.config


def _configs() -> Sequence[str]:
    own = TrainConfig(model="cnn", data="mnist+pen", name="a try", start_from="cnn")
    return [json.dumps(config.to_dict()) for config in (TrainConfig(), own)]


INK_FILES = Kind("ink files", _ink_files, _mutate, _read_ink, _HOSTILE)
OWN_FILE = Kind(
    "the file of one's own drawings",
    _own_file,
    _mutate_own,
    _read_own,
    {"a line that is no line": lambda: b"\xff\xfe\n"},
)
CONFIGS = Kind("configs", _configs, mutate_json, _read_config)
