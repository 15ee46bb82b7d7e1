"""The gradient of one weight as a product of named factors: the chain rule as one writes it."""

from __future__ import annotations

from functools import reduce

from clearprop.errors import AddressError, nearest
from clearprop.explain.formula import Formula, Quantity
from clearprop.explain.hand import Calculation
from clearprop.explain.lines import Line
from clearprop.explain.writing import op
from clearprop.lang import told

__all__ = ["factors"]


def factors(calculation: Calculation, weight: str) -> list[Line]:
    """
    Write a weight's gradient as ∂E/∂output · ∂output/∂sum · ∂sum/∂weight, and each factor.

    Parameters
    ----------
    calculation : Calculation
        Of one example.
    weight : str
        ``w5`` or ``b2``.

    Returns
    -------
    list of Line
        The product first. It has two factors for a linear unit, whose output is its sum, and
        where δ is found at once: of softmax, and of outputs by cross-entropy.

    Raises
    ------
    AddressError
        If no weight is called that.

    Examples
    --------
    >>> from clearprop.explain.seven import Dense
    >>> import numpy as np
    >>> step = Calculation([Dense(np.array([[3.0]]), None, "linear")], [2], [10], 0.1)
    >>> [(line.name, line.quantity.value) for line in factors(step, "w1")]
    [('dE/dw1', -8.0), ('dE/do1', -4.0), ('do1/dw1', 2.0)]
    """
    gradient = calculation.by_name.get(f"dE/d{weight}")
    if gradient is None or gradient.kind != "gradient":
        known = list(calculation.gradients)
        close = nearest(weight, known) or known[:4]
        raise AddressError(told("asking.no_weight", name=repr(weight), nearest=", ".join(close)))
    k, j, i = gradient.layer, gradient.unit, gradient.input
    unit, z = calculation.units[k][j], calculation.sums[k][j]
    slope = calculation.by_name.get(f"d{unit}/dsum_{unit}")
    if z.symbol == unit:
        chain = [calculation.by_name[f"dE/d{unit}"]]
    elif slope is None:  # softmax, or an output by cross-entropy: δ is not one product
        chain = [calculation.by_name[f"delta_{unit}"]]
    else:
        chain = [calculation.by_name[f"dE/d{unit}"], slope]
    value: Formula = calculation.inputs[k][i] if i >= 0 else Quantity(1.0)
    own = calculation.b[k] if i < 0 else calculation.w[k][j]
    assert own is not None  # a bias that is named is there
    latex = own[j if i < 0 else i].latex
    symbol, latex_z = f"∂{z.symbol}/∂{weight}", rf"\frac{{\partial {z.latex}}}{{\partial {latex}}}"
    chain.append(
        calculation.line(f"d{z.symbol}/d{weight}", "input", (k, j, i), value, symbol, latex_z)
    )
    product = reduce(lambda left, line: op("multiply", left, line.quantity), chain[1:],
                     _quantity(chain[0]))  # fmt: skip
    whole = calculation.line(
        gradient.name, "gradient", (k, j, i), product,
        gradient.quantity.symbol, gradient.quantity.latex,
    )  # fmt: skip
    return [whole, *chain]


def _quantity(line: Line) -> Formula:
    return line.quantity
