"""What a model's passes do beside their results, said in a way that engines understand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from clearprop.core.tree import flatten
from clearprop.engines import Beside
from clearprop.nn.chance import Drawing, drawing_from, from_source
from clearprop.nn.effects import replacing_by
from clearprop.nn.masking import mask_of, masked
from clearprop.nn.recurrent import Recurrent
from clearprop.train.standing import Standing

if TYPE_CHECKING:
    from clearprop.nn import Layer

__all__ = ["beside"]


def beside(model: Layer, standing: Standing, *others: Any) -> Beside:
    """
    Tell what lasts in a model, what it draws, and how that is taken in hand.

    Parameters
    ----------
    model : Layer
    standing : Standing
        Of all that decides what is computed.
    *others : object
        What decides it beside the model.
    """
    return Beside(
        variables=[*model.weights, *_states(model)],
        replacing_by=replacing_by,
        drawing_from=drawing_from,
        draw=from_source,
        mask_of=mask_of,
        masked=masked,
        counters={layer.path: layer for layer in _layers(model) if isinstance(layer, Drawing)},
        unchanged=standing.holds,
        foreign=standing.foreign,
        open=standing.open,
        undoing=lambda: Standing(model, *others).put_back,
    )


def _states(model: Any) -> list[Any]:
    """List what stateful layers remember of the batch before."""
    remembering = (layer for layer in _layers(model) if isinstance(layer, Recurrent))
    return [state for layer in remembering for state in flatten(layer.states)[0]]


def _layers(layer: Any) -> Iterator[Any]:
    yield layer
    for inner in layer.sublayers():
        yield from _layers(inner)
