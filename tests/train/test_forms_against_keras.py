"""Models of every form are in Keras what they are here: weights in order, outputs, training."""

import numpy as np
import pytest

import clearprop as cp
from tests.train.forms import FORMS, data_for, two_outputs

pytestmark = pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # Keras's own

LOSSES = {"residual": "categorical_crossentropy", "two_outputs": ["binary_crossentropy", "mse"]}
OPTIONS = {"two_outputs": {"loss_weights": [1.0, 0.5], "metrics": [["accuracy"], ["mae"]]}}


def trained(k, form):
    """Train a model of a form with either library."""
    rng = np.random.default_rng(5)
    model = form(k)
    shapes = [w.shape for w in model.get_weights()]
    model.set_weights([rng.standard_normal(s).astype("float32") * 0.5 for s in shapes])
    x, y = data_for(model, rng)
    if form.__name__ == "residual":
        y = np.eye(2, dtype="float32")[(y[:, 0] > 0).astype(int)]
    options = {"loss": LOSSES.get(form.__name__, "mse"), **OPTIONS.get(form.__name__, {})}
    model.compile(optimizer=k.optimizers.Adam(0.01), **options)
    before = model.predict(x, verbose=0)
    history = model.fit(x, y, epochs=2, batch_size=5, shuffle=False, verbose=0)
    judged = model.evaluate(x, y, batch_size=5, verbose=0, return_dict=True)
    return shapes, before, history.history, model.get_weights(), judged


def leaves(tree):
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in leaves(tree[key])]
    if isinstance(tree, list | tuple):
        return [leaf for each in tree for leaf in leaves(each)]
    return [np.asarray(tree)]


def close(ours, theirs):
    pairs = list(zip(leaves(ours), leaves(theirs), strict=True))
    return all(np.allclose(a, b, rtol=2e-5, atol=2e-6) for a, b in pairs) and bool(pairs)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_model_of_every_form(form, keras):
    shapes, before, history, weights, judged = trained(cp.keras, form)
    their_shapes, their_before, their_history, their_weights, their_judged = trained(keras, form)
    assert shapes == their_shapes
    assert close(before, their_before)
    assert history.keys() == their_history.keys()
    assert close(history, their_history)
    assert close(weights, their_weights)
    assert judged.keys() == their_judged.keys()
    assert close(judged, their_judged)


def test_the_comparison_sees_one_step_less(keras):
    """A checker that cannot fail checks nothing."""
    _, _, history, weights, _ = trained(cp.keras, two_outputs)
    _, _, their_history, their_weights, _ = trained(keras, two_outputs)
    assert close(weights, their_weights)
    assert not close([w * 1.001 for w in weights], their_weights)
    assert not close({key: values[::-1] for key, values in history.items()}, their_history)
