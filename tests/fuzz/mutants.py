"""Mutants: what is nearly right, from a seed. Bytes, JSON, zip and npz files, PNG pictures."""

import copy
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

_EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

VALUES: Sequence[Any] = (
    *(None, True, False, 0, 1, -1, 9, 10, 255, 2**31, 2**63, -(2**63), 10**18, 10**400, -(10**400)),
    *(0.5, -0.0, 5e-324, 1e308, float("inf"), float("-inf"), float("nan"), 1e6, 1e-9),
    *("", "a", "7", "\ud800", "\udfff x", "two\nlines", "\x00", "\x1b[31m", "\u202e", "é" * 90, "x" * 100_000, "1e999"),
    *([], {}, [None], [[]], [[[0, 0]]], [[1, 2], [3]], {"": {}}, ["x"] * 300, [0] * 20_000, {"strokes": 1}),
    *("../../x", "<script>", "![x](http://a)", "cnn", "softmax", "done", "running", "2026-01-01T00:00:00+00:00"),
)
"""What stands in a value's place: edges of numbers, texts that break lines and encodings, other types."""


def mutate_bytes(data: bytes, random: Random) -> bytes:
    """One to six changes: bits, bytes, edges of numbers, parts cut, doubled, moved or overwritten."""
    found = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        random.choice(_BYTE_CHANGES)(found, random)
    return bytes(found)


def _at(data: bytearray, random: Random) -> int:
    # Headers are where files are read from: half of all changes are near the front.
    return random.randrange(max(1, min(len(data), 200) if random.random() < 0.5 else len(data)))


def _flip(data: bytearray, random: Random) -> None:
    if data:
        data[_at(data, random)] ^= 1 << random.randrange(8)


def _edge(data: bytearray, random: Random) -> None:
    at, form = _at(data, random), random.choice(("<B", "<H", ">H", "<I", ">I", "<Q"))
    value = struct.pack(form, random.choice(_EDGES) % 2 ** (8 * struct.calcsize(form)))
    data[at : at + len(value)] = value


def _cut(data: bytearray, random: Random) -> None:
    at = _at(data, random)
    del data[at : at + random.choice((1, 2, 8, 100, len(data)))]


def _double(data: bytearray, random: Random) -> None:
    at, size = _at(data, random), random.choice((1, 4, 64, 1000))
    data[at:at] = data[at : at + size]


def _noise(data: bytearray, random: Random) -> None:
    at, size = _at(data, random), random.choice((1, 4, 32))
    data[at : at + size] = random.randbytes(size)


def _move(data: bytearray, random: Random) -> None:
    at, size = _at(data, random), random.choice((4, 32, 400))
    part = data[at : at + size]
    del data[at : at + size]
    to = _at(data, random)
    data[to:to] = part


_BYTE_CHANGES: Sequence[Callable[[bytearray, Random], None]] = (_flip, _edge, _cut, _double, _noise, _move)


def mutate_value(value: Any, random: Random) -> Any:
    """A copy of a JSON value in which one to four parts are replaced, renamed, removed, doubled or wrapped."""
    value = copy.deepcopy(value)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        value = _changed(value, random)
    return value


def _changed(value: Any, random: Random) -> Any:
    if isinstance(value, dict) and value and random.random() < 0.93:
        return _changed_object(value, random)
    if isinstance(value, list) and value and random.random() < 0.85:
        return _changed_list(value, random)
    match random.randrange(10):
        case 0:
            return random.choice(([value], {"a": value}))
        case 1 if isinstance(value, int | float):
            return value * random.choice((-1, 3, 1000, 10**9, 10**300))  # whole: a float factor fails for long numbers
        case 2 if isinstance(value, str):
            return value + random.choice(("\ud800", "\n", " ", "é", "x" * 500))
    return copy.deepcopy(random.choice(VALUES))


def _changed_object(value: dict[str, Any], random: Random) -> dict[str, Any]:
    key = random.choice(list(value))
    match random.randrange(8):
        case 0:
            del value[key]
        case 1:
            other = random.choice(("", "x", "\ud800", "a\nb", "__class__", key.upper(), "k" * 3000))
            value[other] = value.pop(key)
        case _:
            value[key] = _changed(value[key], random)
    return value


def _changed_list(value: list[Any], random: Random) -> list[Any]:
    at = random.randrange(len(value))
    match random.randrange(8):
        case 0:
            del value[at]
        case 1:
            value[at:at] = [value[at]] * random.choice((1, 2, 50))
        case 2:
            value.insert(at, random.choice(VALUES))
        case _:
            value[at] = _changed(value[at], random)
    return value


