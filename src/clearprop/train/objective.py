"""What training makes small: the losses of a model's outputs, and its layers' penalties."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias, final

import numpy as np

from clearprop import losses
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten
from clearprop.errors import OptionError, nearest
from clearprop.losses import Loss
from clearprop.nn.effects import adding_losses_to
from clearprop.nn.masking import mask_of

if TYPE_CHECKING:
    from clearprop.nn import Layer

__all__ = ["Objective", "by_output", "penalized"]

Forward: TypeAlias = Callable[[Any, bool], Any]
Compute: TypeAlias = Callable[[Any, Any, Any], Tensor]


@final
class Objective:
    """
    The losses of a model's outputs, as `compile` was given them.

    Parameters
    ----------
    loss : str, Loss or callable; or a list or dict of such, by output
    weights : list or dict of float, optional
        What each output's loss counts in the sum; 1 by default.

    Attributes
    ----------
    losses : Any
        In the form they were given, made ready.
    """

    def __init__(self, loss: Any, weights: Any = None) -> None:
        self.losses = _ready(loss)
        if not flatten(self.losses)[0] and loss is not None:
            raise OptionError("compile: loss is empty; give one a loss, such as loss='mse'.")
        for each in flatten(self.losses)[0]:
            if each.reduction == "none":
                raise OptionError(
                    f"the loss {each.name!r} has reduction 'none'; training needs one number: use"
                    " 'sum_over_batch_size'."
                )
        self.weights = weights
        for each in flatten(weights)[0]:
            if isinstance(each, int | float) and not isfinite(each):
                raise OptionError(f"loss_weights must be finite numbers; got {each!r}.")

    @property
    def single(self) -> Loss | None:
        """The loss, if one was given for everything."""
        return self.losses if isinstance(self.losses, Loss) else None

    def parts(self, names: Sequence[str]) -> list[tuple[Loss | None, float]]:
        """
        Give each output's loss (None for an output that is not judged) and what it counts.

        Parameters
        ----------
        names : sequence of str
            The outputs' names, in order.

        Raises
        ------
        OptionError
            If there is another number of losses, or a name is none of an output.
        """
        chosen = by_output(self.losses, names, "loss", Loss)
        weights = by_output(self.weights, names, "loss_weights", (int, float))
        counts = [1.0 if weight is None else float(weight) for weight in weights]
        return list(zip(chosen, counts, strict=True))

    def compute(self, names: Sequence[str], fused: Loss | None, *, plain: bool) -> Compute:
        """
        Give what an engine is to compute from targets and outputs: one number.

        Parameters
        ----------
        names : sequence of str
            The outputs' names.
        fused : Loss or None
            What to compute in place of the only loss, from what goes into the last activation.
        plain : bool
            Whether the output is one tensor without a mask.
        """
        parts = self.parts(names)
        if len(parts) == 1:
            ((own, weight),) = parts
            if own is None:
                return _nothing
            loss = fused or own
            return loss.compute if plain and weight == 1 else _one(loss, weight)
        return _sum(parts)


def by_output(given: Any, names: Sequence[str], what: str, kind: Any) -> list[Any]:
    """
    Sort what was given for a model's outputs: one entry for each.

    Parameters
    ----------
    given : Any
        One thing for all outputs, a list in their order, or a dict by their names.
    names : sequence of str
        The outputs' names.
    what : str
        The argument, for messages.
    kind : type
        What one thing is an instance of.

    Raises
    ------
    OptionError
        If there is another number of things, or a name is none of an output.

    Examples
    --------
    >>> by_output({"b": 2}, ["a", "b"], "loss_weights", int)
    [None, 2]
    """
    if given is None or isinstance(given, kind):
        return [given] * len(names)
    if isinstance(given, Mapping):
        for key in given:
            if key not in names:
                close = nearest(str(key), list(names), most=1)
                hint = f" Did you mean {close[0]!r}?" if close else ""
                raise OptionError(
                    f"{what}: the model has no output {key!r}; its outputs are"
                    f" {', '.join(map(repr, names))}.{hint}"
                )
        return [given.get(name) for name in names]
    if isinstance(given, list | tuple):
        if len(given) != len(names):
            raise OptionError(
                f"{what} has {len(given)} entries; the model has {len(names)} outputs"
                f" ({', '.join(names)}): give one for each."
            )
        return list(given)
    raise OptionError(
        f"{what}: got {given!r}; give one, a list with one for each output, or a dict."
    )


def penalized(model: Layer, forward: Forward, loss: Compute) -> tuple[Forward, Compute]:
    """
    Add to a loss what weights and layers raise it by, if any does.

    Parameters
    ----------
    model : Layer
    forward : callable ``(x, training) -> output``
    loss : callable ``(y, output, sample_weight) -> Tensor``

    Returns
    -------
    forward, loss : callable
        To be called one after the other, as an engine does.
    """
    regularized = [(w, w.regularizer) for w in model.trainable_weights if w.regularizer is not None]
    if not regularized and not _may_penalize(model):
        if loss is _nothing:
            raise OptionError(
                "training needs a loss: compile(..., loss='mse'), or a layer that calls add_loss."
            )
        return forward, loss
    raised: list[Tensor] = []

    def watched(x: Any, training: bool) -> Any:
        raised.clear()
        with adding_losses_to(raised):
            return forward(x, training)

    def total(y: Any, output: Any, weight: Any) -> Tensor:
        sum_ = loss(y, output, weight)
        for penalty in raised:
            sum_ = sum_ + penalty
        raised.clear()  # a task lasts longer than a step
        for w, regularizer in regularized:
            sum_ = sum_ + regularizer(w)
        return sum_

    return watched, total


def _may_penalize(layer: Any) -> bool:
    """Tell whether a layer, or one inside it, may add to the loss; one of the user's own may."""
    own = layer.activity_regularizer is not None or layer.adds_losses
    return own or any(_may_penalize(inner) for inner in layer.sublayers())


