"""A whole step of every layer, traced, against the eager engine's."""

import pytest

from tests.conformance.layer_examples import EXAMPLES
from tests.engines.compiled.stepping import Data, beside_eager, task_for


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_step_of_a_layer(name):
    example = EXAMPLES[name]
    layer, inputs = example.made(), example.inputs()
    example.call(layer, inputs, training=False)  # which builds it

    def forward(x, training):
        given = x if isinstance(x, list) else [x]
        return example.call(layer, given, training=training)

    task = task_for(layer, forward)
    x = inputs[0] if len(inputs) == 1 else inputs
    beside_eager(task, Data(x), batch=len(inputs[0]))
