"""A whole step with every loss, traced, against the eager engine's."""

import pytest

import clearprop as cp
from clearprop import losses
from tests.engines.compiled.stepping import beside_eager, numbers, task_of
from tests.losses.kinds import KINDS, NOT_KERAS, SETTINGS, O, data

LAST = {"answers": "sigmoid", "one-hot": "softmax", "labels": "softmax", "counts": "exponential"}


def model_for(name, settings, y, p):
    last = LAST.get({**KINDS, **NOT_KERAS}[name])
    if settings.get("from_logits") or name in ("Circle", "CategoricalHinge"):
        last = None
    shape = (*p.shape[1:-1], 3)
    model = cp.Sequential(
        [
            cp.Input(shape),
            cp.layers.Dense(O, activation=last, dtype="float64"),
        ]
    )
    model.compile(optimizer="sgd", loss=losses.LOSSES[name](**settings))
    return model, numbers(len(y), *shape)


@pytest.mark.parametrize(("name", "settings"), [*SETTINGS, ("HalfSumSquaredError", {})], ids=str)
def test_a_step_with_each_loss(name, settings):
    y, p = data(name, settings, "float64")
    model, x = model_for(name, settings, y, p)
    task, given = task_of(model, x, y, batch_size=len(x))
    beside_eager(task, given, batch=len(x))
