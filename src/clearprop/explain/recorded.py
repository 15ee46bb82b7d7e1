"""A model, run once on its double-precision twin with everything recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from clearprop.core.tensor import Tensor
from clearprop.engines import Task
from clearprop.errors import StateError
from clearprop.explain.batches import checked_batch
from clearprop.explain.conventions import loss_kind
from clearprop.explain.network import Recording, record
from clearprop.explain.twin import each_layer, twin_of, works_otherwise
from clearprop.train.feed import Outputs

__all__ = ["record_model"]


def record_model(
    model: Any,
    x: Any,
    y: Any,
    *,
    replaced: Mapping[str, np.ndarray] | None = None,
    training: bool = False,
) -> Recording:
    """
    Run a model's double-precision twin on a batch, recording everything.

    Parameters
    ----------
    model : Model
    x, y
        The batch; without `y` there is no loss, and nothing is differentiated.
    replaced : mapping of str to array, optional
        Other values for some weights, by path.
    training : bool
        Whether layers work as in training.

    Raises
    ------
    StateError
        If there are targets, and the model was not compiled with a loss.
    ShapeError, NumericsError
        If the batch does not fit.
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
        return record(
            Task(forward=twin, loss=_no_loss, predict=_itself), twin, x, None, training=training
        )
    setup = model.setup_for("why")
    targets = None if y is None else setup.loss.prepare(y, outputs.shape, outputs.dtype)
    recording = record(setup.task(twin, outputs), twin, x, targets, training=training)
    recording.facts |= {
        "loss": setup.loss.name,
        "loss_kind": loss_kind(setup.loss),
        "optimizer": setup.optimizer.name,
    }
    kinds = {w.data.dtype.name for w in model.trainable_weights}
    if len(kinds) == 1:
        recording.facts["dtype"] = kinds.pop()
    other = [] if training else [e.name for e in each_layer(twin) if works_otherwise(e)]
    if other:
        dropout = all(
            type(e).__name__.endswith("Dropout") for e in each_layer(twin) if works_otherwise(e)
        )
        recording.facts |= {"dropout": True} if dropout else {"as_in_prediction": other}
    recording.facts["outputs"] = outputs.shape[-1]
    if targets is not None:
        recording.walk_back()
        recording.update(setup.optimizer, setup.memory, twin.trainable_weights)
    return recording


def _no_loss(*_: Any) -> Any:
    raise StateError("why: without targets there is no loss.")


def _itself(output: Tensor) -> Tensor:
    return output
