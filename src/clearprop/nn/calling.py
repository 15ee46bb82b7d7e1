"""The call of a layer in general: several inputs, masks, penalties, layers inside layers."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from clearprop import ops
from clearprop.core.deferred import Deferred
from clearprop.core.tensor import Tensor, as_tensor
from clearprop.core.tree import flatten, map_tree
from clearprop.errors import ClearpropError
from clearprop.nn.activations import get_activation
from clearprop.nn.effects import losses_wanted
from clearprop.nn.masking import mask_of, masked, unmasked

if TYPE_CHECKING:
    from clearprop.nn.layer import Layer

__all__ = ["add_loss", "call", "fits", "inherited", "shapes_of"]

_TRAINING: ContextVar[bool] = ContextVar("clearprop_training", default=False)
inherited = _TRAINING.get  # whether the call that runs is for training

# Stands for the call that all those that run now are within; None if none does.
_OUTERMOST: ContextVar[object | None] = ContextVar("clearprop_outermost", default=None)

ARRAYS = (Tensor, np.ndarray)
BY_NAME = ("training", "mask")  # what everything from there on is handed over by name for


def call(
    layer: Layer,
    args: tuple[Any, ...],
    training: bool | None,
    options: dict[str, Any],
    *,
    before_activation: bool = False,
) -> Any:
    """
    Call a layer on whatever it is given.

    Parameters
    ----------
    layer : Layer
    args : tuple
        What `layer.call` takes: tensors, arrays, lists, tuples and dicts of such, or else.
    training : bool or None
        None takes that of the layer that calls this one.
    options : dict
        What `layer.call` takes by name.
    before_activation : bool
        Whether to leave out the layer's last function.
    """
    if not args and layer._takes and layer._takes[0] in options:
        args = (options.pop(layer._takes[0]),)
    args, options = _by_name(layer, args, options)
    training = options.pop("training", training)
    if any(isinstance(each, Deferred) for each in flatten([args, options])[0]):
        from clearprop.nn.placeholders import noted  # needs layers, as they need this

        return noted(layer, args, training, options)
    x = args[0] if args else None
    try:
        names = (*layer._takes, *[""] * len(args))
        args = tuple(
            _entering(layer, each, name, first=k == 0)
            for k, (each, name) in enumerate(zip(args, names, strict=False))
        )
        options = {
            key: _entering(layer, each, key) if _holds_arrays(each) else each
            for key, each in options.items()
        }
        mask = _masks(layer, args, options)
        if not layer._keeps_masks:
            args, options = unmasked(args), unmasked(options)
        if not layer.built:
            _build(layer, args, options)
        y = _called(layer, args, training, options, before_activation)
        if mask is not None or layer._makes_mask:
            y = masked(y, layer.compute_mask(args[0], mask))
    except (ClearpropError, ValueError, TypeError) as error:
        error.add_note(layer.whereabouts(x))
        raise
    return y


def _by_name(
    layer: Layer, args: tuple[Any, ...], options: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Put `training` or a mask that came by its place, and what follows, among the options."""
    for k, name in enumerate(layer._takes[: len(args)]):
        if k and name in BY_NAME:
            return args[:k], dict(zip(layer._takes[k:], args[k:], strict=False)) | options
    return args, options


def tried(layer: Layer, x: Any, *args: Any, **options: Any) -> Any:
    """
    Call a layer on zeros, to see what comes out; with a mask, if one of the user's own needs it.

    Whether its input will have a mask, nothing tells before there is data.
    """
    try:
        return layer(x, *args, **options)
    except Exception:
        first = flatten(x)[0][0]
        if "mask" not in layer._takes or not layer._keeps_masks or first.ndim < 2:
            raise
        return layer(x, *args, **{**options, "mask": np.ones(first.shape[:2], bool)})


