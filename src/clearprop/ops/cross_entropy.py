"""Cross-entropies from raw scores: stable, and with the gradient everyone knows, y - t."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import between, case, integers, real
from clearprop.core.op import Shape, op
from clearprop.core.shapes import axis_in
from clearprop.errors import ShapeError
from clearprop.ops.common import floating
from clearprop.ops.gathering import no_such_class
from clearprop.ops.indexing import whole_numbers
from clearprop.ops.softmax import shifted

__all__ = [
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "sparse_softmax_cross_entropy",
]

Array = Any


def _without(x: Shape, axis: int, what: str) -> Shape:
    a = axis_in(axis, len(x), what)
    if x[a] == 0:
        raise ShapeError(f"{what}: logits of shape {x} have no classes along axis {axis}.")
    return (*x[:a], *x[a + 1 :])


def _per_sample(logits: Shape, targets: Shape, *, axis: int = -1) -> Shape:
    if logits != targets:
        labels = targets == _without(logits, axis, "softmax_cross_entropy")
        raise ShapeError(
            f"softmax_cross_entropy: logits are {logits}, targets {targets}; they must be the same."
            + (" For labels use sparse_softmax_cross_entropy, or one_hot." if labels else "")
        )
    return _without(logits, axis, "softmax_cross_entropy")


def _cross_entropy_numpy(xp: Any, logits: Array, targets: Array, *, axis: int = -1) -> Array:
    low = shifted(logits, axis)
    log_sum = np.log(xp.sum(np.exp(low), axis=axis, keepdims=True))
    if low.size and low.min() == -np.inf:  # a class ruled out costs nothing if its target is 0
        low = np.where(targets == 0, 0, low)
    low -= log_sum
    return -xp.vecdot(targets, low, axis=axis)


@op(
    "cross_entropy(softmax({logits}), {targets})",
    r"H({targets}, \mathrm{softmax}({logits}))",
    shape=_per_sample,
    dtype=floating,
    strict=True,
    cases=[
        case(real(3, 4), between(0, 1, 3, 4)),
        case(real(2, 3, 4), between(0, 1, 2, 3, 4), axis=1),
        case(real(5), between(0, 1, 5)),
        case(real(2, 1), between(0, 1, 2, 1)),
        case(real(0, 3), between(0, 1, 0, 3)),
    ],
    impl={"numpy": _cross_entropy_numpy},
)
def softmax_cross_entropy(xp: Any, logits: Array, targets: Array, *, axis: int = -1) -> Array:
    """Sum over classes of target times minus log softmax; one loss a sample."""
    low = logits - xp.max(logits, axis=axis, keepdims=True)
    log_sum = xp.log(xp.sum(xp.exp(low), axis=axis, keepdims=True))
    low = xp.where(targets == 0, 0.0, low)
    return xp.sum(targets * (log_sum - low), axis=axis)


def _share_less_target(
    xp: Any, g: Array, y: Array, logits: Array, targets: Array, axis: int = -1
) -> Array:
    total = xp.sum(targets, axis=axis, keepdims=True)  # 1 for probabilities
    share = xp.softmax(logits, axis=axis)
    return xp.expand_dims(g, axis=axis) * (share * total - targets)


softmax_cross_entropy.vjp(
    logits=_share_less_target,
    targets=lambda xp, g, y, logits, targets, axis=-1: (
        -xp.expand_dims(g, axis=axis) * xp.log_softmax(logits, axis=axis)
    ),
)


@softmax_cross_entropy.compose
def _minus_log_softmax(xp: Any, logits: Array, targets: Array, *, axis: int = -1) -> Array:
    return -xp.sum(targets * xp.log(xp.softmax(logits, axis=axis)), axis=axis)


def _per_label(logits: Shape, labels: Shape, *, axis: int = -1) -> Shape:
    expected = _without(logits, axis, "sparse_softmax_cross_entropy")
    if labels != expected:
        raise ShapeError(
            f"sparse_softmax_cross_entropy: logits are {logits}, labels {labels}; with classes"
            f" along axis {axis} the labels must be {expected}."
            + (" For one-hot targets use softmax_cross_entropy." if labels == logits else "")
        )
    return expected


def _sparse_numpy(xp: Any, logits: Array, labels: Array, *, axis: int = -1) -> Array:
    labels = np.asarray(labels)
    whole_numbers("sparse_softmax_cross_entropy", labels)
    classes = logits.shape[axis]
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise no_such_class("sparse_softmax_cross_entropy", labels, classes)
    low = shifted(logits, axis)
    log_sum = np.log(xp.sum(np.exp(low), axis=axis))
    if logits.ndim == 2 and axis in (-1, 1):  # the most frequent, and much faster so
        return log_sum - low[np.arange(len(labels)), labels]
    at = np.expand_dims(labels, axis)
    return log_sum - np.take_along_axis(low, at, axis=axis).squeeze(axis)


@op(
    "cross_entropy(softmax({logits}), {labels})",
    r"-\log \mathrm{softmax}({logits})_{labels}",
    shape=_per_label,
    dtype=lambda logits, labels, **_: floating(logits),
    strict=True,
    cases=[
        case(real(3, 4), integers(4, 3)),
        case(real(2, 3, 4), integers(3, 2, 4), axis=1),
        case(real(5), integers(5)),
        case(real(2, 1), integers(1, 2)),
        case(real(0, 3), integers(3, 0)),
    ],
    impl={"numpy": _sparse_numpy},
)
def sparse_softmax_cross_entropy(xp: Any, logits: Array, labels: Array, *, axis: int = -1) -> Array:
    """Minus log softmax of the class that each label numbers; one loss a sample."""
    low = logits - xp.max(logits, axis=axis, keepdims=True)
    log_sum = xp.log(xp.sum(xp.exp(low), axis=axis))
    at = xp.expand_dims(labels, axis=axis)
    return log_sum - xp.squeeze(xp.take_along_axis(low, at, axis=axis), axis=axis)


def _share_less_one(
    xp: Any, g: Array, y: Array, logits: Array, labels: Array, axis: int = -1
) -> Array:
    up, at = xp.expand_dims(g, axis=axis), xp.expand_dims(labels, axis=axis)
    hit = xp.scatter_along_axis(up, at, size=logits.shape[axis], axis=axis)
    return up * xp.softmax(logits, axis=axis) - hit


sparse_softmax_cross_entropy.vjp(logits=_share_less_one)


@sparse_softmax_cross_entropy.compose
def _minus_log_of_label(xp: Any, logits: Array, labels: Array, *, axis: int = -1) -> Array:
    share, at = xp.softmax(logits, axis=axis), xp.expand_dims(labels, axis=axis)
    return -xp.log(xp.squeeze(xp.take_along_axis(share, at, axis=axis), axis=axis))


def _alike(logits: Shape, targets: Shape) -> Shape:
    if logits != targets:
        raise ShapeError(
            f"sigmoid_cross_entropy: logits are {logits}, targets {targets}; they must be the same."
            " Use reshape or broadcast_to."
        )
    return logits


@op(
    "cross_entropy(sigmoid({logits}), {targets})",
    r"H({targets}, \sigma({logits}))",
    shape=_alike,
    dtype=floating,
    elementwise=True,
    strict=True,
    cases=[
        case(real(3, 4), between(0, 1, 3, 4)),
        case(real(), between(0, 1)),
        case(real(0), between(0, 1, 0)),
    ],
)
def sigmoid_cross_entropy(xp: Any, logits: Array, targets: Array) -> Array:
    """Cost of saying yes with probability sigmoid of the score, when the target is the truth."""
    far = xp.abs(logits)
    wrong = xp.where(logits < 0, targets, 1 - targets)  # the share that the sign is wrong about
    return xp.where(wrong == 0, 0.0, far) * wrong + xp.log1p(xp.exp(-far))


sigmoid_cross_entropy.vjp(
    logits=lambda xp, g, y, logits, targets: g * (xp.sigmoid(logits) - targets),
    targets=lambda xp, g, y, logits, targets: -g * logits,
)


@sigmoid_cross_entropy.compose
def _both_logs(xp: Any, logits: Array, targets: Array) -> Array:
    yes = xp.sigmoid(logits)
    return -(targets * xp.log(yes) + (1 - targets) * xp.log(1 - yes))