def _ready(loss: Any) -> Any:
    if loss is None:
        return None
    if isinstance(loss, list | tuple):
        return [_ready(each) for each in loss]
    if isinstance(loss, dict) and "class_name" not in loss:
        return {key: _ready(each) for key, each in loss.items()}
    return losses.get(loss)


def _nothing(y: Any, output: Any, weight: Any) -> Tensor:
    """Give no loss: the layers' own penalties are all there is."""
    first = flatten(output)[0][0]
    return Tensor(Node(np.zeros((), first.dtype)))


def _one(loss: Loss, weight: float) -> Compute:
    """Compute the loss of the only output; a mask that comes with it says what counts."""

    def compute(y: Any, output: Any, sample_weight: Any) -> Tensor:
        if isinstance(y, list):  # of a model that gives a dict, or a list, of one output
            (y,) = y
        if isinstance(sample_weight, list):
            (sample_weight,) = sample_weight
        if output.__class__ is Tensor:
            value = loss.compute(y, output, sample_weight)
        else:
            (output,), mask = flatten(output)[0], mask_of(flatten(output)[0][0])
            value = loss.compute(y, output, sample_weight, mask)
        return value if weight == 1 else value * weight

    return compute


def _sum(parts: Sequence[tuple[Loss | None, float]]) -> Compute:
    """Add the losses of several outputs up."""

    def compute(y: Any, output: Any, sample_weight: Any) -> Tensor:
        outs = flatten(output)[0]
        own = sample_weight if isinstance(sample_weight, list) else [sample_weight] * len(outs)
        total: Any = None
        for (loss, weight), t, out, w in zip(parts, y, outs, own, strict=True):
            if loss is None:
                continue
            value = loss.compute(t, out, w, mask_of(out))
            value = value if weight == 1 else value * weight
            total = value if total is None else total + value
        return _nothing(y, output, sample_weight) if total is None else total

    return compute
