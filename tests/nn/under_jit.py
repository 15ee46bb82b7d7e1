"""Layers as a compiled function of their weights and inputs, under JAX."""

import jax
import jax.numpy as jnp

from clearprop.core.namespaces import ArrayNamespace, computing_with
from clearprop.core.tensor import Node, Tensor


def jitted(chain):
    """Give ``(weights, x) -> y``, and the weights that are in the layers now."""
    weights = [w.data for w in chain.weights]

    @jax.jit
    def traced(weights, x):
        with computing_with(ArrayNamespace(jnp, "jax")):
            for variable, w in zip(chain.weights, weights, strict=True):
                variable.hold(w)
            return chain(Tensor(Node(x))).data

    return traced, weights
