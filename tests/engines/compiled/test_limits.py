"""What is looked up in a table lies inside it, or the eager engine is asked."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled.engine import Compiled
from clearprop.errors import ClearpropError, DTypeError, RangeError
from tests.engines.compiled.fitting import same

PLACES = np.random.default_rng(0).integers(0, 10, (12, 5))
TARGETS = np.random.default_rng(1).integers(0, 3, 12)


def table(before=None):
    """Make a network that looks up vectors, of places that are computed or as they are."""
    x = cp.Input((5,), dtype="int32")
    vectors = cp.layers.Embedding(10, 4, dtype="float64")(x if before is None else before(x))
    out = cp.layers.Dense(3, activation="softmax", dtype="float64")(cp.layers.Flatten()(vectors))
    model = cp.Model(x, out)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


INSIDE = {
    "as they are": (None, PLACES),
    "moved": (lambda x: x + 3, PLACES - 3),
    "moved back": (lambda x: 9 - x, PLACES),
    "times": (lambda x: x * 2, PLACES // 2),
    "around": (lambda x: x % 4, PLACES),
    "cut": (lambda x: cp.ops.clip(x, 0, 9), PLACES * 3 - 9),
    "some replaced": (lambda x: cp.ops.where(x == -1, 0, x), np.where(PLACES == 7, -1, PLACES)),
}
COMPILED = [name for name in INSIDE if name != "moved back"]


@pytest.mark.parametrize("name", COMPILED)
def test_places_inside_are_compiled(name):
    before, places = INSIDE[name]
    same(lambda: table(before), places, TARGETS, batch_size=4)


def test_places_of_each_time_step_are_compiled():
    def make():
        each = cp.layers.TimeDistributed(cp.layers.Embedding(10, 4, dtype="float64"))
        out = cp.layers.Dense(3, activation="softmax", dtype="float64")
        model = cp.Sequential([cp.Input((5, 1)), each, cp.layers.Flatten(), out])
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model

    model = same(make, PLACES[..., None], TARGETS, batch_size=4)
    with pytest.raises(RangeError, match="got 12"):
        model.predict(PLACES[..., None] + 3)


OUTSIDE = {
    "below 0": (None, PLACES - 3),
    "few bits": (None, (PLACES - 3).astype("int8")),
    "too large": (None, PLACES + 1),
    "moved": (lambda x: x + 3, PLACES),
    "moved back": (lambda x: x - 3, PLACES),
    "times": (lambda x: x * 2, PLACES),
    "too far around": (lambda x: x % 14, PLACES * 2),
    "fractions": (None, PLACES * 0.9),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_places_outside_are_mistakes_in_every_engine(name):
    before, places = OUTSIDE[name]
    said = []
    for engine in ("eager", "compiled"):
        model = table(before)
        model._setup.engine = Compiled() if engine == "compiled" else model._setup.engine
        with pytest.raises(ClearpropError) as told:
            model.fit(places, TARGETS, verbose=0, batch_size=12, shuffle=False)
        said.append((type(told.value), str(told.value)))
    assert said[0] == said[1]
    assert said[0][0] in (RangeError, DTypeError)


@pytest.mark.parametrize("places", [PLACES - 5, PLACES + 5, PLACES * 0.9])
def test_places_that_come_after_good_ones_are_looked_at_too(places):
    model = table()
    model._setup.engine = Compiled()
    model.fit(PLACES, TARGETS, verbose=0)
    model.predict(PLACES)
    with pytest.raises((RangeError, DTypeError)):
        model.predict(places)
