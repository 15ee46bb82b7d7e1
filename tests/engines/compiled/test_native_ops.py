"""Every operation and its rules in native code, on each of its cases, beside NumPy."""

import numpy as np
import pytest

from clearprop.engines.compiled.codegen.emit import build
from clearprop.engines.compiled.machine.memory import Arena, Zones
from clearprop.engines.compiled.machine.native import host_target, load
from clearprop.engines.compiled.machine.threads import meeting
from clearprop.engines.compiled.program import Program
from tests.conformance.trials import OPS, close, trials_of
from tests.engines.compiled.test_tracing import traced

TARGET = host_target(guarded=True)
RTOL = {np.float64: 1e-10, np.float32: 2e-4}


def families():
    """Give the operations by the file that they are defined in: each file is one program."""
    found = {}
    for op in OPS.values():
        found.setdefault(op.__module__.rpartition(".")[2], []).append(op)
    return found


def in_kind(arrays, kind):
    return [x.astype(kind) if x.dtype.kind == "f" else x for x in arrays]


def program_of(ops, kind):
    """Put all cases of operations into one program; give what its leaves and results are."""
    program, arrays, expected, names = Program(), [], [], []
    for trial in [trial for op in ops for trial in trials_of(op)]:
        made, given, answers = traced(trial, in_kind(trial.arrays, kind))
        program.states += given
        arrays += given.values()
        program.results += made
        expected += answers
        names += [f"{trial}, {k}" for k in range(len(made))]
    for leaf in program.states:
        leaf.kind = "state"
    program.after = list(program.states)
    return program, arrays, expected, names


def run(program, arrays):
    """Run a program once, with zones around all that it touches."""
    built = build(program, TARGET, batch_rows=1)
    native, zones = load(built.text, TARGET), Zones()
    states = [zones.around(np.array(x)) for x in arrays]
    results = [zones.array((1, *v.shape), v.dtype) for v in program.results]
    arena, room = Arena(built.arena, built.buffers), meeting()
    places = {"state": iter(states), "result": iter(results)}
    table = [
        next(places[each.kind]).ctypes.data if each.kind in places
        else {"arena": arena.address, "barrier": room.ctypes.data}.get(each.kind, 0)
        for each in built.table
    ]  # fmt: skip
    assert native(np.array(table, np.int64).ctypes.data, 0, 1, 0) == 1
    arena.check()
    zones.check()
    return [x[0] for x in results]


QUICK = {"arithmetic", "reductions", "gathering"}


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize(
    "family",
    [pytest.param(f, marks=() if f in QUICK else pytest.mark.slow) for f in sorted(families())],
)
def test_operations_in_native_code(family, kind):
    program, arrays, expected, names = program_of(families()[family], kind)
    for got, want, name in zip(run(program, arrays), expected, names, strict=True):
        close(got, want, RTOL[kind], name)


def test_a_wrong_lowering_is_noticed(monkeypatch):
    monkeypatch.setitem(OPS["cosh"].impl, "compiled", lambda xp, x: xp.sinh(x))
    program, arrays, expected, names = program_of([OPS["cosh"]], np.float64)
    assert "cosh" in names[0]
    with pytest.raises(AssertionError, match="cosh"):
        close(run(program, arrays)[0], expected[0], 1e-10, names[0])


def test_every_operation_is_in_a_family():
    assert sum(map(len, families().values())) == len(OPS)
    assert set(families()) >= QUICK
