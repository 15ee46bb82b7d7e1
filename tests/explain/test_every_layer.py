"""Every layer there is can be asked why of its weights and its outputs, and answers truly."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.explain.formula import evaluate, leaves
from clearprop.explain.verify import verify
from tests.explain.every_layer import TRIALS, Weighted, around, missing, some_index

NAMES = [*sorted(TRIALS), "of a user"]


def network(name):
    return around(name, Weighted) if name == "of a user" else around(name)


def gradients(model, x, y):
    """Let the engine take one step at rate 1: how far it goes is the gradient."""
    before = {w.path: np.array(w.data, np.float64) for w in model.weights}
    model.train_on_batch(x, y)
    return {w.path: before[w.path] - w.data for w in model.trainable_weights}


def assert_derived(e):
    """No placeholder: each step is a formula that comes to its value, a given number, or told."""
    first = e.steps[0]
    assert first.formula is not None or first.state is not None, first
    for step in e.steps:
        if step.formula is not None:
            size = max([abs(q.value) for q in leaves(step.formula)], default=1.0)
            assert evaluate(step.formula) == pytest.approx(
                step.value, rel=1e-9, abs=1e-11 * max(size, 1.0)
            ), step


def assert_asked(model, address, x, y, value, lang):
    e = cp.why(model, address, x=x, y=y, training=True, depth=None, lang=lang)
    assert_derived(e)
    assert verify(str(e)) == []
    if value is not None:
        assert e.value == pytest.approx(float(value), rel=2e-4, abs=2e-5), address
    return e


def test_no_layer_is_left_out():
    assert missing() == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_weights_of_a_layer_can_be_asked(name):
    model, layer, _, x, y = network(name)
    asked = [w for w in layer.weights if w.path in {v.path for v in model.weights}]
    explained = {}
    for k, w in enumerate(asked):
        address = f"{w.path}[{some_index(w.shape)}]" if w.shape else w.path
        explained[w.path] = assert_asked(model, address, x, y, None, ("ko", "en")[k % 2])
    engine = gradients(model, x, y)
    for w in asked:
        index = tuple(n // 2 for n in w.shape)
        if w.path in engine and "absent" not in explained[w.path].facts:
            got = explained[w.path].value
            assert got == pytest.approx(float(engine[w.path][index]), rel=2e-4, abs=2e-5), w.path


@pytest.mark.parametrize("name", NAMES)
def test_the_output_of_a_layer_can_be_asked(name):
    model, _, upto, x, y = network(name)
    expected = upto.predict(x, verbose=0)[1]
    index = some_index(expected.shape)
    e = cp.why(model, f"asked/output[{index}]", x=x, y=y, sample=1, depth=None, lang="en")
    assert_derived(e)
    assert verify(str(e)) == []
    place = tuple(n // 2 for n in expected.shape)
    assert e.value == pytest.approx(float(expected[place]), rel=2e-4, abs=2e-5)


def test_a_layer_that_misleads_is_noticed(monkeypatch):
    """The check can fail: an operation that reads as the element beside it."""
    from clearprop.core.reading import Pick

    monkeypatch.setattr(cp.tanh, "reading", lambda index, x: Pick(0, index))
    monkeypatch.setattr(cp.tanh, "elementwise", False)
    model, _, _, x, y = around("Dense")
    with pytest.raises(AssertionError):
        assert_asked(model, "asked/output[1]", x, y, None, "en")
