import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from digitlab.errors import BadRun
from digitlab.runs.arrays import Form, load_arrays, save_arrays

FORMS = {"logits": Form(("f",), (None, 10)), "labels": Form(("u1", "i"), (None,)), "model": Form(("U",), ())}
REMEDY = "Delete it."


def read(path: Path) -> dict[str, np.ndarray]:
    return load_arrays(path, FORMS, 50, REMEDY)


def written(array: np.ndarray, pickles: bool = False) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=pickles)
    return file.getvalue()


def refuses(path: Path, content: bytes, words: str, method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("labels.npy", content)
    with pytest.raises(BadRun, match=words) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))
    assert str(caught.value).endswith(REMEDY)
    assert len(str(caught.value)) < 500


def test_arrays_come_back_as_they_were_saved(tmp_path: Path) -> None:
    logits = np.asfortranarray(np.arange(30, dtype=">f8").reshape(3, 10))
    save_arrays(tmp_path / "a.npz", logits=logits, labels=np.arange(3), model=np.array("cnn"), further=np.zeros(9))
    found = read(tmp_path / "a.npz")
    assert list(found) == ["logits", "labels", "model"]
    assert (found["logits"] == logits).all()
    assert found["labels"].tolist() == [0, 1, 2]
    assert str(found["model"]) == "cnn"


@pytest.mark.parametrize(
    "array",
    [
        *(np.zeros(3), np.zeros(3, "u2"), np.zeros(51, "u1"), np.zeros(0, "u1"), np.zeros((3, 1), "u1")),
        *(np.array(["a"]), np.zeros(3, "M8[s]"), np.zeros(3, [("x", "u1")]), np.zeros(3, bool), np.zeros(3, "c8")),
    ],
)
def test_arrays_of_another_type_or_shape_are_refused(array: np.ndarray, tmp_path: Path) -> None:
    refuses(tmp_path / "a.npz", written(array), "labels.npy (has the type|is not an array of numbers)")


def test_objects_are_refused(tmp_path: Path) -> None:
    refuses(tmp_path / "a.npz", written(np.array([{}, 1]), pickles=True), "is not an array of numbers")


@pytest.mark.parametrize("content", [b"", b"rubbish" * 100, b"\x93NUMPY\x01\x00\xff\xff{'descr': (((", b"\x93NUMPY"])
def test_what_is_no_array_is_refused(content: bytes, tmp_path: Path) -> None:
    refuses(tmp_path / "a.npz", content, "is not an array of numbers")


def test_an_array_that_is_shorter_or_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    good = written(np.zeros(9, "u1"))
    refuses(tmp_path / "a.npz", good[:-1], "has 8 bytes instead of 9")
    refuses(tmp_path / "a.npz", good + b"x", "has 10 bytes instead of 9")


def test_a_header_that_claims_a_huge_array_is_refused(tmp_path: Path) -> None:
    good = written(np.zeros(9, "u1"))
    refuses(tmp_path / "a.npz", good.replace(b"(9,), }" + b" " * 11, b"(999999999999,), }"), "has the type")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_are_refused(method: int, tmp_path: Path) -> None:
    refuses(tmp_path / "a.npz", written(np.zeros(9, "u1")), "is packed in another way", method)


def test_much_that_is_packed_into_little_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    refuses(tmp_path / "a.npz", written(np.zeros(60_000_000, "u1")), "is larger than digitlab makes any: 60 MB")


def test_arrays_of_different_lengths_are_refused(tmp_path: Path) -> None:
    save_arrays(tmp_path / "a.npz", logits=np.zeros((3, 10)), labels=np.zeros(2, int))
    with pytest.raises(BadRun, match="its arrays have 2 and 3 rows"):
        read(tmp_path / "a.npz")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRun, match=r"a\.npz cannot be read: No such file or directory. Delete it."):
        read(tmp_path / "a.npz")
