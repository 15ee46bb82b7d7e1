"""Any element of a record can be written out, and what is written comes to its value."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.explain.formula import Applied, Quantity, Terms, evaluate, from_json, leaves, to_json
from clearprop.explain.naming import Names
from clearprop.explain.reader import Place, Reader
from clearprop.explain.unfold import unfold


@pytest.fixture
def net():
    """Two layers of tanh with half the squared error, by hand."""
    x = cp.tensor([[0.05, 0.10], [0.3, -0.2]], name="x")
    w = cp.tensor([[0.15, 0.25], [0.2, 0.3]], name="w")
    v = cp.tensor([[0.4, 0.5], [0.45, 0.55]], name="v")
    s = x @ w + cp.tensor([0.35, 0.35], name="b")
    s.name = "s"
    h = cp.tanh(s)
    h.name = "h"
    out = cp.tanh(h @ v)
    error = out - np.array([[0.01, 0.99], [0.2, 0.4]])
    loss = (error * error * 0.5).sum()
    loss.name = "E"
    loss.backward()
    return {"x": x, "w": w, "v": v, "s": s, "h": h, "loss": loss}


def steps_of(tensor, index, *, depth=None, everything=True):
    return unfold(Reader(Names()), Place(tensor.node, index), depth=depth, everything=everything)


def test_a_gradient_is_delta_times_input_summed_over_samples(net):
    first = steps_of(net["w"].grad, (0, 1))[0]
    assert first.symbol == "∂E/∂w[0,1]"
    assert isinstance(first.formula, Terms)
    assert [[q.symbol for q in leaves(p)] for p in first.formula.parts] == [
        ["x[0,0]", "∂E/∂s[0,1]"],
        ["x[1,0]", "∂E/∂s[1,1]"],
    ]


def test_every_step_comes_to_its_value(net):
    for name in ("w", "v"):
        for index in np.ndindex(2, 2):
            steps = steps_of(net[name].grad, index)
            assert len(steps) > 5
            for step in steps:
                if step.formula is not None:
                    assert evaluate(step.formula) == pytest.approx(step.value, rel=1e-12)


def test_a_wrong_value_does_not_come_out(net):
    """The check above can fail: a formula with one number changed is not its value."""
    step = steps_of(net["w"].grad, (0, 1))[0]
    spoilt = evaluate(step.formula, lambda q: q.value * 1.001)
    assert spoilt != pytest.approx(step.value, rel=1e-6)


def test_what_is_written_leads_back_to_the_inputs(net):
    symbols = {step.symbol for step in steps_of(net["w"].grad, (0, 1))}
    assert {"∂E/∂s[0,1]", "∂E/∂h[0,1]", "h[0,1]", "s[0,1]"} <= symbols


def test_following_a_gradient_opens_gradients_only(net):
    steps = steps_of(net["w"].grad, (0, 1), everything=False)
    assert "s[0,1]" not in {step.symbol for step in steps}
    assert "∂E/∂h[0,1]" in {step.symbol for step in steps}


def test_depth_is_the_number_of_levels(net):
    assert {s.level for s in steps_of(net["w"].grad, (0, 0), depth=1)} == {1}
    assert {s.level for s in steps_of(net["w"].grad, (0, 0), depth=3)} == {1, 2, 3}


def test_a_long_sum_is_cut_honestly():
    rng = np.random.default_rng(0)
    x, w = (
        cp.tensor(rng.standard_normal(100), name="x"),
        cp.tensor(rng.standard_normal(100), name="w"),
    )
    y = (x * w).sum()
    formula = unfold(Reader(Names(), top=3), Place(y.node, ()), depth=1, everything=True)[0].formula
    assert isinstance(formula, Terms)
    assert (len(formula.parts), formula.rest_count) == (3, 97)
    sizes = [abs(part.value) for part in formula.parts]
    assert sizes == sorted(sizes, reverse=True)
    assert evaluate(formula) == pytest.approx(y.item(), rel=1e-12)


def test_a_gradient_of_a_gradient_can_be_asked_too():
    x = cp.tensor(0.7, name="x")
    y = cp.tanh(x)
    y.name = "y"
    y.backward()
    slope = x.grad
    again = cp.grad(lambda t: cp.grad(cp.tanh)(t))(x)
    steps = unfold(Reader(Names()), Place(again.node, ()), depth=None, everything=True)
    value = np.tanh(0.7)
    assert steps[0].value == pytest.approx(-2 * value * (1 - value**2))
    assert all(evaluate(s.formula) == pytest.approx(s.value) for s in steps if s.formula)
    assert slope.item() == pytest.approx(1 - value**2)


def test_formulas_survive_json(net):
    for step in steps_of(net["w"].grad, (1, 1)):
        if step.formula is not None:
            assert from_json(to_json(step.formula)) == step.formula


def test_what_changes_nothing_is_left_out():
    w = Quantity(3.0, "w")
    from clearprop.explain.formula import apply

    assert apply(cp.multiply, {"x1": Quantity(1.0), "x2": w}, 3.0) == w
    kept = apply(cp.multiply, {"x1": Quantity(2.0), "x2": w}, 6.0)
    assert isinstance(kept, Applied)
