"""The small transformer at the size of a test."""

import numpy as np

from tests.examples.running import SMALL, example, result


def test_the_small_transformer_learns():
    numbers = result("small_transformer")
    assert numbers["digits"] > 0.9
    untaught = example("small_transformer").main(**SMALL["small_transformer"] | {"epochs": 0})
    assert untaught["digits"] < 0.3


def test_without_places_it_cannot_know_which_digit_comes_where():
    made = example("small_transformer")
    made.places = np.zeros_like
    assert made.main(**SMALL["small_transformer"])["digits"] < 0.6
