"""Scripts written for Keras end at Keras's numbers: float32, 1e-5 relative."""

import numpy as np
import pytest

from tests.examples.running import example, result

ENDS = {
    "keras_scripts/net_1_1": {"W": [[4.1999974]], "B": [1.6000019], "Y": [[9.999997]]},
    "keras_scripts/net_2_1": {
        "W": [[4.142856], [5.7142854]],
        "B": [1.5714294],
        "Y": [[26.999998]],
    },
    "keras_scripts/net_2_2": {
        "W": [[4.1428556, -3.571428], [5.7142844, -6.8571415]],
        "B": [1.5714294, -2.2857141],
        "Y": [[26.999994, -29.999996]],
    },
    "keras_scripts/net_2_2_2": {
        "W": [[0.14315726, 0.24180053], [0.18631484, 0.28360108]],
        "B": [0.21315265, 0.18600282],
        "W2": [[0.20264393, 0.5334945], [0.25259468, 0.58280337]],
        "B2": [-0.09561113, 0.73054373],
        "Y": [[0.01000983, 0.9899955]],
    },
}


def far_off(numbers, wanted):
    """Name what is not within 1e-5, or not in float32."""
    return [
        name
        for name, value in wanted.items()
        if numbers[name].dtype != np.float32 or not np.allclose(numbers[name], value, 1e-5, 0)
    ]


@pytest.mark.parametrize("name", ENDS)
def test_a_script_ends_at_keras_s_numbers(name):
    assert far_off(result(name), ENDS[name]) == []


@pytest.mark.parametrize("name", ENDS)
def test_fewer_epochs_do_not(name):
    assert "Y" in far_off(example(name).main(epochs=20), ENDS[name])


def test_the_loss_that_is_left():
    # A few units in the last place of Y are all of it, so its own digits are not to be held to.
    assert result("keras_scripts/net_1_1")["loss"] == pytest.approx(8.19e-12, rel=0.2)
