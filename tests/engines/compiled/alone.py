"""One structured operation by itself in native code, with zones around it that must stay."""

from __future__ import annotations

import numpy as np

from clearprop.engines.compiled.machine.ir import I64, PTR, Function, Module, Reg, Target
from clearprop.engines.compiled.machine.native import host_target, load
from clearprop.engines.compiled.operations.structured import STRUCTURED, scratch
from clearprop.engines.compiled.program import Value

ZONE = 256  # bytes before and behind the result
PATTERN = 0xA5


def targets() -> dict[str, Target]:
    """The processor as it is, any of its kind, and two threads."""
    host = host_target()
    return {
        "host": host,
        "generic": host._replace(cpu="generic", features="", bytes=16),
        "threads": host._replace(threads=2),
    }


def leaf(array: np.ndarray) -> Value:
    return Value("", (), {}, array.shape, array.dtype, kind="data")


def aligned(size: int) -> np.ndarray:
    raw = np.full(size + 64 + 2 * ZONE, PATTERN, np.uint8)
    start = -raw.ctypes.data % 64 + ZONE
    return raw[start - ZONE : start + size + ZONE]


def run(value: Value, arrays: list[np.ndarray], target: Target) -> np.ndarray:
    """Compute a value, and check that nothing was written around its result."""
    module = Module(target)
    arguments = [Reg("%table", PTR), *(Reg(f"%{n}", I64) for n in ("first", "last", "thread"))]
    f = Function(module, "run", arguments, returns=I64)
    if target.threads > 1:
        f.thread = arguments[3]
    room = scratch(value, target)
    sizes = [*(x.nbytes for x in arrays), *([room] if room else []), value.nbytes]
    pointers = [f.load(PTR, f.at(arguments[0], k, PTR)) for k in range(len(sizes))]
    STRUCTURED[value.op](f, value, pointers[:-1], pointers[-1])
    f.done(arguments[2])
    native = load(module.text(), target)
    held = [aligned(size) for size in sizes]
    for array, memory in zip(arrays, held, strict=False):
        memory[ZONE : ZONE + array.nbytes] = np.frombuffer(array.tobytes(), np.uint8)
    table = np.array([memory.ctypes.data + ZONE for memory in held], np.int64)
    for thread in range(target.threads):
        native(table.ctypes.data, 0, 1, thread)
    for memory in held:
        assert (memory[:ZONE] == PATTERN).all()
        assert (memory[len(memory) - ZONE :] == PATTERN).all()
    result = held[-1][ZONE : ZONE + value.nbytes].tobytes()
    return np.frombuffer(result, value.dtype).reshape(value.shape)
