"""Programs run natively, step after step, beside NumPy, with zones around all that they touch."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.engines.compiled.codegen.emit import Built, build
from clearprop.engines.compiled.interpret import check, interpret
from clearprop.engines.compiled.machine.ir import Target
from clearprop.engines.compiled.machine.memory import Arena, Zones
from clearprop.engines.compiled.machine.native import host_target, load
from clearprop.engines.compiled.machine.threads import meeting, team
from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import Program, Value

HOST = host_target(guarded=True)
TARGETS = {
    "host": HOST,
    "short": HOST._replace(bytes=32),
    "generic": HOST._replace(cpu="generic", features="", bytes=16),
    "threads": HOST._replace(threads=2),
}


def leaf(kind: str, shape: tuple[int, ...], dtype: Any = "float64", name: str = "") -> Value:
    return Value("", (), {}, shape, dtype, kind=kind, name=name)


def constant(array: Any, dtype: Any = "float64") -> Value:
    array = np.asarray(array, dtype)
    return Value("", (), {}, array.shape, array.dtype, kind="constant", array=array)


def made(op: str, *inputs: Value, **params: Any) -> Value:
    shape, dtype = PRIMITIVES[op].rule(inputs, **params)
    return Value(op, inputs, params, shape, dtype)


def repeated(x: Value, shape: tuple[int, ...]) -> Value:
    """Broadcast by NumPy's rule."""
    extra = len(shape) - x.ndim
    return made("broadcast", x, axes=tuple(range(extra, len(shape))), shape=shape)


def filled(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    if dtype.kind in "iu":
        return rng.integers(0 if dtype.kind == "u" else -5, 6, shape).astype(dtype)
    return np.asarray(rng.standard_normal(shape), dtype)


def beside_numpy(
    program: Program,
    target: Target = HOST,
    *,
    steps: int = 2,
    listed: bool = True,
    seed: int = 0,
    rtol: float | None = None,
    built: Built | None = None,
) -> Built:
    """
    Run steps natively and by NumPy; compare all results, and what the states become.

    Parameters
    ----------
    program : Program
    target : Target
    steps : int
    listed : bool
        Whether the rows of the data are listed, or begin with the second in order.
    seed : int
    rtol : float, optional
        Of float64; of float32 it is 1e-4 or more.
    built : Built, optional
        If it was built already.
    """
    check(program.outputs)
    batch = program.data[0].shape[0] if program.data else 1
    built = built or build(program, target, batch_rows=batch)
    native = load(built.text, target)
    rng, zones = np.random.default_rng(seed), Zones()
    count = steps * batch + 3
    data = [zones.around(filled(rng, (count, *v.shape[1:]), v.dtype)) for v in program.data]
    rows = rng.permutation(count)[: steps * batch] if listed else np.arange(1, count)
    draws = [zones.around(filled(rng, (steps, *v.shape), v.dtype)) for v in program.draws]
    scalars = zones.around(rng.random((steps, len(program.scalars))))
    states = [zones.around(filled(rng, v.shape, v.dtype)) for v in program.states]
    results = [zones.array((steps, *v.shape), v.dtype) for v in program.results]
    want = [state.copy() for state in states]
    arena = Arena(built.arena, built.buffers if target.guarded else None)
    room = meeting()
    table = np.array([
        *(x.ctypes.data for x in data), rows.ctypes.data if listed else 0, 1,
        *(x.ctypes.data for x in draws), scalars.ctypes.data,
        *(x.ctypes.data for x in [*states, *results]), arena.address, room.ctypes.data,
    ], np.int64)  # fmt: skip
    assert len(table) == len(built.table)
    if target.threads == 1:
        assert native(table.ctypes.data, 0, steps, 0) == steps
    else:
        team(target.threads).run(lambda thread: native(table.ctypes.data, 0, steps, thread))
    if target.guarded:
        arena.check()
    zones.check()
    for step in range(steps):
        own = rows[step * batch : (step + 1) * batch]
        leaves: dict[Value, Any] = {
            v: x[own].reshape(v.shape) for v, x in zip(program.data, data, strict=True)
        }
        leaves |= {v: x[step] for v, x in zip(program.draws, draws, strict=True)}
        leaves |= {
            v: np.asarray(x, v.dtype) for v, x in zip(program.scalars, scalars[step], strict=True)
        }
        leaves |= dict(zip(program.states, want, strict=True))
        after, told = interpret(program, leaves)
        want = [*map(np.array, after), *want[len(after) :]]
        for k, (got, expected) in enumerate(zip(results, told, strict=True)):
            close(got[step], expected, rtol, f"result {k} of step {step}")
    for k, (state, expected) in enumerate(zip(states, want, strict=True)):
        close(state, expected, rtol, f"state {k}")
    return built


def close(got: np.ndarray, expected: np.ndarray, rtol: float | None, what: str) -> None:
    tolerance = 0.0
    if got.dtype.kind == "f":
        tolerance = max(rtol or 0, 1e-12 if got.dtype == np.float64 else 1e-5)
    np.testing.assert_allclose(got, expected, tolerance, tolerance, err_msg=what)
