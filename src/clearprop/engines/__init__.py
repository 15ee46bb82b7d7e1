"""How a step runs: eagerly with NumPy, compiled, or on JAX."""
