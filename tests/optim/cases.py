"""The configurations that every optimizer is tried in; the suites go over all of them."""

import pytest

from clearprop import optim

CASES = [
    ("sgd", {}),
    ("sgd", {"learning_rate": 0.3}),
    ("sgd", {"momentum": 0.9}),
    ("sgd", {"learning_rate": 0.2, "momentum": 0.5, "nesterov": True}),
    ("sgd", {"momentum": 1.0}),
    ("sgd", {"nesterov": True}),  # without momentum there is nothing to look ahead along
    ("adam", {}),
    ("adam", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9}),
    ("adam", {"epsilon": 0.1}),
    ("adam", {"beta_1": 0.0}),
    ("adam", {"beta_2": 0.0, "epsilon": 1e-3}),
]


def title(case):
    name, settings = case
    return f"{name}({', '.join(f'{k}={v}' for k, v in settings.items())})"


every_case = pytest.mark.parametrize("case", CASES, ids=title)


def made(case):
    name, settings = case
    return optim.OPTIMIZERS[name](**settings)
