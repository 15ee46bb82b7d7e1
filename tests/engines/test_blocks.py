"""Updates in blocks give, bit for bit, what the optimizer's own rule gives."""

from functools import partial

import numpy as np
import pytest

from clearprop import optim
from clearprop.core.namespaces import NUMPY
from clearprop.engines import blocks
from clearprop.engines.blocks import InBlocks, Updates, _program
from clearprop.optim.moves import LeafRule
from tests.optim.cases import CASES, made, title

NOT_ELEMENTWISE = {"lamb", "adafactor"}  # which take norms of whole leaves
elementwise = pytest.mark.parametrize(
    "case", [case for case in CASES if case[0] not in NOT_ELEMENTWISE], ids=title
)
SHAPES = [(1,), (5,), (7, 3), (8, 8), (3, 5, 11)]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Make every size of the tests a size of several blocks, the last of them shorter."""
    monkeypatch.setattr(blocks, "BLOCK", 8 * 13)
    monkeypatch.setattr(blocks, "SMALLEST", 0)


def arrays(shape, dtype, count, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape).astype(dtype) for _ in range(count)]


def same(one, other):
    (w1, s1), (w2, s2) = one, other
    assert s1.keys() == s2.keys()
    for a, b in ((w1, w2), *((s1[name], s2[name]) for name in s1)):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("spend", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@elementwise
def test_a_program_does_what_the_rule_does(case, dtype, spend):
    run(made(case), dtype, spend=spend)


def run(rule, dtype, *, spend=False, state=None):
    """Take three steps of leaves of several shapes, by a program and by the rule."""
    for shape in SHAPES:
        w, *gs = arrays(shape, dtype, 4)
        held = rule.init(NUMPY, w) if state is None else state(w)
        program = _program(rule, held, spend=spend)
        for step, g in enumerate(gs):
            before = [np.copy(a) for a in (w, g, *held.values())]
            expected = rule.update(NUMPY, w, g, held, step, 0.1)
            got = program(w, g, held, step, 0.1)
            same(got, expected)
            for i, (a, b) in enumerate(zip((w, g, *held.values()), before, strict=True)):
                assert (spend and i == blocks.GRADIENT) or np.array_equal(a, b)
            w, held = got


COMMON = [
    (decays, averages, first)
    for decays in (False, True)
    for averages in (False, True)
    for first in (False, True)
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("common", COMMON, ids=str)
def test_a_program_does_what_a_rule_with_decay_and_averages_does(common, dtype):
    for name in set(optim.OPTIMIZERS) - NOT_ELEMENTWISE:
        optimizer = optim.OPTIMIZERS[name](weight_decay=0.3, use_ema=common[1], ema_momentum=0.7)
        state = partial(optimizer.start, NUMPY)
        run(LeafRule(optimizer, *common), dtype, spend=True, state=state)


@pytest.mark.parametrize("name", sorted(NOT_ELEMENTWISE))
def test_a_rule_that_is_not_elementwise_is_done_as_it_is(name):
    rule = optim.get(name)
    for shape in SHAPES:
        w, g = arrays(shape, "float64", 2)
        state = rule.init(NUMPY, w)
        assert _program(rule, state, spend=False) is None
        same(Updates(rule)(w, [g], 0, state, 0, 0.1), rule.update(NUMPY, w, g, state, 0, 0.1))


def test_every_other_rule_is_read():
    assert {"adam", "adamw", "nadam", "ftrl", "lion"} <= set(optim.OPTIMIZERS) - NOT_ELEMENTWISE
    for name in set(optim.OPTIMIZERS) - NOT_ELEMENTWISE:
        rule = optim.get(name)
        assert _program(rule, rule.init(NUMPY, np.ones(3)), spend=True) is not None, name


def test_the_gradient_s_own_memory_serves_for_the_weight():
    w, g = arrays((4, 4), "float64", 2)
    program = InBlocks(optim.SGD(), (), spend=True)
    assert program(w, g, {}, 0, 0.1)[0] is g
    w, g = arrays((4, 4), "float64", 2)
    assert InBlocks(optim.SGD(), ())(w, g, {}, 0, 0.1)[0] is not g


def test_places_are_used_again():
    assert InBlocks(optim.SGD(), ()).whole == [True]
    assert InBlocks(optim.SGD(), (), spend=True).whole == []
    adam = InBlocks(optim.Adam(), ("m", "v"))
    assert sorted(adam.whole) == [False, True, True, True]  # of twelve steps
    assert len(adam.lines) == 12


@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_in_another_order(order):
    rule = optim.SGD(momentum=0.9)
    w, g, v = (np.asarray(a, order=order) for a in arrays((5, 7), "float64", 3))
    program = InBlocks(rule, ("velocity",))
    same(program(w, g, {"velocity": v}, 0, 0.1), rule.update(NUMPY, w, g, {"velocity": v}, 0, 0.1))


def test_only_a_gradient_that_nobody_else_holds_is_written_over():
    def stepped(gradients):
        updates = Updates(optim.SGD(0.5))
        before = gradients[0].copy()
        w = np.ones_like(before)
        new, _ = updates(w, gradients, 0, {}, 0, 0.5)
        np.testing.assert_array_equal(new, w - 0.5 * before)
        return new is gradients[0]

    assert stepped([np.arange(6.0)])
    kept = np.arange(6.0)
    assert not stepped([kept])
    np.testing.assert_array_equal(kept, np.arange(6.0))
    twice = [np.arange(6.0)]
    twice.append(twice[0])  # two weights that were added share their gradient
    assert not stepped(twice)
    np.testing.assert_array_equal(twice[1], np.arange(6.0))
    viewed = [np.arange(6.0)]
    viewed.append(viewed[0].reshape(2, 3))
    assert not stepped(viewed)
    np.testing.assert_array_equal(viewed[1].ravel(), np.arange(6.0))
    assert not stepped([np.broadcast_to(np.float64(2.0), (6,))])
    assert not stepped([np.arange(12.0)[::2]])
    frozen = np.arange(6.0)
    frozen.flags.writeable = False
    gradients = [frozen]
    del frozen
    assert not stepped(gradients)


class Odd:
    """A rule that is not made of elementwise functions; one of clearprop's, as far as is known."""

    def __init__(self, how):
        self.how = how

    def init(self, xp, w):
        return {}

    def update(self, xp, w, g, state, step, lr):
        return self.how(xp, w, g, lr), state


