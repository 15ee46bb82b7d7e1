"""Definitions use nothing but the Python array API standard: proof by its strictest reading."""

from dataclasses import replace

import array_api_strict
import numpy as np

from clearprop.core.namespaces import NUMPY, ArrayNamespace
from tests.conformance.trials import OPS, close, each_trial, trials_of

STRICT = ArrayNamespace(array_api_strict, "strict")

# Operations, or rules of them, that one array library can do only its own way. Each comes with
# `impl` overrides, or its rule needs an operation that does.
OWN_WAY = set()


def check_strict(trial):
    """Hold the forward function and the rules, run under the strict namespace, to NumPy's."""
    strict = [array_api_strict.asarray(x) for x in trial.arrays]
    y = trial.forward(NUMPY, trial.arrays)
    own = replace(trial, case=replace(trial.case, params=own_kinds(trial.params)))
    y_strict = own.forward(STRICT, strict)
    assert isinstance(y_strict, type(strict[0])), f"{trial} leaves the namespace"
    close(np.asarray(y_strict), y, 1e-12, f"{trial}, forward")
    for i in trial.ruled:
        g = trial.rng(i).standard_normal(np.shape(y))
        got = own.pull(STRICT, i, array_api_strict.asarray(g), y_strict, strict)
        assert isinstance(got, type(y_strict)), f"{trial}: the rule of input {i} leaves it"
        close(np.asarray(got), trial.pull(NUMPY, i, g, y, trial.arrays), 1e-12, f"{trial}, rule")


def own_kinds(params):
    """Name kinds of numbers as the strict namespace does."""
    if not isinstance(params.get("dtype"), type):
        return params
    return params | {"dtype": getattr(array_api_strict, np.dtype(params["dtype"]).name)}


@each_trial
def test_strict(trial):
    if trial.op.name not in OWN_WAY:
        check_strict(trial)


def test_what_is_listed_cannot_be_done_in_the_standard_way():
    assert set(OPS) >= OWN_WAY
    assert [name for name in OWN_WAY if standard(OPS[name])] == []


def standard(op):
    """Say whether all trials of an operation pass after all."""
    try:
        for trial in trials_of(op):
            check_strict(trial)
    except (AssertionError, AttributeError, IndexError, TypeError, ValueError, UserWarning):
        return False
    return True
