"""A whole step of every layer, traced, against the eager engine's."""

import pytest

from tests.conformance.layer_examples import EXAMPLES
from tests.engines.compiled.stepping import beside_eager, layer_task


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_step_of_a_layer(name):
    task, data, batch = layer_task(EXAMPLES[name])
    beside_eager(task, data, batch=batch)
