"""Gradients of slices are joined, not added up with zeros around each."""

import numpy as np
import pytest

from clearprop.engines.compiled.interpret import check
from clearprop.engines.compiled.passes.joining import parts_joined
from clearprop.engines.compiled.program import Program, Value
from clearprop.engines.compiled.trace.namespace import COMPILER
from tests.engines.compiled.natively import same_results

X = np.random.default_rng(0).standard_normal((3, 4))


def summed(*keys, shape=(3, 12)):
    x = Value("", (), {}, X.shape, X.dtype, kind="data", name="x")
    total = None
    for k, key in enumerate(keys):
        part = COMPILER.scatter((x * (k + 1.0))[: shape[0]], key=key, shape=shape)
        total = part if total is None else total + part
    return Program(data=[x], results=[total]), x


JOINED = {
    "all of it, in no order": [np.s_[:, 8:], np.s_[:, :4], np.s_[:, 4:8]],
    "two of three": [np.s_[:, 8:], np.s_[:, :4]],
    "apart": [np.s_[:, 1:5], np.s_[:, 6:10]],
}
ADDED = {
    "overlapping": [np.s_[:, 1:5], np.s_[:, 4:8]],
    "every other": [np.s_[:, ::3], np.s_[:, 1::3]],
}


@pytest.mark.parametrize("name", [*JOINED, *ADDED])
def test_parts(name):
    program, x = summed(*{**JOINED, **ADDED}[name])
    changed = parts_joined(program)
    check(changed.results)
    ops = [value.op for value in changed.values()]
    assert ("concat" in ops) == (name in JOINED)
    assert ("add" in ops) == (name in ADDED)
    same_results(changed, program, {x: X})


def test_rows_and_columns_are_added():
    x = Value("", (), {}, X.shape, X.dtype, kind="data", name="x")
    rows = COMPILER.scatter(x, key=np.s_[:3], shape=(5, 4))
    wide = COMPILER.scatter(x[:, :2], key=np.s_[1:4, 2:], shape=(5, 4))
    columns = COMPILER.scatter(COMPILER.concat([x, x[:2]], axis=0)[:, :2], key=np.s_[:, :2],
                               shape=(5, 4))  # fmt: skip
    program = Program(data=[x], results=[rows + wide, rows + columns])
    changed = parts_joined(program)
    assert [value.op for value in changed.results] == ["add", "add"]
