"""The rules that steps are held against are those of the library's own optimizers."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.namespaces import NUMPY
from clearprop.doctor.optimizer_rules import RULES

BOTH = {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3}
OURS = {
    "sgd": (cp.optimizers.SGD(0.1), {}),
    "momentum": (cp.optimizers.SGD(0.1, momentum=0.9), {"momentum": 0.9}),
    "nesterov": (cp.optimizers.SGD(0.1, momentum=0.9, nesterov=True), {"momentum": 0.9}),
    "adam": (cp.optimizers.Adam(0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-3), BOTH),
    "amsgrad": (cp.optimizers.Adam(0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-3, amsgrad=True), BOTH),
    "adamax": (cp.optimizers.Adamax(0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-3), BOTH),
    "rmsprop": (cp.optimizers.RMSprop(0.1, rho=0.8, epsilon=1e-3), {"rho": 0.8, "eps": 1e-3}),
    "adadelta": (cp.optimizers.Adadelta(0.1, rho=0.8, epsilon=1e-3), {"rho": 0.8, "eps": 1e-3}),
}
RNG = np.random.default_rng(15)
GRADIENTS = [RNG.normal(size=(2, 3)) for _ in range(5)]


def path_of(optimizer):
    w = np.ones((2, 3))
    state, path = optimizer.init(NUMPY, w), []
    for step, g in enumerate(GRADIENTS):
        w, state = optimizer.update(NUMPY, w, g, state, step, 0.1)
        path.append(w)
    return path


def path_by(rule, constants, mistake=""):
    w, state, path = np.ones((2, 3)), {}, []
    for t, g in enumerate(GRADIENTS, 1):
        w = w + rule.step(state, g, t, {**constants, "lr": 0.1}, mistake)
        path.append(w)
    return path


@pytest.mark.parametrize("name", OURS)
def test_a_way_to_write_a_rule_is_what_the_library_does(name):
    optimizer, constants = OURS[name]
    due = path_of(optimizer)
    ways = [path_by(rule, constants) for rule in RULES if rule.name == name]
    assert any(np.allclose(way, due, rtol=1e-9) for way in ways)


def test_a_mistake_changes_the_steps():
    for rule in RULES:
        constants = {n: {"momentum": 0.9, "rho": 0.8, **BOTH}[n] for n in rule.needs}
        right = path_by(rule, constants)
        for mistake in rule.mistakes:
            with np.errstate(invalid="ignore"):
                assert not np.allclose(path_by(rule, constants, mistake), right, rtol=1e-6), (
                    rule.name,
                    mistake,
                )
