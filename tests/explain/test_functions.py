"""The functions of printed formulas, against those of Python and the library's own operations."""

import math

import numpy as np
import pytest

from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.explain.evaluation import evaluate
from clearprop.explain.expression import call
from clearprop.explain.functions import FUNCTIONS

PLACES = (-7.5, -2.5, -1.0, -0.3, 0.0, 0.3, 0.5, 1.0, 2.5, 7.0)
OF_PYTHON = {
    "√": math.sqrt,
    "abs": abs,
    "ln": math.log,
    "max": max,
    "maximum": max,
    "min": min,
    "minimum": min,
    "relu": lambda x: max(x, 0),
    "ReLU": lambda x: max(x, 0),
    "round": round,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "σ": lambda x: 1 / (1 + math.exp(-x)),
    "sign": lambda x: (x > 0) - (x < 0),
    "softplus": lambda x: math.log1p(math.exp(x)),
}
OF_TWO = {"atan2", "copysign", "hypot", "logaddexp", "max", "maximum", "min", "minimum"}
IN_PYTHON = sorted(name for name in FUNCTIONS if name in OF_PYTHON or hasattr(math, name))
# Here `max` and `min` are of two numbers; as operations they reduce an axis.
AS_OPERATIONS = sorted((FUNCTIONS.keys() & REGISTRY.keys()) - {"max", "min"})


def arguments_for(name):
    return [(x, 1.5) if name in OF_TWO else (x,) for x in PLACES]


@pytest.mark.parametrize("name", IN_PYTHON)
def test_functions_are_those_of_python(name):
    function = OF_PYTHON.get(name) or getattr(math, name)
    for arguments in arguments_for(name):
        formula = call(name, *arguments)
        try:
            expected = function(*arguments)
        except ValueError:
            with pytest.raises(ArithmeticError):
                evaluate(formula)
        else:
            assert float(evaluate(formula)) == pytest.approx(expected, rel=1e-14, abs=1e-30)


@pytest.mark.parametrize("name", AS_OPERATIONS)
def test_functions_are_the_operations_of_that_name(name):
    for arguments in arguments_for(name):
        with np.errstate(all="ignore"):
            expected = float(REGISTRY[name].compute(NUMPY, *map(np.float64, arguments)))
        if math.isfinite(expected):
            value = float(evaluate(call(name, *arguments)))
            assert value == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_no_function_goes_unchecked():
    assert set(IN_PYTHON) | set(AS_OPERATIONS) == set(FUNCTIONS)
