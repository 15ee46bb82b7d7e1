"""`pushes`: which inputs pushed a unit up or down, signed, adding up to what it came to."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.core.tape import plain, walk
from clearprop.core.tensor import Node
from clearprop.errors import OptionError
from clearprop.explain.addresses import parse
from clearprop.explain.explanation import Explanation, Step
from clearprop.explain.formula import Formula, Quantity, Terms, apply
from clearprop.explain.naming import Name
from clearprop.explain.network import Recording
from clearprop.explain.recorded import record_model
from clearprop.lang import language, say

__all__ = ["pushes"]

MOST_IN_FACTS = 4096  # inputs; beyond that a picture of them shows nothing


def pushes(
    model: Any,
    address: str,
    *,
    x: Any,
    sample: int = 0,
    lang: str | None = None,
    digits: int = 6,
    top: int = 5,
) -> Explanation:
    """
    Explain a prediction by what pushed it: each input times the slope of the unit along it.

    The weighted sum of a unit is written as Σ xᵢ · ∂sum/∂xᵢ plus what is left: the biases, and the
    curvature of smooth activations. For networks of ReLUs that is exact, and what is left is the
    biases' share alone.

    Parameters
    ----------
    model : model
    address : str
        A unit: ``"dense_1/output[3]"``, ``"o1"``. Its weighted sum is what is explained.
    x : array, shape (N, ...) or of one example
    sample : int
        Which example.
    lang, digits, top
        As for `why`.

    Returns
    -------
    Explanation
        ``facts["pushes"]`` has every input's push, in the order of the inputs, and
        ``facts["rest"]`` what is left; `clearprop.draw.contributions` draws those of an image.

    Raises
    ------
    AddressError
        If the address names nothing.
    OptionError
        If it is no unit.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1, dtype="float64")])
    >>> model.set_weights([[[2.0], [-1.0]], [0.5]])
    >>> cp.pushes(model, "o1", x=[3.0, 4.0]).facts["pushes"]
    [6.0, -4.0]
    """
    recording = record_model(model, x, None)
    shape = recording.only_input("pushes").data.shape
    asked = parse(address, list(model.sublayers()), recording.features, recording.shapes)
    layer, _, what = asked.tensor.rpartition("/")
    if what not in ("sum", "output") or f"{layer}/sum" not in recording.forward:
        raise OptionError(
            f"pushes are of a unit, such as 'dense/output[3]' or 'o1'; {address!r} is none."
        )
    if not 0 <= sample < shape[0]:
        raise OptionError(f"sample {sample} of {shape[0]}; it goes from 0 to {shape[0] - 1}.")
    node, index = recording.forward[f"{layer}/sum"], (sample, *asked.index)
    slopes = _slopes(recording, node, index)[sample]
    step, found = _step(recording, node, index, slopes, sample, language(lang), top)
    facts = recording.facts | (found if slopes.size <= MOST_IN_FACTS else {})
    return Explanation(address, (step,), facts, "", language(lang), digits)


def _slopes(recording: Recording, node: Node, index: tuple[int, ...]) -> np.ndarray:
    """Compute how fast one unit's sum changes with every input."""
    seed = np.zeros_like(node.data)
    seed[index] = 1
    (slopes,) = walk(node, seed, [recording.forward["x"]], NUMPY, plain)
    return np.zeros_like(recording.forward["x"].data) if slopes is None else np.asarray(slopes)


def _step(
    recording: Recording, node: Node, index: tuple[int, ...], slopes: np.ndarray, sample: int,
    lang: str, top: int,
) -> tuple[Step, dict[str, Any]]:  # fmt: skip
    start = recording.forward["x"]
    inputs, total = start.data[sample], float(node.data[index])
    parts = (inputs * slopes).ravel()
    rest = total - float(parts.sum())
    order = np.argsort(-np.abs(parts), kind="stable")
    shown = [int(k) for k in order[:top] if parts[k] != 0]
    called = _name(recording, node).quantity(index, tuple(node.data.shape), total)
    others = np.delete(parts, shown)
    others = others[others != 0]
    left = say("explain.biases_and_curvature", lang)
    terms: list[Formula] = [
        _product(recording, start, sample, np.unravel_index(k, slopes.shape), slopes, called)
        for k in shown
    ]
    terms.append(Quantity(rest, left, rf"\text{{{left}}}"))
    formula = Terms(tuple(terms), len(others), float(others.sum()), 1, total)
    step = Step(
        f"{called.address}.pushes", called.symbol, called.latex, total, "sum", 1, formula,
        source={"sample": sample, "unit": index[-1]},
    )  # fmt: skip
    return step, {"pushes": parts.tolist(), "rest": rest}


def _name(recording: Recording, node: Node) -> Name:
    return recording.names.of(node) or recording.names.make(node)


def _product(
    recording: Recording, start: Node, sample: int, place: Any, slopes: np.ndarray, unit: Quantity
) -> Formula:
    """Write one input's push: its value times the slope along it."""
    at = (sample, *map(int, place))
    value = _name(recording, start).quantity(at, start.data.shape, float(start.data[at]))
    slope = Quantity(
        float(slopes[at[1:]]),
        f"∂{unit.symbol}/∂{value.symbol}",
        rf"\frac{{\partial {unit.latex}}}{{\partial {value.latex}}}",
    )
    return apply(REGISTRY["multiply"], {"x1": value, "x2": slope}, value.value * slope.value)
