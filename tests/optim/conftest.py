"""The oracle these tests compare with."""

import jax
import pytest

from tests.oracles import keras, keras_floatx

__all__ = ["keras", "keras_floatx"]


@pytest.fixture(autouse=True)
def conditions_of_python(monkeypatch):
    """Let Keras decide by Python what JAX would have to compile: for a few steps it is quicker."""
    compiled = jax.lax.cond

    def cond(pred, true_fun, false_fun, *operands):
        if isinstance(pred, jax.core.Tracer):
            return compiled(pred, true_fun, false_fun, *operands)
        return (true_fun if pred else false_fun)(*operands)

    monkeypatch.setattr(jax.lax, "cond", cond)
