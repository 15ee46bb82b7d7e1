"""One layer of ours beside Keras's: the same weights; outputs, gradients, states after steps."""

import numpy as np

import clearprop as cp
from clearprop.nn import LAYERS
from clearprop.nn.effects import adding_losses_to
from tests.oracles import agree


def pair(keras, name, settings, shape, dtype, rng):
    """Make Keras's layer and ours, built for inputs of `shape`, with the same drawn weights."""
    ours = LAYERS[name](**settings, dtype=dtype)
    theirs = getattr(keras.layers, name)(**settings, dtype=dtype)
    for layer in (ours, theirs):
        layer.build((None, *shape[1:]))
    assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in theirs.weights if stays(w)]
    assert [w.path.split("/")[-1] for w in ours.weights] == [
        w.name for w in theirs.weights if stays(w)
    ]
    values = [rng.uniform(0.5, 1.5, w.shape).astype(dtype) for w in ours.weights]
    ours.set_weights(values)
    for w, value in zip(filter(stays, theirs.weights), values, strict=True):
        w.assign(value)
    return ours, theirs


def stays(weight):
    """Whether a variable of Keras's is a weight, not the state of a random generator."""
    return "seed" not in weight.path


def keras_stepper(layer, training):
    """Make a function that gives Keras's output, gradients by input and weights, and states."""
    import jax
    from keras import StatelessScope

    def total(weights, x, states, upstream, mask):
        variables = [*layer.trainable_variables, *layer.non_trainable_variables]
        mapping = list(zip(variables, [*weights, *states], strict=True))
        with StatelessScope(mapping, collect_losses=True) as scope:
            y = layer(x, training=training, **({} if mask is None else {"mask": mask}))
            losses = layer.losses
        after = [scope.get_current_value(v) for v in layer.non_trainable_variables]
        return (y * upstream).sum() + sum(losses, 0.0), (y, after)

    compiled = jax.jit(jax.value_and_grad(total, argnums=(0, 1), has_aux=True))

    def step(x, upstream, mask):
        weights = [v.value for v in layer.trainable_variables]
        states = [v.value for v in layer.non_trainable_variables]
        (_, (y, after)), (by_weights, by_x) = compiled(weights, x, states, upstream, mask)
        for variable, state in zip(layer.non_trainable_variables, after, strict=True):
            variable.assign(state)
        kept = [np.asarray(v.value) for v in layer.non_trainable_variables if stays(v)]
        return y, [by_x, *by_weights], kept

    return step


def our_step(layer, x, upstream, training, mask=None):
    x = cp.tensor(x, name="x")
    for w in layer.weights:
        w.grad = None
    penalties = []
    options = {} if mask is None else {"mask": mask}
    with adding_losses_to(penalties):
        y = layer(x, training=training, **options)
    penalties += [w.regularizer(w) for w in layer.trainable_weights if w.regularizer is not None]
    total = (y * upstream).sum()
    for penalty in penalties:
        total = total + penalty
    total.backward()
    states = [w.numpy() for w in layer.non_trainable_weights]
    return y, [x.grad, *(w.grad for w in layer.trainable_weights)], states


def differences(ours, theirs, batches, dtype, training, masks=None):
    """Say where two layers differ over several batches; nothing is no difference."""
    keras_step, found = keras_stepper(theirs, training), []
    for step, (x, upstream) in enumerate(batches):
        mask = None if masks is None else masks[step]
        outcomes = our_step(ours, x, upstream, training, mask), keras_step(x, upstream, mask)
        for what, mine, other in zip(
            ("gradient", "state"), *(o[1:] for o in outcomes), strict=True
        ):
            for k, (m, o) in enumerate(zip(mine, other, strict=True)):
                if not agree(np.zeros_like(o) if m is None else m, o, dtype):
                    found.append(f"{what} {k} of step {step}")
        if not agree(outcomes[0][0], outcomes[1][0], dtype):
            found.append(f"output of step {step}")
    return found
