"""Every rule is the derivative of its operation, to first and second order, by measurement."""

import numpy as np

from clearprop.core.namespaces import NUMPY
from tests.conformance.slopes import check_first_order, check_second_order
from tests.conformance.trials import TRIALS, each_op, each_ruled_trial, trials_of

# Real inputs that no gradient flows into; the rest must have a rule.
NO_RULE = {"stop_gradient.x"}

# Rules that give nothing but zeros, for the operation is flat but for its jumps.
FLAT = {
    "ceil.x",
    "copysign.x2",
    "floor.x",
    "floor_divide.x1",
    "floor_divide.x2",
    "max_pool_at.x",
    "max_unpool.x",
    "round.x",
    "sign.x",
    "trunc.x",
}

BROKEN = {"a factor": 1.01, "the sign": -1.0, "nothing at all": 0.0}


def real_inputs():
    for trial in TRIALS:
        y = np.asarray(trial.forward(NUMPY, trial.arrays))
        for i in trial.floating if y.dtype.kind == "f" else ():
            yield trial, i, trial.op.inputs[0 if trial.op.variadic else i]


@each_ruled_trial
def test_first_order(trial):
    for i in trial.ruled:
        check_first_order(trial, i)


@each_ruled_trial
def test_second_order(trial):
    check_second_order(trial)


def test_a_real_input_without_a_rule_is_listed():
    missing = {f"{t.op.name}.{name}" for t, i, name in real_inputs() if t.op.rule(i) is None}
    assert missing == NO_RULE


def test_flat_rules_are_flat_and_listed():
    flat, sloped = set(), set()
    for trial, i, name in real_inputs():
        if trial.op.rule(i) is not None:
            y = np.asarray(trial.forward(NUMPY, trial.arrays))
            g = trial.rng(i).standard_normal(y.shape)  # of ones, shares show nothing
            found = trial.pull(NUMPY, i, g, y, trial.arrays)
            (sloped if np.any(found) else flat).add(f"{trial.op.name}.{name}")
    assert flat - sloped == FLAT


@each_op
def test_a_broken_rule_is_caught(op, monkeypatch):
    for name, rule in op.rules.items():
        if f"{op.name}.{name}" in FLAT:
            continue
        for how, factor in BROKEN.items():

            def broken(*args, rule=rule, factor=factor, **params):
                return factor * rule(*args, **params)

            monkeypatch.setitem(op.rules, name, broken)
            assert caught(op, name), f"{op.name}.{name}: {how} went unnoticed"
            monkeypatch.setitem(op.rules, name, rule)


def caught(op, name):
    for trial in trials_of(op):
        for i in trial.ruled:
            if op.variadic or op.inputs[i] == name:
                try:
                    check_first_order(trial, i, times=1)
                except AssertionError:
                    return True
    return False
