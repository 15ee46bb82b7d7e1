"""`pushes`: which inputs pushed a unit up or down, signed, adding up to what it came to."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.core.tape import plain, walk
from clearprop.core.tensor import Node
from clearprop.errors import AddressError, OptionError, nearest
from clearprop.explain.addresses import parse
from clearprop.explain.explanation import Explanation, Step
from clearprop.explain.formula import Formula, Quantity, Terms, apply
from clearprop.explain.naming import Name
from clearprop.explain.network import Recording
from clearprop.explain.recorded import record_model
from clearprop.lang import language, say, told, with_errors_in_lang

__all__ = ["pushes"]

MOST_IN_FACTS = 4096  # inputs; beyond that a picture of them shows nothing


@with_errors_in_lang
def pushes(
    model: Any,
    address: str,
    *,
    x: Any,
    through: str | None = None,
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
    through : str, optional
        A layer, whose units' outputs push then: ``"dense"``; by default the inputs, all of them.
    sample : int
        Which example.
    lang, digits, top
        As for `why`.

    Returns
    -------
    Explanation
        ``facts["pushes"]`` has every push, in the order of the inputs or units, and
        ``facts["rest"]`` what is left; `clearprop.draw.contributions` draws those of an image.

    Raises
    ------
    AddressError
        If the address names nothing, or `through` no layer.
    OptionError
        If it is no unit, or does not depend on that layer.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1, dtype="float64")])
    >>> model.set_weights([[[2.0], [-1.0]], [0.5]])
    >>> cp.pushes(model, "o1", x=[3.0, 4.0]).facts["pushes"]
    [6.0, -4.0]
    """
    recording = record_model(model, x, None)
    samples = recording.facts["samples"]
    asked = parse(address, list(model.sublayers()), recording.features, recording.shapes)
    layer, _, what = asked.tensor.rpartition("/")
    if what not in ("sum", "output") or f"{layer}/sum" not in recording.forward:
        raise OptionError(
            f"pushes are of a unit, such as 'dense/output[3]' or 'o1'; {address!r} is none."
        )
    if not 0 <= sample < samples:
        raise OptionError(f"sample {sample} of {samples}; it goes from 0 to {samples - 1}.")
    node, index = recording.forward[f"{layer}/sum"], (sample, *asked.index)
    slopes = _slopes(node, index, _starts(recording, through))
    if through is not None and not slopes:
        raise OptionError(f"pushes: {address} does not depend on {through!r}.")
    step, found = _step(recording, node, index, slopes, sample, language(lang), top)
    small = sum(slope.size for slope in slopes.values()) <= MOST_IN_FACTS * samples
    facts = recording.facts | (found if small else {})
    return Explanation(address, (step,), facts, "", language(lang), digits)


def _starts(recording: Recording, through: str | None) -> list[Node]:
    """Find what pushes: the inputs, or the outputs of a layer."""
    if through is None:
        return [recording.forward[name] for name in recording.inputs]
    for address in (f"{through}/output", through):
        if address in recording.forward:
            return [recording.forward[address]]
    layers = [a.removesuffix("/output") for a in recording.forward if a.endswith("/output")]
    close = nearest(through, layers) or layers
    raise AddressError(told("asking.nothing_called", text=repr(through), nearest=", ".join(close)))


def _slopes(node: Node, index: tuple[int, ...], starts: list[Node]) -> dict[Node, np.ndarray]:
    """Compute how fast one unit's sum changes with what pushes it; nothing where it does not."""
    seed = np.zeros_like(node.data)
    seed[index] = 1
    found = walk(node, seed, starts, NUMPY, plain)
    return {s: np.asarray(g) for s, g in zip(starts, found, strict=True) if g is not None}


def _step(
    recording: Recording, node: Node, index: tuple[int, ...], slopes: dict[Node, np.ndarray],
    sample: int, lang: str, top: int,
) -> tuple[Step, dict[str, Any]]:  # fmt: skip
    total = float(node.data[index])
    each = {start: start.data[sample] * slope[sample] for start, slope in slopes.items()}
    places = [(start, place) for start in each for place in np.ndindex(each[start].shape)]
    parts = np.array([float(each[start][place]) for start, place in places])
    rest = total - float(parts.sum())
    order = np.argsort(-np.abs(parts), kind="stable")
    shown = [int(k) for k in order[:top] if parts[k] != 0]
    called = _name(recording, node).quantity(index, tuple(node.data.shape), total)
    others = np.delete(parts, shown)
    others = others[others != 0]
    left = say("explain.biases_and_curvature", lang)
    terms: list[Formula] = []
    for k in shown:
        start, place = places[k]
        terms.append(_product(recording, start, (sample, *place), slopes[start], called))
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
    recording: Recording, start: Node, at: tuple[int, ...], slopes: np.ndarray, unit: Quantity
) -> Formula:
    """Write one push: a value times the slope along it."""
    value = _name(recording, start).quantity(at, start.data.shape, float(start.data[at]))
    slope = Quantity(
        float(slopes[at]),
        f"∂{unit.symbol}/∂{value.symbol}",
        rf"\frac{{\partial {unit.latex}}}{{\partial {value.latex}}}",
    )
    return apply(REGISTRY["multiply"], {"x1": value, "x2": slope}, value.value * slope.value)
