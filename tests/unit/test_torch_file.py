"""Checkpoints of PyTorch's old kind, written here by hand: what they hold is read, what they would do is not done."""

from __future__ import annotations

import io
import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.audio.protocol import Float32
from inspector.diarisation.torch_file import MAGIC, VERSION, read_tensors

MACHINE = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
VALUES = np.arange(24, dtype=np.float32)


class Global:
    """What a pickle writes as a global of any module, there or not."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


class Stored:
    """A storage by reference: what ``persistent_id`` makes of it."""

    def __init__(self, key: str, count: int, kind: str = "storage") -> None:
        self.reference = (kind, Global("torch", "FloatStorage"), key, "cpu", count, None)


class Called:
    """Pickles as a call of a global: ``function(*arguments)``."""

    def __init__(self, function: Global, *arguments: object) -> None:
        self.function, self.arguments = function, arguments


class Writer(pickle._Pickler):  # the one in Python: it can be taught to name what is not there
    """Pickles :class:`Global`, :class:`Stored` and :class:`Called` as PyTorch does."""

    def persistent_id(self, obj: Any) -> Any:
        return obj.reference if isinstance(obj, Stored) else None

    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        if isinstance(obj, Global):
            self.write(pickle.GLOBAL + f"{obj.module}\n{obj.name}\n".encode())
        elif isinstance(obj, Called):
            self.save(obj.function)
            self.save(obj.arguments)
            self.write(pickle.REDUCE)
        else:
            super().save(obj, save_persistent_id)


def pickled(value: object) -> bytes:
    stream = io.BytesIO()
    Writer(stream, 2).dump(value)
    return stream.getvalue()


def tensor(stored: Stored, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> Called:
    rebuild = Global("torch._utils", "_rebuild_tensor_v2")
    return Called(rebuild, stored, offset, shape, strides, False, OrderedDict())


def checkpoint(found: object, /, *storages: tuple[str, Float32], **other: bytes) -> bytes:
    """A whole file. ``other``: the bytes of its parts magic, version, machine, found, keys that shall differ."""
    parts = {
        "magic": pickled(MAGIC),
        "version": pickled(VERSION),
        "machine": pickled(MACHINE),
        "found": pickled(found),
        "keys": pickled([key for key, _ in storages]),
    }
    numbers = b"".join(struct.pack("<q", len(values)) + values.astype("<f4").tobytes() for _, values in storages)
    return b"".join((parts | other).values()) + numbers


def simple() -> bytes:
    """One matrix of 4 rows and 6 columns, one vector that looks into the same storage, and the step it was saved at."""
    stored = Stored("7", 24)
    state = OrderedDict(weight=tensor(stored, (4, 6), (6, 1)), bias=tensor(stored, (3,), (2,), offset=1))
    return checkpoint({"step": 3, "state": state}, ("7", VALUES))


def test_tensors_come_back_by_their_names() -> None:
    found = read_tensors(simple(), "state")
    assert list(found) == ["weight", "bias"]
    assert np.array_equal(found["weight"], VALUES.reshape(4, 6))
    assert np.array_equal(found["bias"], [1, 3, 5])
    assert all(values.dtype == np.float32 and values.flags.c_contiguous for values in found.values())


def test_strides_may_turn_a_matrix_over() -> None:
    turned = checkpoint({"state": {"weight": tensor(Stored("1", 24), (6, 4), (1, 6))}}, ("1", VALUES))
    assert np.array_equal(read_tensors(turned, "state")["weight"], VALUES.reshape(4, 6).T)


def test_several_storages() -> None:
    named = {name: tensor(Stored(name, 24), (24,), (1,)) for name in ("a", "b")}
    content = checkpoint({"state": named}, ("b", -VALUES), ("a", VALUES))
    found = read_tensors(content, "state")
    assert np.array_equal(found["a"], VALUES)
    assert np.array_equal(found["b"], -VALUES)


def test_the_step_counter_of_one_tensor_and_an_empty_one() -> None:
    named = {"one": tensor(Stored("1", 24), (), ()), "none": tensor(Stored("1", 24), (0, 4), (4, 1))}
    found = read_tensors(checkpoint({"state": named}, ("1", VALUES)), "state")
    assert found["one"].shape == ()
    assert found["none"].shape == (0, 4)


HOSTILE = {
    "runs a command": Called(Global("os", "system"), "touch {}"),
    "runs a command by its real module": Called(Global("posix", "system"), "touch {}"),
    "evaluates": Called(Global("builtins", "eval"), "open('{}', 'w')"),
    "opens": Called(Global("io", "open"), "{}", "w"),
    "starts": Called(Global("subprocess", "Popen"), ("touch", "{}")),
    "reaches through an allowed module": Called(Global("collections", "OrderedDict.__class__")),
    "imports": Global("this", "s"),
    "takes another tensor": Called(Global("torch._utils", "_rebuild_parameter")),
}


def aimed(hostile: Any, target: Path) -> Any:
    """The same with the file it would make."""
    if isinstance(hostile, Called):
        return Called(hostile.function, *(aimed(argument, target) for argument in hostile.arguments))
    if isinstance(hostile, tuple):
        return tuple(aimed(part, target) for part in hostile)
    return hostile.format(target) if isinstance(hostile, str) else hostile


@pytest.mark.parametrize("place", ["magic", "version", "machine", "found", "keys"])
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_pickle_is_refused_and_not_run(hostile: Any, place: str, tmp_path: Path) -> None:
    target = tmp_path / "was run"
    state = {"state": {"weight": tensor(Stored("1", 24), (24,), (1,))}}
    content = checkpoint(state, ("1", VALUES), **{place: pickled(aimed(hostile, target))})
    with pytest.raises(ValueError, match="names"):
        read_tensors(content, "state")
    assert not target.exists()


def test_the_hostile_pickle_would_have_run(tmp_path: Path) -> None:
    """Without this the test above could not fail."""
    target = tmp_path / "was_run"
    pickle.loads(pickled(aimed(HOSTILE["runs a command"], target)))  # noqa: S301 - our own, a few lines above
    assert target.exists()


def test_a_hostile_pickle_beside_the_tensors_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "was run"
    named = {"weight": tensor(Stored("1", 24), (24,), (1,)), "more": aimed(HOSTILE["opens"], target)}
    with pytest.raises(ValueError, match=r"names io\.open"):
        read_tensors(checkpoint({"state": named}, ("1", VALUES)), "state")
    assert not target.exists()


def test_a_file_cut_anywhere_is_refused() -> None:
    content = simple()
    for length in range(len(content)):
        with pytest.raises(ValueError):
            read_tensors(content[:length], "state")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"magic": pickled(MAGIC + 1)}, "no checkpoint"),
        ({"magic": b"PK\x03\x04"}, "cannot be read"),
        ({"version": pickled(1002)}, "no checkpoint"),
        ({"found": pickled([1, 2])}, "cannot be read"),
        ({"found": pickled({"state": 5})}, "cannot be read"),
        ({"found": pickled({"other": {}})}, "cannot be read"),
        ({"keys": pickled(5)}, "cannot be read"),
        ({"keys": pickled(["2"])}, "cannot be read"),
        ({"keys": pickled([])}, "outside its storage"),
    ],
)
def test_what_is_no_such_checkpoint(other: dict[str, bytes], said: str) -> None:
    state = {"state": {"weight": tensor(Stored("1", 24), (24,), (1,))}}
    with pytest.raises(ValueError, match=said):
        read_tensors(checkpoint(state, ("1", VALUES), **other), "state")


@pytest.mark.parametrize("count", [0, 23, 25, -1, 2**62])
def test_a_storage_of_another_length_than_told(count: int) -> None:
    content = checkpoint({"state": {"weight": tensor(Stored("1", count), (2,), (1,))}}, ("1", VALUES))
    with pytest.raises(ValueError, match="24 numbers instead of"):
        read_tensors(content, "state")


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [
        ((25,), (1,), 0),
        ((24,), (1,), 1),
        ((4, 6), (7, 1), 0),
        ((1,), (1,), -1),
        ((2,), (-1,), 1),
        ((-2,), (1,), 0),
        ((2, 2), (1,), 0),
        (("2",), (1,), 0),
        ((2**70,), (1,), 0),
    ],
)
def test_views_that_leave_their_storage(shape: tuple[int, ...], strides: tuple[int, ...], offset: int) -> None:
    named = {"weight": tensor(Stored("1", 24), shape, strides, offset)}
    with pytest.raises(ValueError):
        read_tensors(checkpoint({"state": named}, ("1", VALUES)), "state")


def test_a_view_larger_than_its_storage() -> None:
    """A row told a million million times would fill the memory."""
    named = {"weight": tensor(Stored("1", 24), (10**12, 24), (0, 1))}
    with pytest.raises(ValueError, match="outside its storage"):
        read_tensors(checkpoint({"state": named}, ("1", VALUES)), "state")


def test_a_storage_of_another_kind() -> None:
    named = {"weight": tensor(Stored("1", 24, kind="module"), (24,), (1,))}
    with pytest.raises(ValueError, match="refers to a module"):
        read_tensors(checkpoint({"state": named}, ("1", VALUES)), "state")


def test_a_storage_longer_than_any_file() -> None:
    content = checkpoint({"state": {"weight": tensor(Stored("1", 2**62), (2,), (1,))}}, ("1", VALUES))
    lies = content[: -8 - VALUES.nbytes] + struct.pack("<q", 2**62) + VALUES.tobytes()
    with pytest.raises(ValueError):
        read_tensors(lies, "state")
