"""Layers of several inputs and outputs beside Keras's: same weights, outputs and gradients."""

import numpy as np

import clearprop as cp
from clearprop.core.tree import flatten
from tests.nn.against_keras import stays
from tests.oracles import agree


def built(layer, shapes):
    """Build a layer for the shapes of its inputs, by name where there are several arguments."""
    layer.build(**shapes) if isinstance(shapes, dict) else layer.build(shapes)
    return layer


def share_weights(ours, theirs, rng, dtype, *, paths=True):
    """Give both the same drawn weights, once their names and shapes are found to be the same."""
    kept = [w for w in theirs.weights if stays(w)]
    if paths:
        assert [w.path for w in ours.weights] == [w.path for w in kept]
    assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in kept]
    values = [(0.7 * rng.standard_normal(w.shape)).astype(dtype) for w in ours.weights]
    ours.set_weights(values)
    for w, value in zip(kept, values, strict=True):
        w.assign(value)


def upstreams(ys):
    return [
        np.random.default_rng(5 + k).standard_normal(y.shape).astype(y.dtype)
        for k, y in enumerate(ys)
    ]


def our_answers(layer, call, inputs):
    """Give outputs and gradients by inputs and weights of ours."""
    for w in layer.weights:
        w.grad = None
    xs = [cp.tensor(x) if x.dtype.kind == "f" else x for x in inputs]
    y = call(layer, *xs)
    ys = flatten(list(y) if isinstance(y, tuple) else y)[0]
    total = sum((each * g).sum() for each, g in zip(ys, upstreams(ys), strict=True))
    total.backward()
    by_inputs = [x.grad for x in xs if isinstance(x, cp.Tensor)]
    return ys, [*by_inputs, *(w.grad for w in layer.trainable_weights)]


def their_answers(layer, call, inputs, upstreams):
    """Give outputs and gradients by inputs and weights of Keras's."""
    import jax
    from keras import StatelessScope

    floating = [k for k, x in enumerate(inputs) if x.dtype.kind == "f"]

    def total(moving, weights):
        xs = list(inputs)
        for k, x in zip(floating, moving, strict=True):
            xs[k] = x
        mapping = list(zip(layer.trainable_variables, weights, strict=True))
        with StatelessScope(mapping):
            y = call(layer, *xs)
        ys = jax.tree_util.tree_leaves(y)
        return sum((each * g).sum() for each, g in zip(ys, upstreams, strict=True)), ys

    weights = [v.value for v in layer.trainable_variables]
    moving = [jax.numpy.asarray(inputs[k]) for k in floating]
    with jax.disable_jit():  # to compile each of so many small calls would take minutes
        (_, ys), (by_inputs, by_weights) = jax.value_and_grad(total, argnums=(0, 1), has_aux=True)(
            moving, weights
        )
    return ys, [*by_inputs, *by_weights]


def unlike(ours, theirs, call, inputs, dtype, their_call=None):
    """Say what differs; nothing is no difference."""
    ys, gradients = our_answers(ours, call, inputs)
    expected, slopes = their_answers(theirs, their_call or call, inputs, upstreams(ys))
    assert len(ys) == len(expected)
    assert len(gradients) == len(slopes)
    found = [
        f"output {k}"
        for k, (y, e) in enumerate(zip(ys, expected, strict=True))
        if not agree(y, e, dtype)
    ]
    for k, (g, e) in enumerate(zip(gradients, slopes, strict=True)):
        if not agree(np.zeros(e.shape, dtype) if g is None else g, e, dtype):
            found.append(f"gradient {k}")
    return found
