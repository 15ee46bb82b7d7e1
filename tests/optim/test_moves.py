"""What all optimizers have in common, on arrays, the strict standard, JAX, records and symbols."""

import array_api_strict
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from clearprop import optim
from clearprop.core.namespaces import NUMPY, ArrayNamespace
from clearprop.core.symbols import SYMBOLS, symbol
from clearprop.core.tensor import RECORDED, leaf, tensor
from clearprop.optim.clipping import cut, scaled, scaled_together
from tests.optim.cases import COMMON, every_common

STRICT = ArrayNamespace(array_api_strict, "strict")
JAX = ArrayNamespace(jnp, "jax")
SHAPES = {"dense/kernel": (3, 2), "dense/bias": (2,)}
STEPS = 4


class Leaf:
    def __init__(self, path, constraint=None):
        self.path, self.constraint = path, constraint


def half(xp, w):
    return 0.5 * w


def moved(rule, xp, convert=lambda array: array, around=lambda step: step, **options):
    """Take some steps of two leaves, one of which has a constraint."""
    rng = np.random.default_rng(0)
    leaves = [Leaf("dense/kernel"), Leaf("dense/bias", half)]
    weights = [convert(rng.standard_normal(shape)) for shape in SHAPES.values()]
    states = {}

    def step(weights, gradients, states, number, lr):
        after = rule.moves(xp, leaves, weights, gradients, states, number, lr, **options)
        found = {leaves[i].path: (w, state) for i, w, state in after}
        return [w for w, _ in found.values()], {path: state for path, (_, state) in found.items()}

    for number in range(STEPS):
        gradients = [convert(rng.standard_normal(shape)) for shape in SHAPES.values()]
        weights, states = around(step)(weights, gradients, states, number, rule.rate(number))
    return weights


@every_common
@pytest.mark.parametrize("name", ["sgd", "nadam", "lamb", "adafactor"])
def test_steps_are_the_same_everywhere(name, common):
    rule = optim.OPTIMIZERS[name](**common)
    expected = moved(rule, NUMPY)
    strict = moved(rule, STRICT, array_api_strict.asarray)
    recorded = moved(rule, RECORDED, tensor)
    for w, s, r in zip(expected, strict, recorded, strict=True):
        np.testing.assert_allclose(np.asarray(s), w, rtol=1e-13)
        np.testing.assert_allclose(r.numpy(), w, rtol=1e-13)


@pytest.mark.parametrize("common", COMMON[-3:-1], ids=str)
def test_jax_compiles_a_step_of_all_leaves(common):
    rule = optim.SGD(momentum=0.5, **common)
    compiled = moved(rule, JAX, jnp.asarray, lambda step: jax.jit(step, static_argnums=3))
    for w, c in zip(moved(rule, NUMPY), compiled, strict=True):
        np.testing.assert_allclose(np.asarray(c), w, rtol=1e-12)


def test_whoever_records_can_name_the_number_of_the_step():
    rule, named = optim.Adam(0.1, weight_decay=0.2, clipnorm=1.0), []

    def update(w, gradients, i, state, step, lr, own):
        named.append(leaf(np.asarray(float(step)), name="step", requires_grad=False))
        return own.update(RECORDED, w, gradients[i], state, named[-1], lr)

    recorded = moved(rule, RECORDED, tensor, update=update)
    for w, r in zip(moved(rule, NUMPY), recorded, strict=True):
        np.testing.assert_allclose(r.numpy(), w, rtol=1e-13)
    assert [each.item() for each in named] == [0, 0, 1, 1, 2, 2, 3, 3]


def reached(node, seen):
    if id(node) not in seen:
        seen[id(node)] = node
        for each in node.inputs:
            if hasattr(each, "inputs"):
                reached(each, seen)
    return seen


def test_a_derivation_reaches_decay_clipping_and_constraint():
    rule = optim.SGD(0.1, weight_decay=0.2, global_clipnorm=1.0)
    w, g = tensor([[1.0, 2.0]], name="w"), tensor([[3.0, 4.0]], name="g")
    lr = leaf(np.asarray(0.1), name="lr", requires_grad=False)
    ((_, new, _),) = rule.moves(RECORDED, [Leaf("w", half)], [w], [g], {}, 0, lr)
    found = reached(new.node, {}).values()
    assert {"w", "g", "lr"} <= {node.name for node in found}
    assert {"sqrt", "sum", "maximum"} <= {node.op.name for node in found if node.op}
    # (w − w · 0.02 − 0.1 · g / 5) / 2
    np.testing.assert_allclose(new.numpy(), [[(0.98 - 0.06) / 2, (1.96 - 0.08) / 2]])


def test_decay_and_clipping_read_as_their_formulas():
    w, g, lr = symbol("w", (2,)), symbol("g", (2,)), symbol("lr")
    rule = optim.SGD(weight_decay=0.2, use_ema=True, ema_momentum=0.75)
    state = {"weight_average": symbol("average", (2,))}
    leaves = [Leaf("dense/kernel")]
    ((_, new, after),) = rule.moves(SYMBOLS, leaves, [w], [g], {"dense/kernel": state}, 1, lr)
    assert new.plain() == "w − w · (0.2 · lr) − lr · g"
    assert after["weight_average"].plain() == f"0.75 · average + 0.25 · ({new.plain()})"
    assert scaled(SYMBOLS, g, 0.5).plain() == "g · (0.5 / max(√(sum(g · g)), 0.5))"
    assert cut(SYMBOLS, g, 0.5).plain() == "min(max(g, −0.5), 0.5)"
    both = scaled_together(SYMBOLS, [g, None, symbol("h", (3,))], 0.5)
    norm = "√(sum(g · g) + sum(h · h))"
    assert both[0].plain() == f"g · (0.5 / max({norm}, 0.5) + ({norm} − {norm}))"
    assert both[1] is None


def test_clipping_makes_nothing_larger():
    g = [np.array([0.3, -0.4]), np.array([0.0])]
    for clip in (scaled, cut):
        np.testing.assert_array_equal(clip(NUMPY, g[0], 0.5), g[0])
        assert np.abs(clip(NUMPY, g[0], 0.1)).max() <= 0.1
        np.testing.assert_array_equal(clip(NUMPY, g[1], 0.5), g[1])
    for a, b in zip(scaled_together(NUMPY, g, 0.5), g, strict=True):
        np.testing.assert_array_equal(a, b)
    assert scaled_together(NUMPY, [None], 0.5) == [None]


def test_arrays_that_are_handed_in_are_not_written_to():
    def frozen(array):
        array.flags.writeable = False
        return array

    for common in COMMON:
        moved(optim.Adam(**common), NUMPY, frozen)
