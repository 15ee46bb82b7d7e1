"""What an operation says of its result's shape and kind of number is what the result has."""

import warnings

import numpy as np
import pytest

from clearprop.core.namespaces import NUMPY
from clearprop.core.symbols import result_dtype
from clearprop.errors import ClearpropError
from tests.conformance.trials import each_trial

KINDS = {
    "float64": (np.float64,),
    "float32": (np.float32,),
    "mixed": (np.float32, np.float64),
    "mixed, the other way": (np.float64, np.float32),
}


def in_kinds(trial, kinds):
    """Give the inputs with the real numbers in several kinds by turns."""
    return [
        x.astype(kinds[trial.floating.index(i) % len(kinds)]) if i in trial.floating else x
        for i, x in enumerate(trial.arrays)
    ]


def check_shape(trial):
    y = trial.forward(NUMPY, trial.arrays)
    said = trial.op.shape(*(x.shape for x in trial.arrays), **trial.params)
    assert isinstance(said, tuple)
    assert all(type(n) is int for n in said), f"{trial}: sizes are int, not {said!r}"
    assert said == np.shape(y), f"{trial}: the shape rule says {said}; it is {np.shape(y)}"


def check_dtype(trial, kinds):
    arrays = in_kinds(trial, kinds)
    real = np.asarray(trial.forward(NUMPY, arrays)).dtype
    said = result_dtype(trial.op, arrays, trial.params)
    assert said == real, f"{trial}: the dtype rule says {said}; it is {real}"


def reshaped(trial):
    """Give the inputs with one of them in another shape, in all ways that come to mind."""
    for i, x in enumerate(trial.arrays):
        for a in range(x.ndim):
            longer = tuple(n + (k == a) for k, n in enumerate(x.shape))
            none = tuple(0 if k == a else n for k, n in enumerate(x.shape))
            for shape in (longer, none, x.shape[:a] + x.shape[a + 1 :], (1, *x.shape)):
                yield [np.resize(x, shape) if k == i else y for k, y in enumerate(trial.arrays)]


def check_other_shapes(trial):
    """A call on any other shapes is refused by us, or gives the shape that the rule says."""
    for arrays in reshaped(trial):
        shapes = [x.shape for x in arrays]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's, of the mean of nothing
            try:
                y = trial.op(*([arrays] if trial.op.variadic else arrays), **trial.params)
            except ClearpropError:
                continue
        said = trial.op.shape(*shapes, **trial.params)
        assert said == y.shape, f"{trial} of {shapes}: the rule says {said}; it is {y.shape}"


@each_trial
def test_shape(trial):
    check_shape(trial)


@pytest.mark.parametrize("kinds", KINDS.values(), ids=KINDS)
@each_trial
def test_dtype(trial, kinds):
    check_dtype(trial, kinds)


@each_trial
def test_other_shapes(trial):
    check_other_shapes(trial)