HOWS = {
    "a norm": lambda xp, w, g, lr: w - lr * g / xp.sqrt(xp.sum(g * g)),
    "a function that is not known": lambda xp, w, g, lr: w - lr * xp.tanh(g),
    "a choice": lambda xp, w, g, lr: xp.where(g > 0, w - lr, w + lr),
    "a parameter": lambda xp, w, g, lr: w - lr * xp.clip(g, -1, 1),
    "zeros": lambda xp, w, g, lr: w - lr * xp.maximum(g, xp.zeros_like(g)),
}


@pytest.mark.parametrize("how", HOWS)
def test_what_cannot_be_read_is_done_as_it_is(how, monkeypatch):
    monkeypatch.setattr(Odd, "__module__", "clearprop.odd")
    rule = Odd(HOWS[how])
    with pytest.raises(LookupError):
        InBlocks(rule, ())
    w, g = arrays((4, 3), "float64", 2)
    same(Updates(rule)(w, [g], 0, {}, 0, 0.1), rule.update(NUMPY, w, g, {}, 0, 0.1))


def test_rules_with_more_to_do_have_programs_of_their_own():
    optimizer = optim.AdamW(weight_decay=0.5)
    updates, (w, g) = Updates(optimizer), arrays((4, 4), "float64", 2)
    state = optimizer.start(NUMPY, w)
    for decays in (False, True, False):
        rule = LeafRule(optimizer, decays, averages=False, first=False)
        expected = rule.update(NUMPY, w, g, state, 0, 0.1)
        same(updates(w, [g.copy()], 0, state, 0, 0.1, rule), expected)
    assert len(updates._programs) == 2


def test_a_rule_of_somebody_else_s_is_not_read():
    asked = []

    class Branching(Odd):
        def update(self, xp, w, g, state, step, lr):
            asked.append(xp)
            return (w - lr * g if g.max() > 0 else w), state

    w = np.ones(4)
    new, _ = Updates(Branching(None))(w, [-w], 0, {}, 0, 0.5)
    assert new is w
    assert asked == [NUMPY]


def test_a_program_that_is_wrong_is_told_apart(monkeypatch):
    monkeypatch.setitem(blocks.ON_ARRAYS, "subtract", np.add)
    w, g = arrays((4, 3), "float64", 2)
    rule = optim.SGD()
    with pytest.raises(AssertionError):
        same(InBlocks(rule, ())(w, g, {}, 0, 0.1), rule.update(NUMPY, w, g, {}, 0, 0.1))


def test_training_with_blocks_is_training_without(monkeypatch):
    import clearprop as cp

    def trained(smallest):
        monkeypatch.setattr(blocks, "SMALLEST", smallest)
        model = cp.Sequential([cp.Input((9,)), cp.layers.Dense(8, "tanh"), cp.layers.Dense(2)])
        rng = np.random.default_rng(1)
        model.set_weights([rng.standard_normal(w.shape) for w in model.get_weights()])
        model.compile("adam", "mse")
        before, held = model.get_weights(), [v.node.data for v in model.weights]
        model.fit(rng.standard_normal((6, 9)), rng.standard_normal((6, 2)), epochs=3, seed=1)
        for a, b in zip(held, before, strict=True):
            np.testing.assert_array_equal(a, b)
        return model.get_weights()

    for a, b in zip(trained(0), trained(1 << 30), strict=True):
        np.testing.assert_array_equal(a, b)
