"""Each pass by itself: what it makes of a program."""

import numpy as np
import pytest

from clearprop.engines.compiled.passes.algebra import simplified
from clearprop.engines.compiled.passes.folding import folded
from clearprop.engines.compiled.passes.outputs import separate_outputs
from clearprop.engines.compiled.passes.products import products, stacks_joined, zeros_skipped
from clearprop.engines.compiled.passes.reductions import inner_reductions
from clearprop.engines.compiled.passes.rewriting import rewritten
from clearprop.engines.compiled.passes.sharing import shared
from clearprop.engines.compiled.program import Program, Value
from clearprop.engines.compiled.text.words import dump
from tests.engines.compiled.natively import constant, filled, leaf, made, repeated


def _ops(program):
    return [value.op for value in program.values() if value.op]


def _same(program, each):
    """Apply a pass; see that the numbers are the same."""
    from clearprop.engines.compiled.interpret import check, interpret

    rng = np.random.default_rng(0)
    leaves = {x: filled(rng, x.shape, x.dtype) for x in program.leaves}
    after = each(program)
    check(after.outputs)
    for then, now in zip(interpret(program, leaves), interpret(after, leaves), strict=True):
        for a, b in zip(then, now, strict=True):
            np.testing.assert_allclose(b, a, 1e-12, 1e-12)
    return after


X = leaf("data", (4, 6), name="x")


def test_what_is_known_is_worked_out_beforehand():
    known = made("multiply", constant([1.0, 2.0]), constant([3.0, 4.0]))
    program = Program([X], results=[made("exp", known), X])
    assert _ops(_same(program, folded)) == []
    wide = made("broadcast", constant(2.0), axes=(), shape=(4, 6))  # not made larger
    assert _ops(_same(Program([X], results=[made("add", X, wide)]), folded)) == [
        "broadcast", "add",
    ]  # fmt: skip


def test_what_is_computed_twice_is_computed_once():
    one, other = (made("exp", made("add", X, X)) for _ in range(2))
    two = [repeated(constant(2.0), X.shape) for _ in range(2)]
    again = [made("multiply", one, two[0]), made("multiply", other, two[1])]
    program = Program([X], results=again)
    assert _ops(_same(program, shared)) == ["add", "exp", "broadcast", "multiply"]
    apart = [made("sum", X, axes=(0,)), made("sum", X, axes=(1,))]
    assert len(_ops(_same(Program([X], results=apart), shared))) == 2


@pytest.mark.parametrize(
    ("value", "ops"),
    [
        (made("multiply", X, repeated(constant(1.0), X.shape)), []),
        (made("multiply", X, repeated(constant(2.0), X.shape)), ["broadcast", "multiply"]),
        (made("multiply", X, X), ["square"]),
        (made("divide", X, repeated(constant(4.0), X.shape)), ["broadcast", "multiply"]),
        (made("divide", X, repeated(constant(3.0), X.shape)), ["broadcast", "divide"]),
        (made("subtract", X, repeated(constant(0.0), X.shape)), []),
        (made("subtract", X, made("negative", X)), ["add"]),
        (made("add", made("negative", X), X), ["subtract"]),
        (made("negative", made("negative", X)), []),
        (made("pow", made("abs", X), repeated(constant(2.0), X.shape)), ["abs", "square"]),
        (made("pow", made("abs", X), repeated(constant(0.5), X.shape)), ["abs", "sqrt"]),
        (made("cast", X, dtype=X.dtype), []),
        (made("permute", made("permute", X, axes=(1, 0)), axes=(1, 0)), []),
        (made("reshape", made("reshape", X, shape=(24,)), shape=(4, 6)), []),
        (made("sum", made("reshape", X, shape=(4, 1, 6)), axes=(1,)), []),
        (made("permute", repeated(constant(1.5), (4, 6)), axes=(1, 0)), ["broadcast"]),
        (made("where", repeated(constant(True, "bool"), X.shape), X, made("exp", X)), []),
        (made("add", X, repeated(constant(0.0), X.shape)), ["broadcast", "add"]),  # -0 + 0 is 0
    ],
)
def test_algebra_that_changes_no_number(value, ops):
    assert _ops(_same(Program([X], results=[value]), simplified)) == ops


