"""`why`: the derivation of a number, of a recorded tensor or of a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from clearprop.core.tensor import Tensor
from clearprop.engines import Task
from clearprop.errors import OptionError, ShapeError, StateError
from clearprop.explain.addresses import Address, parse
from clearprop.explain.conventions import Convention, convention_of, loss_kind
from clearprop.explain.explanation import Explanation, Step
from clearprop.explain.naming import Names
from clearprop.explain.batches import checked_batch
from clearprop.explain.network import Recording, record
from clearprop.explain.paths import by_paths
from clearprop.explain.reader import Place, Reader
from clearprop.explain.translate import translated
from clearprop.explain.twin import twin_of
from clearprop.explain.unfold import unfold
from clearprop.lang import language
from clearprop.train.feed import Outputs

__all__ = ["why"]

DELTA_FORM = 2  # gradient = δ × input, and that δ


def why(
    subject: Any,
    address: str | None = None,
    *,
    x: Any = None,
    y: Any = None,
    sample: int = 0,
    depth: int | None = DELTA_FORM,
    paths: bool = False,
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
    x, y : array, shape (N, ...) or of one example
        Of a model, the batch it is asked for. Without `y` there is no loss to differentiate.
    sample : int
        Which example of the batch, for what differs by example.
    depth : int or None
        How many levels to open: 1 is the formula itself, 2 opens its deltas, None goes all the
        way to the inputs and the loss.
    paths : bool
        Of a weight of a dense network: whether to write its gradient as a sum over the paths to
        the loss too, for that `sample`, largest first.
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
        If what is asked for is not on the path to the loss.

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
    _check(depth, digits, top)
    if isinstance(subject, Tensor):
        if convention is not None:
            raise OptionError("convention= is for a model's numbers; a tensor follows its code.")
        return _of_tensor(subject, address, depth, language(lang), digits, top)
    if address is None or x is None:
        raise OptionError(
            "why(model, address, x=..., y=...): a model's number needs an address, such as"
            " 'dense_1/kernel[0,2]', and the inputs it is asked for."
        )
    view = View(depth, paths, language(lang), digits, top)
    made = _of_model(subject, address, x, y, sample, view)
    if convention is None:
        return made
    if not subject.compiled:
        raise StateError("why: before compile(loss=...) there is no loss to translate.")
    return translated(made, subject.setup_for("why").loss, convention)


def _check(depth: int | None, digits: int, top: int) -> None:
    if depth is not None and depth < 1:
        raise OptionError(f"depth must be at least 1, or None for everything; got {depth!r}.")
    if not 1 <= digits <= 17:
        raise OptionError(f"digits must be from 1 to 17; got {digits!r}.")
    if top < 1:
        raise OptionError(f"top must be at least 1; got {top!r}.")


def _of_tensor(
    subject: Tensor, address: str | None, depth: int | None, lang: str, digits: int, top: int
) -> Explanation:
    if address is not None:
        raise OptionError(f"a tensor's element is asked for by indexing it; got {address!r} too.")
    if subject.size != 1:
        raise ShapeError(
            f"why explains one number; this tensor has shape {subject.shape}."
            f" Ask for an element: tensor[{', '.join('0' * subject.ndim)}]."
        )
    reader = Reader(Names(), top=top)
    start = reader.settle(Place(subject.node, (0,) * subject.ndim))
    name = reader.names.of(start.node)
    everything = depth is None or name is None or not name.gradient
    steps = unfold(reader, start, depth=depth, everything=everything)
    return Explanation(steps[0].address, tuple(steps), {}, "", lang, digits)


class View(NamedTuple):
    """How much of a derivation to show, and how; see `why`."""

    depth: int | None
    paths: bool
    lang: str
    digits: int
    top: int


def _of_model(model: Any, address: str, x: Any, y: Any, sample: int, view: View) -> Explanation:
    recording = record_model(model, x, y)
    inputs = int(np.prod(recording.forward["x"].data.shape[1:]))
    asked = parse(address, model.layers, inputs)
    if not 0 <= sample < recording.facts["samples"]:
        raise OptionError(
            f"sample {sample} of {recording.facts['samples']};"
            f" it goes from 0 to {recording.facts['samples'] - 1}."
        )
    place = Place(*recording.locate(asked, sample))
    reader = Reader(recording.names, top=view.top)
    name = recording.names.of(place.node)
    backward = name is not None and (name.gradient or name.role == "update")
    everything = view.depth is None or not backward
    steps = unfold(reader, place, depth=view.depth, everything=everything)
    facts = recording.facts
    if view.paths:
        steps.insert(1, _over_paths(recording, model.layers, asked, sample, steps[0], view.top))
    if asked.tensor in recording.updates and asked.aspect in ("", "gradient"):
        facts = facts | _weight_facts(recording, asked.tensor, asked.index)
        after = Place(recording.updates[asked.tensor], asked.index)
        known = {step.address for step in steps}
        update = unfold(reader, after, depth=DELTA_FORM, everything=False)  # and its momentum
        steps += [step for step in update if step.address not in known]
    follows = backward or asked.tensor == "loss"
    convention = convention_of(model.setup_for("why").loss).name if follows else ""
    return Explanation(address, tuple(steps), facts, convention, view.lang, view.digits)


def _over_paths(
    recording: Recording, layers: Any, asked: Address, sample: int, gradient: Step, top: int
) -> Step:
    """Write a weight's gradient, for one sample, as a sum over paths."""
    if len(asked.index) != 2:
        raise OptionError(f"paths start from a weight; {asked.tensor} has no paths of its own.")
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


def record_model(
    model: Any, x: Any, y: Any, *, replaced: Mapping[str, np.ndarray] | None = None
) -> Recording:
    """
    Run a model's double-precision twin on a batch, recording everything.

    The twin has the same weights: a float32 is a float64 too. Its numbers are the model's but for
    the rounding of the model's own kind of number. `replaced` has other values for some weights,
    by path.
    """
    if not model.built:
        model.build(np.shape(x))
    example = tuple(model.built_for[1:])
    x, y = checked_batch(x, y, example)
    twin = twin_of(model)
    for weight in twin.weights:
        if replaced and weight.path in replaced:
            weight.hold(np.asarray(replaced[weight.path], weight.dtype))
    outputs = Outputs(twin, x)
    if not model.compiled:
        if y is not None:
            raise StateError("why: the loss is not known before compile(loss=...).")
        return record(Task(forward=twin, loss=_no_loss, predict=_itself), twin, x, None)
    setup = model.setup_for("why")
    targets = None if y is None else setup.loss.prepare(y, outputs.shape, outputs.dtype)
    recording = record(setup.task(twin, outputs), twin, x, targets)
    recording.facts |= {
        "loss": setup.loss.name,
        "loss_kind": loss_kind(setup.loss),
        "optimizer": setup.optimizer.name,
        "dropout": any(type(layer).__name__.endswith("Dropout") for layer in twin.layers),
    }
    recording.facts["outputs"] = outputs.shape[-1]
    if targets is not None:
        recording.walk_back()
        recording.update(setup.optimizer, setup.memory)
    return recording


def _no_loss(*_: Any) -> Any:
    raise StateError("why: without targets there is no loss.")


def _itself(output: Tensor) -> Tensor:
    return output


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
