"""The small linear networks that several tests train."""

import clearprop as cp


def linear(*units, weights, dtype="float64"):
    """Build dense layers without activations, with weights given layer by layer."""
    model = cp.Sequential(
        [cp.Input((units[0],)), *(cp.layers.Dense(n) for n in units[1:])], dtype=dtype
    )
    model.set_weights(weights)
    return model