def test_turned_operands_are_taken_up():
    y = leaf("draw", (4, 5))
    turned = made("permute", X, axes=(1, 0))
    program = Program([X], [y], results=[made("dot", turned, y, ta=False, tb=False)])
    after = _same(program, products)
    assert _ops(after) == ["dot"]
    assert after.results[0].params == {"ta": True, "tb": False}


def test_a_column_times_a_row_is_no_sum():
    column, row = made("reshape", X, shape=(24, 1)), made("reshape", X, shape=(1, 24))
    after = _same(Program([X], results=[made("dot", column, row, ta=False, tb=False)]), products)
    assert "dot" not in _ops(after)


def test_one_matrix_for_a_stack_of_others():
    stack, w = leaf("data", (3, 4, 6)), leaf("state", (6, 5))
    many = made("broadcast", w, axes=(1, 2), shape=(3, 6, 5))
    program = Program([stack], states=[w], results=[made("dot", stack, many, ta=False, tb=False)])
    (dot,) = [v for v in _same(program, products).values() if v.op == "dot"]
    assert dot.shape == (12, 5)
    own = leaf("draw", (3, 6, 5))
    apart = Program([stack], [own], results=[made("dot", stack, own, ta=False, tb=False)])
    assert [v.shape for v in _same(apart, products).values() if v.op == "dot"] == [(3, 4, 5)]


def test_a_sum_of_products_is_one_product():
    x, g = leaf("data", (3, 4, 6)), leaf("draw", (3, 4, 5))
    dot = made("dot", x, g, ta=True, tb=False)
    program = Program([x], [g], results=[made("sum", dot, axes=(0,))])
    assert "sum" not in _ops(_same(program, stacks_joined))
    twice = Program([x], [g], results=[made("sum", dot, axes=(0,)), made("exp", dot)])
    assert "sum" in _ops(_same(twice, stacks_joined))


def test_zeros_of_data_are_passed_over():
    sparse = leaf("data", (20, 80))
    sparse.params["density"] = 0.1
    w = leaf("state", (80, 30))
    program = Program([sparse], states=[w], results=[made("dot", sparse, w, ta=False, tb=False)])
    assert zeros_skipped(program).results[0].params.get("skip")
    assert "skip" not in program.results[0].params  # the program that was given stays as it is


def test_reductions_end_up_inside_or_outside():
    x = leaf("data", (2, 3, 4, 5))
    results = [made("sum", x, axes=axes) for axes in ((0,), (3,), (0, 3), (1, 3), (1, 2))]
    results.append(made("argmax", x, axis=1))
    after = _same(Program([x], results=results), inner_reductions)
    for value in after.results:
        gone = value.params.get("axes") or (value.params["axis"],)
        rank = value.inputs[0].ndim
        assert rank - 1 not in gone or gone == tuple(range(rank - len(gone), rank))


def test_leaves_that_are_handed_out_are_copied():
    w, v = leaf("state", (3,)), leaf("state", (3,))
    after = _same(Program([X], states=[w, v], after=[w, w], results=[X]), separate_outputs)
    assert after.after[0] is w
    assert [x.op for x in (after.after[1], after.results[0])] == ["cast", "cast"]


def test_a_pass_that_changes_numbers_is_caught():
    program = Program([X], results=[made("exp", X)])

    def wrong(value: Value, inputs: tuple[Value, ...]) -> Value:
        return made("expm1", *inputs)

    with pytest.raises(AssertionError):
        _same(program, lambda each: rewritten(each, wrong))


def test_a_program_value_by_value():
    w = leaf("state", (6,), name="w")
    program = Program([X], states=[w], after=[made("exp", w)], results=[made("sum", X, axes=(0,))])
    assert dump(program).splitlines() == [
        "w = state float64[6]", "t0 = exp(w)  float64[6]", "x = data float64[4, 6]",
        "t1 = sum(x, axes=(0,))  float64[6]", "w becomes t0", "result 0: t1",
    ]  # fmt: skip
