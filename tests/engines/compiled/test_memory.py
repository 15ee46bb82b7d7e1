"""Aligned memory, and zones that show what was written or read beyond."""

import numpy as np
import pytest

from clearprop.engines.compiled.machine.memory import ALIGNMENT, VARIABLE, Arena, Zones, guarding
from clearprop.errors import StateError

SPANS = [(64, 100), (320, 8), (328, 8), (500, 12)]  # of 600 bytes


def test_arenas_are_aligned():
    for size in (0, 1, 100, 10_000):
        arena = Arena(size)
        assert arena.address % ALIGNMENT == 0
        assert len(arena.bytes) >= size
        arena.check()


def test_arrays_may_be_written_to():
    arena = Arena(600, SPANS)
    for start, size in SPANS:
        arena.bytes[start : start + size] = 0
    arena.check()


@pytest.mark.parametrize("byte", [0, 63, 164, 319, 336, 499, 512, 599])
def test_beyond_them_nothing_may(byte):
    arena = Arena(600, reversed(SPANS))
    arena.bytes[byte] ^= 1
    with pytest.raises(StateError, match=rf"byte {byte} of the arena"):
        arena.check()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_nobody_wrote_is_no_number(dtype):
    assert np.isnan(Arena(640, [(0, 64)]).bytes[:640].view(dtype)).all()
    assert np.isnan(Zones().array((3, 5), dtype)).all()


@pytest.mark.parametrize("shape", [(), (0,), (7,), (3, 5)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool"])
def test_arrays_with_zones(shape, dtype):
    zones = Zones()
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    copy = zones.around(array)
    assert copy.ctypes.data % ALIGNMENT == 0
    assert (copy.shape, copy.dtype) == (array.shape, array.dtype)
    assert np.array_equal(copy, array)
    copy[...] = 1
    zones.check()


@pytest.mark.parametrize("at", [-256, -1, 28, 30, 283])
def test_zones_show_who_wrote(at):
    zones = Zones()
    zones.array((5,), "int64")
    array = zones.array((7,), "float32")
    room, _ = zones._rooms[1]
    assert array.ctypes.data == room.ctypes.data + 256
    room[256 + at] ^= 0x80
    with pytest.raises(StateError, match=rf"array 1, of 28 bytes, was written to at byte {at}\."):
        zones.check()


def test_tests_ask_for_zones(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert not guarding()
    monkeypatch.setenv(VARIABLE, "0")
    assert not guarding()
    monkeypatch.setenv(VARIABLE, "1")
    assert guarding()
