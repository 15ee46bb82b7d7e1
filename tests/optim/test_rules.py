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
    for shape in ((3,), (2, 3)):
        w, g = np.ones(shape), np.full(shape, 0.5)
        state = optimizer.update(NUMPY, w, g, optimizer.init(NUMPY, w), 0, 0.1)[1]
        for array in (w, g, *map(np.asarray, state.values())):
            array.flags.writeable = False
        new, _ = optimizer.update(NUMPY, w, g, state, 1, 0.1)
        assert not np.array_equal(new, w)


def formulas(optimizer):
    """Write down what a rule makes of a weight and of its state, in names for all of them."""
    names = optimizer.init(NUMPY, np.ones(2))
    state = {name: symbol(name, np.shape(value)) for name, value in names.items()}
    w, g = symbol("w", (2,)), symbol("g", (2,))
    new, after = optimizer.update(SYMBOLS, w, g, state, symbol("step"), symbol("lr"))
    return {"w": new.plain(), **{name: value.plain() for name, value in after.items()}}


BETA = "(1 − 0.9^(step + 1))"
M, V = "m + 0.1 · (g − m)", "v + 0.001 · (g · g − v)"
ADAM = {
    "w": f"w − lr · (1 − 0.999^(step + 1))^0.5 / {BETA} · ({M}) / (√({V}) + 1e−07)",
    "m": M,
    "v": V,
}
SQUARES, LINEAR = "0.95 · squares + 0.05 · (g · g)", "z + (g − (√(n + g · g) − √(n)) / lr · w)"
STEP = f"√(steps + 1e−07) · g / √({SQUARES} + 1e−07)"
NOW, AHEAD = (f"0.9 · (1 − 0.5 · 0.96^({t}))" for t in ("step + 1", "step + 1 + 1"))
FORMULAS = {
    "sgd": {"w": "w + (0.9 · velocity − lr · g)", "velocity": "0.9 · velocity − lr · g"},
    "rmsprop": {
        "w": "w − lr · g / √(0.9 · v + 0.1 · (g · g) + 1e−07)",
        "v": "0.9 · v + 0.1 · (g · g)",
    },
    "adagrad": {"w": "w − lr · g / √(squares + g · g + 1e−07)", "squares": "squares + g · g"},
    "adadelta": {
        "w": f"w − lr · ({STEP})",
        "squares": SQUARES,
        "steps": f"0.95 · steps + 0.05 · ({STEP} · ({STEP}))",
    },
    "adam": ADAM,
    "adamw": ADAM,
    "adamax": {
        "w": f"w − lr / {BETA} · ({M}) / (max(0.999 · u, |g|) + 1e−07)",
        "m": M,
        "u": "max(0.999 · u, |g|)",
    },
    "nadam": {
        "w": f"w − lr · ({AHEAD} / (1 − product · ({NOW}) · ({AHEAD})) · ({M})"
        f" + (1 − {NOW}) / (1 − product · ({NOW})) · g)"
        f" / (√(({V}) / (1 − 0.999^(step + 1))) + 1e−07)",
        "m": M,
        "v": V,
        "product": f"product · ({NOW})",
    },
    "ftrl": {"w": f"−({LINEAR}) / (√(n + g · g) / lr)", "n": "n + g · g", "z": LINEAR},
    "lion": {"w": "w − lr · sign(0.9 · m + 0.1 · g)", "m": "0.99 · m + 0.01 · g"},
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_rule_reads_as_its_formula(name):
    settings = {"momentum": 0.9} if name == "sgd" else {}
    assert formulas(optim.OPTIMIZERS[name](**settings)) == FORMULAS[name]


def test_another_rule_reads_otherwise():
    assert formulas(optim.SGD()) == {"w": "w − lr · g"}
    amsgrad = formulas(optim.Adam(amsgrad=True))
    assert amsgrad["v_max"] == f"max(v_max, {FORMULAS['adam']['v']})"
    assert formulas(optim.RMSprop(momentum=0.5)) != FORMULAS["rmsprop"]
    decay = "1 − (1 − (step + 1)^(−0.8))"
    assert decay in formulas(optim.Adafactor())["v"]
    assert formulas(optim.Lamb())["v"] == V
    assert formulas(optim.Adagrad(epsilon=1e-3)) != FORMULAS["adagrad"]


def test_the_number_of_the_step_may_be_a_name_of_its_own():
    """So that a derivation can show where a correction for the start comes from."""
    for name in optim.OPTIMIZERS:
        rule, w, g = optim.get(name), np.array([[0.5, -2.0]]), np.array([[1.5, 0.25]])
        state = rule.update(NUMPY, w, g, rule.init(NUMPY, w), 0, 0.1)[1]
        recorded = {key: tensor(value) for key, value in state.items()}
        args = tensor(w), tensor(g), recorded, tensor(1.0, name="step"), tensor(0.1, name="lr")
        new, _ = rule.update(RECORDED, *args)
        np.testing.assert_allclose(
            new.numpy(), rule.update(NUMPY, w, g, state, 1, 0.1)[0], rtol=1e-12
        )


@every_case
def test_symbols_evaluate_to_the_numbers(case):
    optimizer = made(case)
    w, g, rng = np.array([0.5, -2.0]), np.array([1.5, 0.25]), np.random.default_rng(1)
    state = {k: rng.uniform(0.1, 1, np.shape(v)) for k, v in optimizer.init(NUMPY, w).items()}
    symbols = {name: symbol(name, np.shape(state.get(name, w))) for name in ("w", "g", *state)}
    new, _ = optimizer.update(
        SYMBOLS, symbols["w"], symbols["g"], {s: symbols[s] for s in state}, 3, 0.1
    )
    np.testing.assert_allclose(
        new.evaluate({"w": w, "g": g, **state}), optimizer.update(NUMPY, w, g, state, 3, 0.1)[0]
    )
