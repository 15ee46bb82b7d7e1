"""Every operation can be asked why, forward and backward, and what it answers adds up."""

import numpy as np
import pytest

import clearprop as cp
import clearprop.draw.why
from clearprop.core.op import REGISTRY
from clearprop.core.tensor import leaf
from clearprop.explain.explanation import Explanation
from clearprop.explain.formula import Quantity, evaluate, leaves
from clearprop.explain.naming import Names
from clearprop.explain.reader import Place, Reader
from clearprop.explain.unfold import unfold
from clearprop.explain.verify import verify

OURS = [op for op in REGISTRY.values() if op.__module__.startswith("clearprop.")]
CASES = [
    pytest.param(op, case, id=f"{op.name}-{i}") for op in OURS for i, case in enumerate(op.cases)
]
SOME = 3  # elements of each result; the readings of all are tested with the operations


def recorded(op, case):
    """Apply an operation to named inputs."""
    rng = np.random.default_rng(5)
    names = [*op.inputs] if not op.variadic else [f"a{k}" for k in range(len(case.inputs))]
    inputs = [
        leaf(np.asarray(a), name=n, requires_grad=a.dtype.kind == "f")
        for n, a in zip(names, case.arrays(rng), strict=True)
    ]
    y = op(inputs, **case.params) if op.variadic else op(*inputs, **case.params)
    return inputs, y, rng


def some_places(tensor):
    every = list(np.ndindex(*tensor.shape))
    step = max(1, len(every) // SOME)
    return [Place(tensor.node, index) for index in every[::step][:SOME]]


def assert_adds_up(place):
    """Unfold a number all the way, and hold every step to what it says."""
    reader = Reader(Names(), top=4)
    steps = unfold(reader, reader.settle(place), depth=None, everything=True)
    first = steps[0]
    assert first.value == pytest.approx(place.value, rel=1e-12, nan_ok=True)
    for step in steps:
        if step.formula is not None:
            again = evaluate(step.formula)
            scale = max([abs(q.value) for q in leaves(step.formula)], default=0.0)
            assert again == pytest.approx(step.value, rel=1e-9, abs=1e-12 * max(1, scale)), step
    return steps


@pytest.mark.parametrize(("op", "case"), CASES)
def test_a_result_is_made_of_the_inputs(op, case):
    inputs, y, _ = recorded(op, case)
    names = {x.name for x in inputs}
    for place in some_places(y):
        steps = assert_adds_up(place)
        if steps[0].formula is None:  # the very element of an input, as by a reshape
            assert steps[0].symbol.split("[")[0] in names
            continue
        told = {q.symbol.split("[")[0] for s in steps if s.formula for q in leaves(s.formula)}
        assert told & names or isinstance(steps[0].formula, Quantity), steps[0]


@pytest.mark.parametrize(("op", "case"), CASES)
def test_a_gradient_is_made_of_the_upstream_one(op, case):
    inputs, y, rng = recorded(op, case)
    asked = [x for i, x in enumerate(inputs) if x.requires_grad and op.rule(i) is not None]
    if y.dtype.kind != "f" or not asked:
        assert not (y.dtype.kind == "f" and op.rules), "no input to differentiate by"
        return
    y.name = "y"
    loss = (y * rng.uniform(0.5, 1.5, y.shape)).sum()
    loss.name = "L"
    loss.backward()
    for x in asked:
        for place in some_places(x.grad):
            assert_adds_up(place)


@pytest.mark.parametrize("op", OURS, ids=lambda op: op.name)
def test_the_text_is_true_as_printed(op):
    _, y, _ = recorded(op, op.cases[0])
    for place in some_places(y)[:1]:
        steps = assert_adds_up(place)
        for lang in ("ko", "en"):
            text = Explanation("y", tuple(steps), {}, "", lang).to_text()
            assert verify(text) == []
            assert steps[0].symbol in text


def test_an_operation_that_reads_wrongly_is_noticed(monkeypatch):
    """The check can fail: a matrix product that reads as its transpose does not add up."""
    from clearprop.core.reading import Elements, Total

    def transposed(index, x1, x2):
        inner = np.arange(x1.shape[-1])
        return Total((Elements(0, (index[0], inner)), Elements(1, (inner, index[1] - 1))))

    monkeypatch.setattr(cp.matmul, "reading", transposed)
    _, y, _ = recorded(cp.matmul, cp.matmul.cases[0])
    with pytest.raises(AssertionError):
        assert_adds_up(Place(y.node, (0, 0)))
