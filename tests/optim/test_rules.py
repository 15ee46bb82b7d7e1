"""One rule, many namespaces: arrays, the strict standard, JAX, records and symbols."""

import array_api_strict
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from clearprop import optim
from clearprop.core.namespaces import NUMPY, ArrayNamespace
from clearprop.core.symbols import SYMBOLS, symbol
from clearprop.core.tensor import RECORDED, Tensor, tensor
from tests.optim.cases import every_case, made

STRICT = ArrayNamespace(array_api_strict, "strict")
JAX = ArrayNamespace(jnp, "jax")


def two_steps(optimizer, xp, convert=lambda array: array, update=None):
    """Take two steps, so that the second starts from a state that is not zero."""
    rng = np.random.default_rng(0)
    w, *gs = (convert(rng.standard_normal((3, 2))) for _ in range(3))
    state = optimizer.init(xp, w)
    for step, g in enumerate(gs):
        w, state = (update or optimizer.update)(xp, w, g, state, step, optimizer.rate(step))
    return w


@every_case
def test_only_standard_functions_are_used(case):
    strict = two_steps(made(case), STRICT, array_api_strict.asarray)
    np.testing.assert_array_equal(np.asarray(strict), two_steps(made(case), NUMPY))


@every_case
def test_jax_compiles_it_for_any_step_and_rate(case):
    optimizer = made(case)
    compiled = jax.jit(lambda w, g, state, step, lr: optimizer.update(JAX, w, g, state, step, lr))
    w = two_steps(
        optimizer, JAX, jnp.asarray,
        lambda xp, w, g, state, step, lr: compiled(w, g, state, step, lr),
    )  # fmt: skip
    np.testing.assert_allclose(np.asarray(w), two_steps(made(case), NUMPY), rtol=1e-12)
    assert compiled._cache_size() == 1


@every_case
def test_an_update_can_be_recorded(case):
    w = two_steps(made(case), RECORDED, tensor)
    assert isinstance(w, Tensor)
    np.testing.assert_allclose(w.numpy(), two_steps(made(case), NUMPY), rtol=1e-14)


@every_case
def test_neither_weights_nor_gradients_nor_states_are_written_to(case):
    optimizer = made(case)
    w, g = np.ones(3), np.full(3, 0.5)
    state = optimizer.update(NUMPY, w, g, optimizer.init(NUMPY, w), 0, 0.1)[1]
    for array in (w, g, *state.values()):
        array.flags.writeable = False
    new, _ = optimizer.update(NUMPY, w, g, state, 1, 0.1)
    assert not np.array_equal(new, w)


FORMULAS = {
    "sgd()": ("w − η · g", {}),
    "sgd(momentum)": (
        "w + (0.9 · velocity − η · g)",
        {"velocity": "0.9 · velocity − η · g"},
    ),
}


@pytest.mark.parametrize("which", FORMULAS)
def test_a_rule_reads_as_its_formula(which):
    optimizer = optim.SGD(momentum=0.9 if "momentum" in which else 0.0)
    w, g, lr = (symbol(name, (2,) if name != "η" else ()) for name in ("w", "g", "η"))
    state = {name: symbol(name, (2,)) for name in optimizer.init(NUMPY, np.ones(2))}
    new, after = optimizer.update(SYMBOLS, w, g, state, 0, lr)
    formula, states = FORMULAS[which]
    assert new.plain() == formula
    assert {name: s.plain() for name, s in after.items()} == states


@every_case
def test_symbols_evaluate_to_the_numbers(case):
    optimizer = made(case)
    w, g, rng = np.array([0.5, -2.0]), np.array([1.5, 0.25]), np.random.default_rng(1)
    state = {name: rng.uniform(0.1, 1, 2) for name in optimizer.init(NUMPY, w)}
    symbols = {name: symbol(name, (2,)) for name in ("w", "g", *state)}
    new, _ = optimizer.update(
        SYMBOLS, symbols["w"], symbols["g"], {s: symbols[s] for s in state}, 3, 0.1
    )
    np.testing.assert_allclose(
        new.evaluate({"w": w, "g": g, **state}), optimizer.update(NUMPY, w, g, state, 3, 0.1)[0]
    )
