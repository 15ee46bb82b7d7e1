"""What is computed of a product's sums is computed with them, where one loop needs them."""

import re

import numpy as np
import pytest

from clearprop.engines.compiled.codegen import finishing
from clearprop.engines.compiled.codegen.emit import build
from clearprop.engines.compiled.codegen.fuse import fuse
from clearprop.engines.compiled.passes import prepared
from clearprop.engines.compiled.program import Program
from clearprop.engines.compiled.text.words import described
from tests.engines.compiled.natively import (
    HOST,
    TARGETS,
    beside_numpy,
    constant,
    leaf,
    made,
    repeated,
)


def layer(dtype="float64", *, shape=(5, 10, 70), turns=23, **turned):
    """A layer and what flows back: a bias, a cut at zero, and a mask of what was cut."""
    rows, columns = shape[0] * shape[1], shape[2]
    x, w = leaf("data", (rows, turns), dtype), leaf("state", (turns, columns), dtype)
    if turned.get("tb"):
        w = leaf("state", (columns, turns), dtype)
    bias, seen = leaf("state", (columns,), dtype, "bias"), leaf("draw", shape, dtype)
    dot = made("dot", x, w, ta=False, tb=bool(turned.get("tb")))
    summed = made("reshape", dot, shape=shape)
    zero = repeated(constant(0, dtype), shape)
    above = made("maximum", made("add", summed, repeated(bias, shape)), zero)
    kept = made("where", made("greater", seen, zero), above, zero)
    return Program([x], [seen], states=[w, bias], after=[w, bias], results=[above, kept])


def forms(program):
    return [kernel.form for kernel in fuse(prepared(program))]


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("tb", [False, True])
def test_a_layer_is_one_kernel(target, dtype, tb):
    assert forms(layer(dtype, tb=tb)) == ["structured"]
    beside_numpy(layer(dtype, tb=tb), target, rtol=1e-4)


@pytest.mark.parametrize("shape", [(1, 2, 2), (1, 7, 3), (3, 5, 17), (64, 2, 129)], ids=str)
def test_sizes_that_fill_no_tile(shape):
    assert forms(layer(shape=shape)) == ["structured"]
    beside_numpy(layer(shape=shape, turns=5), HOST)


@pytest.mark.parametrize(("rows", "columns", "dtype"), [(17, 2, "float32"), (19, 3, "float64")])
def test_of_sums_that_fill_no_line_no_more_is_said_than_holds(rows, columns, dtype):
    program = layer(dtype, shape=(1, rows, columns), turns=16)
    text = build(prepared(program), HOST, batch_rows=rows).text
    size = np.dtype(dtype).itemsize
    kind = "float" if size == 4 else "double"
    begins = set(re.findall(r"(%\w+) = alloca", text))  # the others lie somewhere within
    found = re.findall(rf"store <(\d+) x {kind}> .*, ptr (%\w+), align (\d+)", text)
    assert found
    for width, place, align in found:
        assert place in begins or int(align) <= int(width) * size
    beside_numpy(program, HOST, rtol=1e-4)


def test_it_is_told():
    lines = [line.text for line in described(beside_numpy(layer()))]
    assert "@" in lines[0]
    assert "max(t1 + bias, 0)" in lines[2]


def test_sums_in_several_pieces_are_written_first():
    assert forms(layer(turns=1000)) == ["structured", "rows"]
    beside_numpy(layer(turns=1000))


def two_readers():
    program = layer()
    dot = next(value for value in program.values() if value.op == "dot")
    total = made("sum", made("reshape", dot, shape=(50, 70)), axes=(0,))
    return Program(program.data, program.draws, states=program.states, after=program.after,
                   results=[*program.results, total])  # fmt: skip


def across():
    x, w, more = leaf("data", (40, 20)), leaf("state", (20, 40)), leaf("draw", (40, 40))
    dot = made("dot", x, w, ta=False, tb=False)
    turned = made("add", made("permute", dot, axes=(1, 0)), more)
    return Program([x], [more], states=[w], after=[w], results=[turned])


def update():
    x, g, w = leaf("data", (40, 20)), leaf("draw", (40, 30)), leaf("state", (20, 30))
    change = made("dot", x, g, ta=True, tb=False)
    return Program([x], [g], states=[w], after=[made("subtract", w, change)], results=[])


@pytest.mark.parametrize("program", [two_readers, across, update])
def test_sums_that_others_need_or_elsewhere_are_written(program):
    assert "rows" in forms(program())
    beside_numpy(program())


def test_elements_of_the_wrong_row_are_noticed(monkeypatch):
    write = finishing.Finishing.write
    wrong = lambda self, f, row, column, sums: write(self, f, f.index(0), column, sums)
    monkeypatch.setattr(finishing.Finishing, "write", wrong)
    with pytest.raises(AssertionError):
        beside_numpy(layer(), HOST)
