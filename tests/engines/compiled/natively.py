"""Programs run step after step beside NumPy: natively, with zones around all that is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from clearprop.engines.compiled.code import Machine
from clearprop.engines.compiled.codegen.emit import Built, build
from clearprop.engines.compiled.interpret import check, compute
from clearprop.engines.compiled.machine.ir import Target
from clearprop.engines.compiled.machine.native import host_target, load
from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import Program, Value
from clearprop.engines.compiled.running import Bound, Build, Interpreted

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
    built: Built | None = None,
    **how: Any,
) -> Built:
    """
    Run steps natively and by NumPy; compare all results, and what the states become.

    Parameters
    ----------
    program : Program
    target : Target
        One that is guarded runs with zones around all that it touches.
    built : Built, optional
        If it was built already.
    **how
        As of `beside_interpreter`.
    """
    check(program.outputs)
    made = machine(program, _batch_of(program), target, built)
    beside_interpreter(lambda *_: made, program, **how)
    return made.built


def machine(
    program: Program, batch: int, target: Target = HOST, built: Built | None = None
) -> Machine:
    """Make a program's native code."""
    built = built or build(program, target, batch_rows=batch)
    return Machine(program, batch, load(built.text, target), target, built.arena, built)


def once(make: Build, program: Program, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Run a program of states that stay as they are, and give its results."""
    states = _copies(arrays)
    results = [_unset((1, *v.shape), v.dtype) for v in program.results]
    make(program, 1).run(Bound([], None, 0, [], np.empty((1, 0)), states, results), 1)
    for state, x in zip(states, arrays, strict=True):
        np.testing.assert_array_equal(state, x)
    return [x[0] for x in results]


def beside_interpreter(
    make: Build,
    program: Program,
    *,
    steps: int = 2,
    listed: bool = True,
    seed: int = 0,
    rtol: float | None = None,
) -> None:
    """
    Run steps by what `make` makes and one primitive after another; compare what they come to.

    Parameters
    ----------
    make : callable ``(program, batch) -> Runner``
    program : Program
    steps : int
    listed : bool
        Whether the rows of the data are listed, or begin with the second in order.
    seed : int
        Of what the leaves are.
    rtol : float, optional
        Of float64; of float32 it is 1e-5 or more.
    """
    batch = _batch_of(program)
    bound = _filled(program, np.random.default_rng(seed), steps, batch, listed)
    told = replace(bound, states=_copies(bound.states), results=_copies(bound.results))
    make(program, batch).run(bound, steps)
    # A state that no step changes need not be listed among what the states become.
    whole = replace(program, after=[*program.after, *program.states[len(program.after) :]])
    Interpreted(whole, batch).run(told, steps)
    for k, (got, expected) in enumerate(zip(bound.results, told.results, strict=True)):
        for step in range(steps):
            close(got[step], expected[step], rtol, f"result {k} of step {step}")
    for k, (got, expected) in enumerate(zip(bound.states, told.states, strict=True)):
        close(got, expected, rtol, f"state {k}")


def _filled(
    program: Program, rng: np.random.Generator, steps: int, batch: int, listed: bool
) -> Bound:
    """Make the arrays of some steps; those of the data cannot be written to."""
    count = steps * batch + 3
    data = [filled(rng, (count, *v.shape[1:]), v.dtype) for v in program.data]
    for array in data:
        array.flags.writeable = False
    return Bound(
        data,
        rng.permutation(count)[: steps * batch] if listed else None,
        1,
        [filled(rng, (steps, *v.shape), v.dtype) for v in program.draws],
        rng.random((steps, len(program.scalars))),
        [filled(rng, v.shape, v.dtype) for v in program.states],
        [_unset((steps, *v.shape), v.dtype) for v in program.results],
    )


def _batch_of(program: Program) -> int:
    return program.data[0].shape[0] if program.data else 1


def _unset(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Give an array of NaNs, or of what their bits are in other kinds of numbers."""
    made = np.empty(shape, dtype)
    made.reshape(-1).view(np.uint8)[:] = 0xFF
    return made


def _copies(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    return [np.array(each) for each in arrays]


def same_results(
    changed: Program, program: Program, leaves: dict[Value, Any], *, tolerance: float = 0.0
) -> None:
    """See that what a pass made of a program still gives its results."""
    for got, expected in zip(
        compute(changed.results, leaves), compute(program.results, leaves), strict=True
    ):
        np.testing.assert_allclose(got, expected, tolerance, tolerance)


def close(got: np.ndarray, expected: np.ndarray, rtol: float | None, what: str) -> None:
    tolerance = 0.0
    if got.dtype.kind == "f":
        tolerance = max(rtol or 0, 1e-12 if got.dtype == np.float64 else 1e-5)
    np.testing.assert_allclose(got, expected, tolerance, tolerance, err_msg=what)
