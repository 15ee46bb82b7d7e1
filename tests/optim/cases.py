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
    ("rmsprop", {}),
    ("rmsprop", {"learning_rate": 0.1, "rho": 0.5, "epsilon": 1e-3}),
    ("rmsprop", {"momentum": 0.9}),
    ("rmsprop", {"centered": True}),
    ("rmsprop", {"centered": True, "momentum": 0.5, "rho": 0.8}),
    ("adagrad", {}),
    ("adagrad", {"learning_rate": 0.5, "initial_accumulator_value": 0.0}),
    ("adagrad", {"learning_rate": 0.1, "epsilon": 0.01}),
    ("adadelta", {}),
    ("adadelta", {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-3}),
    ("adam", {}),
    ("adam", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9}),
    ("adam", {"epsilon": 0.1}),
    ("adam", {"beta_1": 0.0}),
    ("adam", {"beta_2": 0.0, "epsilon": 1e-3}),
    ("adam", {"amsgrad": True, "learning_rate": 0.1, "beta_2": 0.5}),
    ("adamw", {}),
    ("adamw", {"learning_rate": 0.1, "weight_decay": 0.1, "amsgrad": True, "beta_2": 0.5}),
    ("adamax", {}),
    ("adamax", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}),
    ("nadam", {}),
    ("nadam", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}),
    ("ftrl", {}),
    ("ftrl", {"learning_rate": 0.3, "l1_regularization_strength": 0.2, "beta": 0.3}),
    ("ftrl", {"learning_rate": 0.3, "l2_regularization_strength": 0.2,
              "learning_rate_power": -0.7}),
    ("ftrl", {"learning_rate": 0.1, "l2_shrinkage_regularization_strength": 0.1,
              "initial_accumulator_value": 1.0, "learning_rate_power": 0.0}),
    ("lion", {}),
    ("lion", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.7}),
    ("lamb", {}),
    ("lamb", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}),
    ("adafactor", {}),
    ("adafactor", {"learning_rate": 2.0}),
    ("adafactor", {"learning_rate": 0.3, "beta_2_decay": -0.5, "clip_threshold": 0.5,
                   "epsilon_1": 1e-3, "epsilon_2": 10.0, "relative_step": False}),
]  # fmt: skip

# What every optimizer has: each of these is tried with each of the kinds.
COMMON = [
    {"weight_decay": 0.1},
    {"clipnorm": 0.7},
    {"clipvalue": 0.4},
    {"global_clipnorm": 0.9},
    {"use_ema": True, "ema_momentum": 0.6},
    {"use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 2},
    {"gradient_accumulation_steps": 3},
    {"gradient_accumulation_steps": 2, "global_clipnorm": 0.9, "weight_decay": 0.1,
     "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
    {"loss_scale_factor": 8.0},
]  # fmt: skip


def title(case):
    name, settings = case if isinstance(case, tuple) else ("", case)
    return f"{name}({', '.join(f'{k}={v}' for k, v in settings.items())})"


every_case = pytest.mark.parametrize("case", CASES, ids=title)
every_common = pytest.mark.parametrize("common", COMMON, ids=title)


def made(case):
    name, settings = case
    return optim.OPTIMIZERS[name](**settings)
