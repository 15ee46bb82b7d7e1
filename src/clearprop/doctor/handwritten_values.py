"""Values on the way forward that were worked out by hand, for a network that clearprop knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import ACTIVATIONS, softmax
from clearprop.doctor.findings import Finding

__all__ = ["Values", "judge_values", "values_of"]


@dataclass(frozen=True)
class Values:
    """
    What a network computes of one example.

    Attributes
    ----------
    known : dict of str to float
        By address, in the order in which it is computed: ``h1.sum``, ``h1``, ``dense/output[0]``.
    deltas : dict of str to str
        The address of a unit's δ, and that of the bias which has the same gradient.
    """

    known: dict[str, float]
    deltas: dict[str, str]


def values_of(model: Any, x: np.ndarray, loss: float) -> Values:
    """
    Compute all sums and outputs of a model of dense layers.

    Parameters
    ----------
    model : Model
    x : array, shape (1, I)
    loss : float
    """
    known: dict[str, float] = {}
    deltas: dict[str, str] = {}
    dense = [layer for layer in model.layers if layer.weights]
    count = 0
    for place, layer in enumerate(dense):
        kernel, *bias = (np.asarray(w.numpy(), float) for w in layer.weights)
        z = x @ kernel + (bias[0] if bias else 0.0)
        x = _activated(layer, z)
        last = place == len(dense) - 1
        count = 0 if last else count
        for j in range(z.shape[1]):
            unit = f"{'o' if last else 'h'}{count + j + 1}"
            known |= {f"{unit}.sum": z[0, j], f"{layer.name}/sum[{j}]": z[0, j]}
            known |= {
                unit: x[0, j],
                f"{unit}.output": x[0, j],
                f"{layer.name}/output[{j}]": x[0, j],
            }
            for form in (f"{unit}.delta", f"δ{unit}", f"δ_{unit}", f"{layer.name}/delta[{j}]"):
                deltas[form] = f"{layer.name}/bias[{j}]"
        count += z.shape[1]
    known |= {"E": loss, "loss": loss}
    return Values(known, deltas)


def _activated(layer: Any, z: np.ndarray) -> np.ndarray:
    name = re.sub(r"^<op (\w+).*", r"\1", str(layer.activation)) if layer.activation else "linear"
    if name == "softmax":
        return np.asarray(softmax(z))
    return np.asarray(ACTIVATIONS[name].f(z)) if name in ACTIVATIONS else z


def judge_values(
    given: Mapping[str, float], bands: Mapping[str, float], known: Mapping[str, float]
) -> Finding | None:
    """
    Find what is wrong on the way forward, and where to begin.

    Parameters
    ----------
    given : mapping of str to float
        By address.
    bands : mapping of str to float
        How far off each may be, as it is rounded.
    known : mapping of str to float
        The right ones, in the order in which they are computed.

    Examples
    --------
    >>> judge_values({"h1": 0.7}, {"h1": 0.05}, {"h1": 0.73}) is None
    True
    >>> judge_values({"h1": 0.8}, {"h1": 0.05}, {"h1": 0.73}).facts[0][0]
    'value'
    """
    wrong = list(_wrong(given, bands, known))
    if not wrong:
        return None
    facts: list[tuple[str, Mapping[str, Any]]] = [
        ("value", {"place": a, "yours": given[a], "right": float(known[a])}) for a in wrong[:4]
    ]
    if len(wrong) > 1:
        facts.append(("first_value", {"place": wrong[0]}))
    return Finding("unexplained", facts=tuple(facts))


def _wrong(
    given: Mapping[str, float], bands: Mapping[str, float], known: Mapping[str, float]
) -> Iterator[str]:
    order: Sequence[str] = list(known)
    for address in sorted(given, key=order.index):
        if abs(given[address] - known[address]) > bands[address] + 1e-9 * abs(known[address]):
            yield address
