"""A weight after training is its start and the sum of its updates."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import AddressError, OptionError, StateError
from clearprop.explain.formula import evaluate
from clearprop.explain.verify import claims, verify
from tests.explain.nets import random_dense


@pytest.fixture
def trained():
    rng = np.random.default_rng(4)
    model, x, y = random_dense(
        rng, activation="tanh", loss="mse", optimizer=cp.optimizers.Adam(0.05), samples=20
    )
    start = float(model.get_weights()[0][1, 2])
    watch = cp.Watch("dense/kernel[1,2]", "b1")
    model.fit(x, y, epochs=9, batch_size=6, callbacks=[watch], verbose=0, seed=1)
    return model, watch, start


def test_the_updates_lead_from_the_start_to_the_end(trained):
    model, watch, start = trained
    updates = watch.updates("dense/kernel[1,2]")
    assert len(updates) == 9 * 4
    assert repr(watch) == "<Watch dense/kernel[1,2], b1 by epoch: 36 steps seen>"
    assert start + updates.sum() == pytest.approx(float(model.get_weights()[0][1, 2]), abs=1e-6)


@pytest.mark.parametrize(("by", "count"), [("epoch", 9), ("step", 36)])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_sum_adds_up_and_is_true_as_printed(trained, by, count, lang):
    model, watch, _ = trained
    e = watch.why("dense/kernel[1,2]", by=by, lang=lang)
    formula = e.steps[0].formula
    assert len(formula.parts) == 1 + 5
    assert formula.rest_count == count - 5
    assert evaluate(formula) == pytest.approx(float(model.get_weights()[0][1, 2]), abs=1e-6)
    sizes = [abs(p.value) for p in formula.parts[1:]]
    assert sizes == sorted(sizes, reverse=True)
    assert list(claims(str(e)))
    assert verify(str(e)) == []


def test_a_second_training_is_watched_anew(trained):
    model, watch, _ = trained
    rng = np.random.default_rng(0)
    model.fit(rng.normal(size=(6, 3)), rng.normal(size=(6, 3)), callbacks=[watch], verbose=0)
    assert len(watch.updates("b1")) == 1


def test_what_cannot_be_watched_is_said(trained):
    model, watch, _ = trained
    with pytest.raises(AddressError, match="was not watched; watched: dense/kernel"):
        watch.why("w5")
    with pytest.raises(OptionError, match="by must be"):
        watch.why("b1", by="year")
    with pytest.raises(StateError, match="no training yet"):
        cp.Watch("w1").updates("w1")
    with pytest.raises(OptionError, match="at least one address"):
        cp.Watch()
    data = np.zeros((2, 3)), np.zeros((2, 3))
    with pytest.raises(AddressError, match="is no weight"):
        model.fit(*data, callbacks=[cp.Watch("h1")], verbose=0)
    with pytest.raises(AddressError, match="w500"):
        model.fit(*data, callbacks=[cp.Watch("w500")], verbose=0)