def _masks(layer: Layer, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Hand masks of inputs to the options that are for them; give that of the first input."""
    first = options.get("mask")
    if first is None and args:
        first = mask_of(args[0])
        if first is not None and "mask" in layer._takes:
            options["mask"] = first
    for name, x in (*zip(layer._takes, args, strict=False), *tuple(options.items())):
        own = mask_of(x)
        if own is not None and f"{name}_mask" in layer._takes:
            options.setdefault(f"{name}_mask", own)
    return first


def _called(
    layer: Layer,
    args: tuple[Any, ...],
    training: bool | None,
    options: dict[str, Any],
    before_activation: bool,
) -> Any:
    """Compute the output, with the layers inside knowing whether it is for training."""
    if training is None:
        training = inherited()
    if layer._takes_training:
        options["training"] = training
    outermost = None if _OUTERMOST.get() else _OUTERMOST.set(object())
    _forget_older(layer)
    token = _TRAINING.set(training)
    try:
        if before_activation:
            y = layer.call_before_activation(*args)
        else:
            y = layer.call(*args, **options)
        if layer.activity_regularizer is not None:
            last = get_activation(layer.final_activation) if before_activation else None
            _penalize(layer, y if last is None else last(y))
    finally:
        _TRAINING.reset(token)
        if outermost is not None:
            _OUTERMOST.reset(outermost)
    _name(y, layer._sum_name if before_activation else layer._output_name)
    return y


def _forget_older(layer: Layer) -> None:
    """Drop what a layer added to the loss, unless within the call that runs now."""
    now = _OUTERMOST.get()
    if layer.added_losses and layer.added_in is not now:
        layer.added_losses = ()
    layer.added_in = now


def add_loss(layer: Layer, penalty: Any) -> None:
    """Do what `Layer.add_loss` says."""
    wanted = losses_wanted()
    if wanted is not None:
        wanted.append(penalty)
        return
    _forget_older(layer)
    layer.added_losses = (*layer.added_losses, penalty)


def _name(y: Any, name: str) -> None:
    """Name what came out, where it has no name yet; what is one of several, by its place."""
    if isinstance(y, Tensor):
        if y.node.name is None:
            y.node.name = name
    elif isinstance(y, list | tuple):
        for k, each in enumerate(y):
            _name(each, f"{name}_{k}" if k else name)
    elif isinstance(y, dict):
        for key, each in y.items():
            _name(each, f"{name}_{key}")


def _penalize(layer: Layer, y: Any) -> None:
    """Add what the activity regularizer says of each output, an average over the batch."""
    for each in flatten(y)[0]:
        if isinstance(each, Tensor):
            layer.add_loss(ops.divide(layer.activity_regularizer(each), float(each.shape[0])))


def _entering(layer: Layer, x: Any, name: str, *, first: bool = False) -> Any:
    """
    Make tensors of the arrays of an argument; of the first argument, of lists of numbers too.

    A mask says what counts, and is no number: it stays of the kind it is.
    """
    if name.endswith("mask"):
        return map_tree(lambda each: as_tensor(each) if isinstance(each, ARRAYS) else each, x)
    if isinstance(x, list | tuple) and first and not _holds_arrays(x):
        return layer.enters(x)
    return map_tree(
        lambda each: _entered(layer, each) if first or isinstance(each, ARRAYS) else each, x
    )


def _entered(layer: Layer, x: Any) -> Any:
    entered = layer.enters(x)
    mask = mask_of(x)
    return entered if mask is None else masked(entered, mask)


def _holds_arrays(x: Any) -> bool:
    return any(isinstance(each, ARRAYS) for each in flatten(x)[0])


def _build(layer: Layer, args: tuple[Any, ...], options: Mapping[str, Any]) -> None:
    """Build a layer for the shapes of what its call is given."""
    wanted = layer._build_takes
    if len(wanted) < 2:
        layer.build_for_call(shapes_of(args[0]))
        return
    given = {**dict(zip(layer._takes, args, strict=False)), **options}
    layer.build(
        **{
            f"{name}_shape": shapes_of(x)
            for name, x in given.items()
            if f"{name}_shape" in wanted and x is not None
        }
    )


def shapes_of(x: Any) -> Any:
    """
    Give the shape of an array, or the shapes of a list or dict of arrays.

    Examples
    --------
    >>> shapes_of([np.zeros((2, 3)), np.zeros(4)])
    [(2, 3), (4,)]
    """
    if isinstance(x, dict):
        return {key: shapes_of(each) for key, each in x.items()}
    if isinstance(x, list | tuple) and any(hasattr(each, "shape") for each in x):
        return [shapes_of(each) for each in x]
    return tuple(x.shape) if hasattr(x, "shape") else tuple(np.shape(x))


def fits(shapes: Any, built_for: Any) -> bool:
    """Tell whether shapes are among those that a layer was built for; None stands for any size."""
    if isinstance(built_for, dict) and isinstance(shapes, dict):
        return built_for.keys() == shapes.keys() and all(
            fits(shapes[key], own) for key, own in built_for.items()
        )
    if isinstance(built_for, list) and isinstance(shapes, list):
        return len(built_for) == len(shapes) and all(map(fits, shapes, built_for))
    if not isinstance(built_for, tuple) or not isinstance(shapes, tuple):
        return False
    return len(built_for) == len(shapes) and all(
        want in (None, got) for want, got in zip(built_for, shapes, strict=True)
    )
