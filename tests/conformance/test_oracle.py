"""Every operation against JAX: its values and derivatives, on NumPy and inside ``jax.jit``."""

import jax
import jax.numpy as jnp
import numpy as np

from clearprop.core.namespaces import NUMPY, ArrayNamespace
from tests.conformance.oracle_jax import ORACLE, answers
from tests.conformance.trials import OPS, close, each_op, trials_of

JAX = ArrayNamespace(jnp, "jax")
RTOL = 1e-10


def upstream(trial, y):
    y = np.asarray(y)
    return trial.rng(11).standard_normal(y.shape) if y.dtype.kind == "f" else None


def compare(got, expected, what):
    """Compare a value and its gradients, and their kinds of numbers."""
    for k, (a, b) in enumerate(zip(got, expected, strict=True)):
        close(a, b, RTOL, f"{what}, {f'gradient {k}' if k else 'value'}")
        assert np.asarray(a).dtype.kind == np.asarray(b).dtype.kind, f"{what}: kind of number"


def of_ours(trial, xp, arrays, g):
    y = trial.forward(xp, arrays)
    pulled = [] if g is None else [trial.pull(xp, i, g, y, arrays) for i in trial.ruled]
    return y, *pulled


def of_oracle(trial, arrays, g):
    y, pulled = answers(trial.op.name, arrays, trial.params, trial.ruled, g)
    return y, *pulled


def check_against_oracle(trials):
    """Compile all of an operation's cases at once: ours, and the oracle's."""
    plain = [trial.forward(NUMPY, trial.arrays) for trial in trials]
    upstreams = [upstream(trial, y) for trial, y in zip(trials, plain, strict=True)]

    @jax.jit
    def compiled(inputs, upstreams):
        ours, oracle = [], []
        for trial, arrays, g in zip(trials, inputs, upstreams, strict=True):
            ours.append(of_ours(trial, JAX, arrays, g))
            oracle.append(of_oracle(trial, arrays, g))
        return ours, oracle

    inputs = [[jnp.asarray(x) for x in trial.arrays] for trial in trials]
    ours, oracle = compiled(inputs, [None if g is None else jnp.asarray(g) for g in upstreams])
    for trial, g, jitted, expected in zip(trials, upstreams, ours, oracle, strict=True):
        compare(of_ours(trial, NUMPY, trial.arrays, g), expected, f"{trial} on NumPy")
        compare(jitted, expected, f"{trial} under jax.jit")


def test_the_oracle_knows_every_operation_and_no_other():
    assert set(ORACLE) == set(OPS)


@each_op
def test_oracle(op):
    check_against_oracle(trials_of(op))
