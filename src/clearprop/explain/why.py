"""`why`: the derivation of a number, of a recorded tensor or of a network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, StateError
from clearprop.explain.addresses import Address, activated, parse, units
from clearprop.explain.conventions import Convention, convention_of
from clearprop.explain.explanation import Explanation, State, Step
from clearprop.explain.layouts import layout_of
from clearprop.explain.network import Recording
from clearprop.explain.of_tensor import of_tensor
from clearprop.explain.paths import by_paths
from clearprop.explain.reader import Place, Reader
from clearprop.explain.recorded import record_model
from clearprop.explain.shares import BY, shares
from clearprop.explain.translate import translated
from clearprop.explain.unfold import unfold
from clearprop.lang import language, told, with_errors_in_lang

__all__ = ["why"]

DELTA_FORM = 2  # gradient = δ × input, and that δ


@with_errors_in_lang
def why(
    subject: Any,
    address: str | None = None,
    *,
    x: Any = None,
    y: Any = None,
    sample: int = 0,
    depth: int | str | None = DELTA_FORM,
    paths: bool = False,
    by: str | None = None,
    training: bool = False,
    of: Tensor | None = None,
    lang: str | None = None,
    digits: int = 6,
    top: int = 5,
    convention: str | Convention | None = None,
) -> Explanation:
    """
    Explain a number: its formula, the formula with its numbers, and so on into what it mentions.

    Parameters
    ----------
    subject : Tensor or model
        One element of a recorded tensor, such as ``w.grad[0, 2]``; or a model.
    address : str
        Of a model, which number: ``"dense_1/kernel[0,2]"`` (a weight: its gradient and its next
        value), ``"dense/output[3]"``, ``"dense/sum[3].delta"``, ``"x[5].gradient"``, ``"loss"``; of
        small dense networks also ``w5``, ``b1``, ``h2``, ``o1``, ``E``, as one numbers by hand.
        What a layer made at its second call of several is ``"dense/output@2[3]"``.
        Of a tensor, ``"gradient"`` for its gradient, or for why it has none.
    x, y : array, shape (N, ...) or of one example, or a tree of them
        Of a model, the batch it is asked for. Without `y` there is no loss to differentiate.
    sample : int
        Which example of the batch, counted from 0, for what differs by example.
    depth : int, "all" or None
        How many levels to open: 0 is one sentence, 1 the formula itself (a gradient is δ times
        input), 2 opens its deltas, 3 the deltas behind those; "all" (or None) goes all the way to
        the inputs and the loss.
    paths : bool
        Of a weight of a dense network: whether to write its gradient as a sum over the paths to
        the loss too, for that `sample`, largest first.
    by : {"sample", "class"}, optional
        Of a weight: by what to split its gradient too, largest first.
    training : bool
        Whether layers work as in a step of training: dropout drops, with the mask that the next
        step would have; batch normalization takes the batch's own mean and variance.
    of : Tensor, optional
        Of a tensor's gradient: of what. Only then can it be told whether that depends on it.
    lang : {"ko", "en"}, optional
        Language of the displays; by default CLEARPROP_LANG, then the locale.
    digits : int
        Significant digits, 1 to 17.
    top : int
        How many terms of a long sum to show; the rest is counted and added up.
    convention : {"book", "bpnn", "keras", "torch", "sklearn"} or Convention, optional
        Whose definitions to explain it by: the loss and its derivatives are those that it would
        have, and a step of its own says by what factor. By default the model's own.

    Returns
    -------
    Explanation
        Printed as text; see its `to_text`, `to_latex`, `to_html` and `to_json`.

    Raises
    ------
    AddressError
        If the address names nothing; the message has the nearest.
    ShapeError
        If the tensor has several elements, or `x` and `y` do not fit the model.
    OptionError
        If an argument is out of its domain.
    StateError
        If there is no loss to differentiate, or nothing to explain.

    Examples
    --------
    >>> import clearprop as cp
    >>> w, x = cp.tensor(3.0, name="w"), cp.tensor(2.0, name="x")
    >>> loss = cp.square(w * x - 10)
    >>> loss.name = "E"
    >>> loss.backward()
    >>> cp.why(w.grad).value
    -16.0
    """
    depth = None if depth == "all" else depth
    if isinstance(depth, str):
        raise OptionError(told("asking.depth", got=repr(depth)))
    _check(depth, digits, top, by)
    if subject is None:
        raise StateError(told("asking.no_number_yet"))
    view = View(depth, paths, by, language(lang), digits, top)
    if isinstance(subject, Tensor):
        if convention is not None:
            raise OptionError(told("asking.tensor_convention"))
        return of_tensor(subject, address, of, depth, view.lang, digits, top)
    if address is None or x is None:
        raise OptionError(told("asking.needs_model"))
    made = _of_model(subject, address, record_model(subject, x, y, training=training), sample, view)
    if convention is None:
        return made
    if not subject.compiled:
        raise StateError(told("asking.nothing_to_translate"))
    return translated(made, subject.setup_for("why").loss, convention)


def _check(depth: int | None, digits: int, top: int, by: str | None) -> None:
    if depth is not None and depth < 0:
        raise OptionError(told("asking.depth", got=repr(depth)))
    if not 1 <= digits <= 17:
        raise OptionError(told("asking.digits", got=repr(digits)))
    if top < 1:
        raise OptionError(told("asking.top", got=repr(top)))
    if by is not None and by not in BY:
        raise OptionError(told("asking.by", got=repr(by)))


class View(NamedTuple):
    """How much of a derivation to show, and how; see `why`."""

    depth: int | None
    paths: bool
    by: str | None
    lang: str
    digits: int
    top: int

    @property
    def levels(self) -> int | None:
        """How many levels to work out: a sentence is made from the first."""
        return None if self.depth is None else max(1, self.depth)


def _of_model(
    model: Any, address: str, recording: Recording, sample: int, view: View
) -> Explanation:
    layers = list(model.sublayers())
    asked = parse(address, layers, recording.features, recording.shapes, batched=recording.batched)
    sample = sample if asked.sample is None else asked.sample
    if not 0 <= sample < recording.facts["samples"]:
        samples = recording.facts["samples"]
        raise OptionError(told("asking.sample", sample=sample, samples=samples, last=samples - 1))
    absent = recording.absent(asked)
    if absent is not None:
        step = recording.without_gradient(asked, sample, absent)
        return Explanation(address, (step,), recording.facts, "", view.lang, view.digits)
    place = Place(*recording.locate(asked, sample))
    reader = Reader(recording.names, top=view.top)
    name = recording.names.of(place.node)
    backward = name is not None and (name.gradient or name.role == "update")
    everything = view.depth is None or not backward
    steps = unfold(reader, place, depth=view.levels, everything=everything)
    passed = recording.passed_on(asked, place.index)
    if passed is not None:
        steps.insert(0, passed)
    facts = recording.facts | ({"depth": 0} if view.depth == 0 else {})
    facts = facts | layout_of(model, asked.tensor)
    if view.paths:
        steps.insert(1, _over_paths(recording, layers, asked, sample, steps[0], view.top))
    if view.by is not None:
        steps.insert(1, shares(recording, asked, steps[0], view.by, view.lang, view.top))
    if asked.tensor in recording.updates and asked.aspect in ("", "gradient"):
        facts = facts | _weight_facts(recording, asked.tensor, asked.index)
        after = Place(recording.updates[asked.tensor], asked.index)
        known = {step.address for step in steps}
        update = unfold(reader, after, depth=DELTA_FORM, everything=False)  # and its momentum
        steps += [step for step in update if step.address not in known]
    steps = [_lost(step, recording) for step in steps]
    follows = backward or asked.tensor == "loss"
    convention = convention_of(model.setup_for("why").loss).name if follows else ""
    shown = steps[:1] if view.depth == 0 else steps
    return Explanation(address, tuple(shown), facts, convention, view.lang, view.digits)


def _lost(step: Step, recording: Recording) -> Step:
    """Say of a weight's next value that the model's own kind of number cannot tell it apart."""
    address = step.address.partition(".next")
    dtype, held = recording.facts.get("dtype"), recording.forward.get(address[0])
    if not address[1] or held is None or dtype is None or dtype == "float64":
        return step
    before = float(held.data[tuple(map(int, filter(None, address[2].strip("[]").split(","))))])
    kind = np.dtype(dtype).type
    if step.value == before or kind(step.value) != kind(before):
        return step
    return replace(step, state=State("step_lost", {"dtype": dtype, "value": before}))


def _over_paths(
    recording: Recording, layers: Any, asked: Address, sample: int, gradient: Step, top: int
) -> Step:
    """Write a weight's gradient, for one sample, as a sum over paths."""
    if len(asked.index) != 2:
        raise OptionError(told("asking.paths_of_weight", name=asked.tensor))
    units_of = {activated(each, layers).path for each in layers if each.weights}
    between = [each for each in layers if each.path in recording.changing - units_of]
    between = [each for each in between if not each.weights]
    if between or not units(layers, recording.features):
        raise OptionError(told("asking.paths_of_dense", layer=repr((between or layers)[-1])))
    found = by_paths(recording, layers, asked.tensor, asked.index, sample=sample, top=top)
    alone = recording.facts["samples"] == 1
    return replace(
        gradient,
        address=f"{gradient.address}.paths",
        symbol=gradient.symbol if alone else f"{gradient.symbol}⁽{sample}⁾",
        latex=gradient.latex if alone else f"{gradient.latex}^{{({sample})}}",
        value=found.value,
        role="paths",
        formula=found,
        condition=None,
        state=None,
        source={**gradient.source, "sample": sample},
    )


def _weight_facts(recording: Recording, tensor: str, index: tuple[int, ...]) -> dict[str, Any]:
    """Tell what a weight is, and what it will be: what the sentences of an explanation say."""
    weight, after = recording.forward[tensor], recording.updates[tensor]
    name = recording.names.of(weight)
    loss = recording.names.of(recording.forward["loss"])
    assert name is not None  # both were named when they were recorded
    assert loss is not None
    value = float(weight.data[index])
    return {
        "subject": name.quantity(index, tuple(weight.data.shape), value).symbol,
        "loss_symbol": loss.symbol,
        "value": value,
        "next": float(np.asarray(after.data)[index]),
    }
