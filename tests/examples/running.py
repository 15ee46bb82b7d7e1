"""Examples, loaded from their files and run at the size that a test has time for."""

import functools
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.examples.digits_as_mnist import load

EXAMPLES = Path(__file__).parents[2] / "examples"

# What is small enough by itself runs as it is; for the others, less of the same.
SMALL: dict[str, dict[str, Any]] = {
    "any_function": {"widths": (2, 16), "points": 128, "epochs": 120},
    "apples": {},
    "cart_pole": {"carts": 8, "rounds": 25, "trials": 5},
    "character_model": {"held_out": 1, "units": 32, "epochs": 6, "rate": 0.02},
    "digits": {},
    "fewer_numbers": {"code": 2, "width": 48, "epochs": 80},
    "forecast": {"days": 500, "last": 100},
    "gates_and_layers": {},
    "hand_calculation": {},
    "keras_scripts/addition_lstm": {"epochs": 2, "count": 400, "test": 50},
    "keras_scripts/autoencoder": {"epochs": 4, "load": load},
    "keras_scripts/convnet_mnist": {"epochs": 7, "load": load},
    "keras_scripts/irnn_digits": {"epochs": 8, "load": load},
    "keras_scripts/mlp_mnist": {"epochs": 6, "load": load},
    "keras_scripts/net_1_1": {},
    "keras_scripts/net_2_1": {},
    "keras_scripts/net_2_2": {},
    "keras_scripts/net_2_2_2": {},
    "keras_scripts/own_layer": {"epochs": 40, "count": 1200},
    "keras_scripts/text_classifier": {"epochs": 12, "count": 1200},
    "keras_scripts/timeseries_anomaly": {"epochs": 4, "length": 1500},
    "keras_scripts/two_inputs": {"epochs": 8, "count": 2000},
    "mnist_by_hand": {"epochs": 2, "images": 12, "tests": 5, "rate": 0.02},
    "mnist_convnet": {"data": "digits", "kernel": 3, "epochs": 10},
    "noise_away": {"count": 1000, "epochs": 15},
    "odd_one_out": {"left_out": (0,), "epochs": 15},
    "one_hidden_value": {},
    "rows_of_digits": {"units": 24, "epochs": 6, "rate": 0.01},
    "seven_formulas": {},
    "small_transformer": {"count": 6000, "length": 5, "epochs": 1, "verbose": 0},
    "two_layer_net": {"data": "digits", "steps": 300, "hidden": 12, "seed": 1},
    "two_signals": {"count": 300, "epochs": 6, "rate": 0.01},
    "xor_momentum": {},
}


def example(name: str) -> ModuleType:
    """Load an example as a module, whatever folder it stands in."""
    path = EXAMPLES / f"{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def result(name: str) -> Any:
    """Give what an example's `main` returns; it runs once a process."""
    return example(name).main(**SMALL[name])