def mutate_json(text: str, random: Random) -> str:
    """A JSON text whose value is mutated, or now and then its letters; numbers also as `1e999`, deep nesting too."""
    match random.randrange(12):
        case 0:
            return mutate_bytes(text.encode(), random).decode("utf-8", "surrogateescape")
        case 1:
            deep = random.choice((50, 990, 3000, 100_000))
            return text.replace(random.choice("01:,"), "[" * deep, 1)
        case _:
            found = json.dumps(mutate_value(json.loads(text), random))
            return found.replace("Infinity", "1e999") if random.random() < 0.5 else found


def mutate_lines(text: str, random: Random) -> str:
    """JSON lines of which one is mutated, doubled, torn or swapped."""
    lines = text.splitlines()
    at = random.randrange(len(lines))
    match random.randrange(6):
        case 0:
            lines[at] = lines[at][: random.randrange(len(lines[at]) + 1)]
        case 1:
            lines[at:at] = [lines[at]] * random.choice((1, 3, 200))
        case _:
            lines[at] = mutate_json(lines[at], random)
    return "\n".join(lines) + random.choice(("\n", "", "\r\n", "\n\n"))


def encoded(text: str) -> bytes:
    """The text as a file's bytes; lone surrogates become bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of these members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)  # without the time of day: the same bytes each time
    return packed.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The members of a zip file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def mutate_zip(data: bytes, random: Random, change: Callable[[bytes, Random], bytes] = mutate_bytes) -> bytes:
    """A zip file that is damaged itself, or whole with one member changed, renamed, left out or packed otherwise."""
    if random.random() < 0.3:
        return mutate_bytes(data, random)
    members = unzipped(data)
    name = random.choice(list(members))
    match random.randrange(8):
        case 0:
            del members[name]
        case 1:
            other = random.choice(("../x", "/x", "a/../b", "x" * 300, "é.npy", "a\x00b", name.upper(), "a\nb"))
            members[other] = members.pop(name)
        case 2:
            return zipped(members, random.choice((zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)))
        case _:
            members[name] = change(members[name], random)
    return zipped(members)


def mutate_npz(data: bytes, random: Random) -> bytes:
    """An npz file whose arrays claim other types and shapes, or are damaged."""
    return mutate_zip(data, random, _mutate_npy)


def _mutate_npy(data: bytes, random: Random) -> bytes:
    if random.random() < 0.5:
        return mutate_bytes(data, random)
    old, new = random.choice(_NPY_CLAIMS)
    return data.replace(old, new.ljust(len(old))[: len(old)], 1)


_NPY_CLAIMS = (
    (b"'<f4'", b"'|O' "),
    (b"'<f4'", b"'<f8'"),
    (b"'|u1'", b"'<M8'"),
    (b"'|u1'", b"'|i1'"),
    (b"(50,), }        ", b"(9999999999,), }"),
    (b"(50, 10), }     ", b"(10, 50), }"),
    (b"(50, 10), }     ", b"(99999999, 10), }"),
    (b"(50,), }", b"(-1,), }"),
    (b"(50,), }", b"((), }  "),
    (b"False", b"True "),
)


def mutate_png(data: bytes, random: Random) -> bytes:
    """A PNG whose chunks are changed and have the right checksum again, since a wrong one hides what comes after."""
    if random.random() < 0.15:
        return mutate_bytes(data, random)
    chunks = _chunks(data)
    at = random.randrange(len(chunks))
    kind, content = chunks[at]
    match random.randrange(6):
        case 0:
            chunks.insert(random.randrange(len(chunks)), chunks[at])
        case 1:
            del chunks[at]
        case 2:
            sides = [random.choice((0, 1, 2, 3000, 7000, 50_000, 50_000_000, 2**31 - 1)) for _ in range(2)]
            chunks[0] = (b"IHDR", struct.pack(">II", *sides) + chunks[0][1][8:])
        case 3:
            chunks[0] = (b"IHDR", chunks[0][1][:8] + bytes(random.choice((0, 1, 2, 3, 4, 6, 8, 16)) for _ in range(5)))
        case _:
            chunks[at] = (kind, mutate_bytes(content, random))
    return png_of(chunks)


def png_of(chunks: Sequence[tuple[bytes, bytes]]) -> bytes:
    """A PNG file of these chunks, with their checksums."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at + 12 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    return found
