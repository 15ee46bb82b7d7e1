"""A model run once, in double precision, with everything recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from clearprop.core.tensor import Tensor
from clearprop.core.tree import map_tree
from clearprop.engines import Task
from clearprop.errors import StateError
from clearprop.explain.batches import examples
from clearprop.explain.conventions import loss_kind
from clearprop.explain.doubled import each_layer, in_double, works_otherwise
from clearprop.explain.network import Recording, record
from clearprop.lang import told
from clearprop.train import feed

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
    Run a model on a batch in double precision, recording everything; it is left as it was.

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
    x, y = examples(model, x, y)
    if not model.built:
        model(map_tree(lambda each: each[:1], x))
    kinds = {w.data.dtype.name for w in model.trainable_weights}
    with in_double(model):
        for weight in model.weights:
            if replaced and weight.path in replaced:
                weight.hold(np.asarray(replaced[weight.path], weight.dtype))
        made = _recorded(model, feed.inputs(model, x), y, training=training)
    if len(kinds) == 1:
        made.facts["dtype"] = kinds.pop()
    return made


def _recorded(model: Any, x: Any, y: Any, *, training: bool) -> Recording:
    if not model.compiled:
        if y is not None:
            raise StateError(told("asking.not_compiled"))
        task = Task(forward=_forward(model), loss=_no_loss, predict=_itself)
        return record(task, model, x, None, training=training)
    setup = model.setup_for("why")
    outputs = feed.Outputs(model, x)
    targets = None if y is None else feed.targets(setup, outputs, y)
    recording = record(setup.task(model, outputs), model, x, targets, training=training)
    loss = setup.objective.single
    recording.facts |= {
        "loss": "" if loss is None else loss.name,
        "loss_kind": _kind(loss, len(outputs.names)),
        "optimizer": setup.optimizer.name,
        "outputs": outputs.shape[-1],
    }
    other = [] if training else [e for e in each_layer(model) if works_otherwise(e)]
    if other and all(type(each).__name__.endswith("Dropout") for each in other):
        recording.facts["dropout"] = True
    elif other:
        recording.facts["as_in_prediction"] = [each.name for each in other]
    if targets is not None:
        recording.walk_back()
        recording.update(setup.optimizer, setup.memory, model.trainable_weights)
    return recording


def _kind(loss: Any, outputs: int) -> str:
    """Tell what kind of loss it is; several outputs have their own, which are added up."""
    if outputs > 1:
        return "several"
    return "" if loss is None else loss_kind(loss)


def _forward(model: Any) -> Any:
    return lambda x, training: model(x, training=training)


def _no_loss(*_: Any) -> Any:
    raise StateError(told("asking.no_loss"))


def _itself(output: Tensor) -> Tensor:
    return output
