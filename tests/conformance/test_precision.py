"""Single precision in, single precision out: nothing on the way is computed in double."""

import jax
import jax.numpy as jnp
import numpy as np

from clearprop.core.namespaces import NUMPY, ArrayNamespace
from clearprop.core.symbols import result_dtype
from tests.conformance.trials import close, each_trial

JAX = ArrayNamespace(jnp, "jax")
RTOL = 3e-5


def check_single(trial):
    single = [x.astype(np.float32) if x.dtype.kind == "f" else x for x in trial.arrays]
    y = trial.forward(NUMPY, single)
    if np.asarray(y).dtype.kind == "f" and trial.floating and "dtype" not in trial.params:
        assert np.asarray(y).dtype == np.float32, f"{trial} gives {np.asarray(y).dtype}"
        assert result_dtype(trial.op, single, trial.params) == np.float32
        double = [x.astype(np.float64) if x.dtype == np.float32 else x for x in single]
        close(y, trial.forward(NUMPY, double), RTOL, str(trial))
    g = trial.rng(5).standard_normal(np.shape(y)).astype(np.asarray(y).dtype)
    for i in trial.ruled:
        found = trial.op.rule(i)(NUMPY, g, y, *single, **trial.params)
        assert found.dtype == np.float32, f"{trial}: the rule of input {i} gives {found.dtype}"


def check_single_in_jax(trial):
    """Trace the operation and its rules with JAX, which tells kinds of numbers at no cost."""
    single = [x.astype(np.float32) if x.dtype.kind == "f" else x for x in trial.arrays]
    y = np.asarray(trial.forward(NUMPY, single))
    g = np.zeros(y.shape, y.dtype)

    def traced(g, *arrays):
        y = trial.forward(JAX, arrays)
        return y, [trial.op.rule(i)(JAX, g, y, *arrays, **trial.params) for i in trial.ruled]

    got, rules = jax.eval_shape(traced, g, *single)
    assert got.dtype == y.dtype, f"{trial} gives {got.dtype} in JAX, {y.dtype} in NumPy"
    for i, found in zip(trial.ruled, rules, strict=True):
        assert found.dtype == np.float32, f"{trial}: in JAX, the rule of {i} gives {found.dtype}"


@each_trial
def test_single_precision_is_kept_in_jax(trial):
    check_single_in_jax(trial)


@each_trial
def test_single_precision_is_kept(trial):
    check_single(trial)
