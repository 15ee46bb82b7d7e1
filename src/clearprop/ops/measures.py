"""
How far predictions are from targets: the formulas that losses and metrics share.

Each takes the namespace to compute with, targets `t` and predictions `y`, and gives one value a
sample. On tensors a formula is a composition of operations; on arrays it is plain arithmetic.
"""

from __future__ import annotations

import math
from typing import Any

__all__ = [
    "EPSILON",
    "absolute_error",
    "binary_crossentropy",
    "categorical_crossentropy",
    "categorical_hinge",
    "cosine_similarity",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "off_the_ends",
    "percentage_error",
    "poisson",
    "share",
    "sparse_categorical_crossentropy",
    "squared_error",
    "squared_hinge",
    "squared_log_error",
]

Array = Any

EPSILON = 1e-7  # how far Keras keeps numbers from where a logarithm or a quotient has no value


# -- numbers on a scale ------------------------------------------------------------------------


def squared_error(xp: Any, t: Array, y: Array) -> Array:
    """Average the squares of the errors."""
    return xp.mean(xp.square(y - t), axis=-1)


def absolute_error(xp: Any, t: Array, y: Array) -> Array:
    """Average the sizes of the errors."""
    return xp.mean(xp.abs(y - t), axis=-1)


def percentage_error(xp: Any, t: Array, y: Array) -> Array:
    """Average the sizes of the errors in percent of the targets'."""
    return 100.0 * xp.mean(xp.abs((t - y) / xp.maximum(xp.abs(t), EPSILON)), axis=-1)


def squared_log_error(xp: Any, t: Array, y: Array) -> Array:
    """Average the squares of what the logarithms differ by; below 0 counts as 0."""
    log_y, log_t = (xp.log(xp.maximum(x, EPSILON) + 1.0) for x in (y, t))
    return xp.mean(xp.square(log_y - log_t), axis=-1)


def huber(xp: Any, t: Array, y: Array, *, delta: float) -> Array:
    """Average half squares near the targets, and straight lines beyond `delta`."""
    size = xp.abs(y - t)
    near, far = 0.5 * xp.square(y - t), delta * size - 0.5 * delta * delta
    return xp.mean(xp.where(size <= delta, near, far), axis=-1)


def log_cosh(xp: Any, t: Array, y: Array) -> Array:
    """Average the logarithms of the hyperbolic cosines of the errors."""
    error = y - t
    return xp.mean(error + xp.softplus(-2.0 * error) - math.log(2.0), axis=-1)


def cosine_similarity(xp: Any, t: Array, y: Array, *, axis: int) -> Array:
    """Give the cosine of the angle between targets and predictions along `axis`."""
    return xp.sum(_unit(xp, t, axis) * _unit(xp, y, axis), axis=axis)


def _unit(xp: Any, x: Array, axis: int) -> Array:
    """Scale to length 1; what has no length stays as it is."""
    squared = xp.sum(xp.square(x), axis=axis, keepdims=True)
    return x / xp.sqrt(xp.maximum(squared, EPSILON**2))


# -- probabilities and counts ------------------------------------------------------------------


def off_the_ends(xp: Any, p: Array) -> Array:
    """Keep probabilities from 0 and 1, where their logarithm or that of the rest has no value."""
    return xp.clip(p, EPSILON, 1 - EPSILON)


def share(xp: Any, p: Array, axis: int) -> Array:
    """Divide by the sum: outputs of other functions than softmax need not add up to 1."""
    return p / xp.sum(p, axis=axis, keepdims=True)


def binary_crossentropy(
    xp: Any, t: Array, y: Array, *, from_logits: bool, label_smoothing: float, axis: int
) -> Array:
    """Average what yes-or-no answers cost."""
    if label_smoothing:
        t = t * (1 - label_smoothing) + 0.5 * label_smoothing
    if from_logits:
        return xp.mean(xp.sigmoid_cross_entropy(y, t), axis=axis)
    p = off_the_ends(xp, y)
    return xp.mean(-(t * xp.log(p) + (1.0 - t) * xp.log(1.0 - p)), axis=axis)


def categorical_crossentropy(
    xp: Any, t: Array, y: Array, *, from_logits: bool, label_smoothing: float, axis: int
) -> Array:
    """Give minus the logarithm of the probability of the one-hot targets' classes."""
    if label_smoothing:
        t = t * (1 - label_smoothing) + label_smoothing / y.shape[-1]
    if from_logits:
        return xp.softmax_cross_entropy(y, t, axis=axis)
    p = off_the_ends(xp, share(xp, y, axis))
    return -xp.sum(t * xp.log(p), axis=axis)


def sparse_categorical_crossentropy(
    xp: Any, t: Array, y: Array, *, from_logits: bool, ignore_class: int | None, axis: int
) -> Array:
    """Give minus the logarithm of the probability of the numbered classes, 0 for one ignored."""
    if ignore_class is not None:
        counts = t != ignore_class
        t = xp.where(counts, t, 0)
    if from_logits:
        values = xp.sparse_softmax_cross_entropy(y, t, axis=axis)
    else:
        right = xp.take_along_axis(share(xp, y, axis), xp.expand_dims(t, axis=axis), axis=axis)
        values = -xp.squeeze(xp.log(off_the_ends(xp, right)), axis=axis)
    return values if ignore_class is None else xp.keep(values, counts)


def kl_divergence(xp: Any, t: Array, y: Array) -> Array:
    """Give what one distribution costs where another is expected."""
    t, y = xp.clip(t, EPSILON, 1), xp.clip(y, EPSILON, 1)
    return xp.sum(t * xp.log(t / y), axis=-1)


def poisson(xp: Any, t: Array, y: Array) -> Array:
    """Average minus the log-likelihoods of counts, without what does not depend on `y`."""
    return xp.mean(y - t * xp.log(y + EPSILON), axis=-1)


# -- margins -----------------------------------------------------------------------------------


def hinge(xp: Any, t: Array, y: Array) -> Array:
    """Average what answers lack to be right by a margin of 1."""
    return xp.mean(_lacking(xp, t, y), axis=-1)


def squared_hinge(xp: Any, t: Array, y: Array) -> Array:
    """Average the squares of what answers lack to be right by a margin of 1."""
    return xp.mean(xp.square(_lacking(xp, t, y)), axis=-1)


def _lacking(xp: Any, t: Array, y: Array) -> Array:
    signs = xp.where(t == 0, -1.0, t)  # targets may be 0 and 1 as well as -1 and 1
    return xp.maximum(1.0 - signs * y, 0.0)


def categorical_hinge(xp: Any, t: Array, y: Array) -> Array:
    """Give what the right class lacks to beat the best of the others by 1."""
    right, others = xp.sum(t * y, axis=-1), xp.max((1.0 - t) * y, axis=-1)
    return xp.maximum(others - right + 1.0, 0.0)
