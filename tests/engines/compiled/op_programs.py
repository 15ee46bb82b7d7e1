"""Programs of all cases of the operations of a family, for whoever runs programs."""

import numpy as np
import pytest

from clearprop.engines.compiled.program import Program
from tests.conformance.trials import OPS, close, trials_of
from tests.engines.compiled.natively import once
from tests.engines.compiled.test_tracing import traced

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


def hold_family(family, kind, make):
    """Compare what a family's operations and rules come to with what NumPy gives."""
    program, arrays, expected, names = program_of(families()[family], kind)
    for got, want, name in zip(once(make, program, arrays), expected, names, strict=True):
        close(got, want, RTOL[kind], name)


def hold_wrong_cosh(monkeypatch, make):
    """See that an operation that is lowered to another one is noticed."""
    monkeypatch.setitem(OPS["cosh"].impl, "compiled", lambda xp, x: xp.sinh(x))
    program, arrays, expected, names = program_of([OPS["cosh"]], np.float64)
    with pytest.raises(AssertionError, match="cosh"):
        close(once(make, program, arrays)[0], expected[0], RTOL[np.float64], names[0])
