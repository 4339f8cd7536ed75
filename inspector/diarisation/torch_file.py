"""Reads the tensors of a PyTorch checkpoint of the old, unzipped kind without PyTorch and without running its code.

The file is a row of pickles (magic number, version, machine, the object, the storages' keys) and then the numbers of
each storage. A pickle may name any function of any module: here only tensors of float32 and ordered dictionaries are
made, every other name is refused.
"""

from __future__ import annotations

import io
import math
import pickle
import struct
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.audio.protocol import Float32

__all__ = ["read_tensors"]

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
_MALFORMED = (pickle.UnpicklingError, struct.error, EOFError, LookupError, TypeError, OverflowError, AttributeError)


class _Storage:
    """A row of float32 numbers, filled in when the file has been read to its place."""

    def __init__(self, key: str, count: int) -> None:
        self.key, self.count = key, count
        self.values: Float32 = np.zeros(0, np.float32)


class _Tensor:
    """A view of a storage; strides are in elements."""

    def __init__(self, storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> None:
        self._storage, self._offset, self._shape, self._strides = storage, offset, shape, strides

    def values(self) -> Float32:
        """A copy in the ordinary order; raises ValueError for a view that leaves its storage."""
        held = len(self._storage.values)
        last = self._offset + sum((size - 1) * stride for size, stride in zip(self._shape, self._strides, strict=True))
        if min((self._offset, *self._shape, *self._strides)) < 0 or last >= held or math.prod(self._shape) > held:
            raise ValueError(f"a tensor of shape {self._shape} lies outside its storage")
        begin = self._storage.values[self._offset :]
        return np.lib.stride_tricks.as_strided(begin, self._shape, [4 * stride for stride in self._strides]).copy()


def _tensor(storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object) -> _Tensor:
    return _Tensor(storage, offset, shape, strides)


ALLOWED: dict[tuple[str, str], Callable[..., Any]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch", "FloatStorage"): _Storage,
}


class _Unpickler(pickle.Unpickler):
    """Makes tensors and dictionaries, nothing else."""

    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        try:
            return ALLOWED[module, name]
        except KeyError:
            raise ValueError(f"the checkpoint names {module}.{name}, which is no tensor") from None

    def persistent_load(self, reference: Any) -> _Storage:
        kind, _, key, _, count, *_ = reference
        if kind != "storage":
            raise ValueError(f"the checkpoint refers to a {kind}")
        return self.storages.setdefault(key, _Storage(key, count))


def read_tensors(content: bytes, name: str) -> dict[str, Float32]:
    """The float32 tensors of the dictionary ``name`` of a checkpoint, by their names.

    Raises ValueError for what is no such checkpoint, or one that holds anything but tensors.
    """
    stream = io.BytesIO(content)
    try:
        if (_plain(stream), _plain(stream)) != (MAGIC, VERSION):
            raise ValueError("this is no checkpoint of PyTorch's old kind")
        _plain(stream)  # the machine it was written on
        unpickler = _Unpickler(stream)
        found = unpickler.load()[name]
        for key in _plain(stream):
            storage = unpickler.storages[key]
            (count,) = struct.unpack("<q", stream.read(8))
            if count != storage.count:
                raise ValueError(f"storage {key} holds {count} numbers instead of {storage.count}")
            storage.values = np.frombuffer(stream.read(4 * count), "<f4").astype(np.float32)
        return {key: tensor.values() for key, tensor in found.items() if isinstance(tensor, _Tensor)}
    except _MALFORMED as error:
        raise ValueError(f"the checkpoint cannot be read: {error}") from error


def _plain(stream: io.BytesIO) -> Any:
    """The next pickle, which may hold numbers, strings, lists and dictionaries only."""
    return _Unpickler(stream).load()
