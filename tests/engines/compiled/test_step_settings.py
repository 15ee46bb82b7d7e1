"""A whole step of layers in many settings, traced, against the eager engine's."""

from copy import deepcopy

import pytest

import clearprop as cp
from clearprop.nn import LAYERS
from tests.conformance.layer_examples import EXAMPLES as SHAPES
from tests.conformance.layer_examples import Example
from tests.engines.compiled.stepping import beside_eager, layer_task
from tests.nn import normalization_examples, sequence_examples, space_examples

FILES = (normalization_examples, sequence_examples, space_examples)

# Settings for other inputs than those that every layer is tried on.
UNFIT = {
    ("GroupNormalization", 0), ("PReLU", 1), ("Softmax", 2), ("SimpleRNNCell", 1),
    ("LSTMCell", 1), ("GRUCell", 1), ("GRUCell", 2), ("StackedRNNCells", 0), ("Dot", 1),
    ("Applied", 1), ("Graph", 0), ("Cropping2D", 1), ("Cropping3D", 1), ("Reshape", 0),
    ("Reshape", 1), ("Rescaling", 1),
}  # fmt: skip

CASES = [
    pytest.param(name, settings, id=f"{name} {k}")
    for file in FILES
    for name, several in file.EXAMPLES.items()
    for k, settings in enumerate(several)
    if (name, k) not in UNFIT
]


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_a_step_of_a_layer_in_its_settings(name, settings):
    cp.set_seed(5)
    usual = SHAPES[name]
    example = Example(name, settings, usual.shapes, usual.kind, usual.apart)
    layer = LAYERS[name](**{"dtype": "float64", **deepcopy(settings)})
    task, data, batch = layer_task(example, layer)
    rtol = 1e-3 if any(w.dtype == "float32" for w in layer.weights) else 1e-8
    beside_eager(task, data, batch=batch, rtol=rtol)


def test_settings_that_do_not_fit_are_there():
    known = {
        (n, k) for f in FILES for n, several in f.EXAMPLES.items() for k in range(len(several))
    }
    assert known >= UNFIT
