"""The eager engine does around a rule what the optimizer asks for, and what a leaf asks for."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import optim
from clearprop.core.namespaces import NUMPY
from clearprop.core.tensor import Node
from clearprop.engines import Data, Eager, Memory, Task, Watch
from tests.optim.cases import COMMON, every_common

X = np.arange(12.0).reshape(6, 2) / 10
Y = X @ [[1.0], [-2.0]] + 0.5
PATHS = ("dense/kernel", "dense/bias")


class Weight:
    """A leaf without a layer."""

    def __init__(self, path, data, constraint=None):
        self.path, self.constraint = path, constraint
        self.hold(np.array(data, float))

    def hold(self, data):
        self.node = Node(data, needs_grad=True)
        self.node.name = self.path


def leaves(constraint=None):
    return [Weight(PATHS[0], [[0.7], [-0.2]], constraint), Weight(PATHS[1], [0.1])]


def task(rule, own=None, memory=None):
    w, b = own = own or leaves()

    def forward(x, training):
        return x @ cp.Tensor(w.node) + cp.Tensor(b.node)

    def loss(y, output, weight):
        return ((output - y) * (output - y)).mean()

    return Task(forward, loss, lambda output: output, own, rule, memory or Memory())


def train(it, steps):
    rows = [slice(2 * (i % 3), 2 * (i % 3) + 2) for i in range(steps)]
    list(Eager().train(it, Data(X, Y), [0], lambda epoch: rows, Watch()))
    return [leaf.node.data for leaf in it.leaves]


def by_hand(rule, steps, constraint=None):
    """Train by `moves` alone, with gradients that are worked out here."""
    own = leaves(constraint)
    states = {}
    for step in range(steps):
        rows = slice(2 * (step % 3), 2 * (step % 3) + 2)
        w, b = (leaf.node.data for leaf in own)
        error = X[rows] @ w + b - Y[rows]
        gradients = [2 * X[rows].T @ error / len(error), 2 * error.mean(axis=0)]
        lr = rule.rate(step)
        for i, new, state in rule.moves(NUMPY, own, [w, b], gradients, states, step, lr):
            own[i].hold(new)
            states[own[i].path] = state
    return [leaf.node.data for leaf in own], states


def close(one, other):
    return all(np.allclose(a, b, rtol=1e-12) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", ["sgd", "adam", "adafactor"])
@every_common
def test_training_does_what_the_common_settings_ask_for(name, common):
    rule = optim.OPTIMIZERS[name](learning_rate=0.05, **common)
    expected, states = by_hand(rule, 7)
    it = task(rule)
    assert close(train(it, 7), expected)
    assert {k: v.keys() for k, v in it.memory.states.items()} == {
        k: v.keys() for k, v in states.items()
    }
    rule.finalize_variable_values(it.leaves, it.memory.states)
    expected = [leaf.node.data for leaf in it.leaves]
    if "loss_scale_factor" not in common:  # which changes nothing but roundings
        assert not close(expected, by_hand(optim.OPTIMIZERS[name](learning_rate=0.05), 7)[0])


def test_the_loss_is_scaled_on_the_way_back():
    asked = []

    class Look(optim.Optimizer):
        def init(self, xp, w):
            return {}

        def update(self, xp, w, g, state, step, lr):
            asked.append(g)
            return w - lr * g, {}

    tiny = 1e-30  # the square of which is nothing in float32
    ends = []
    for factor in (None, 2.0**80):
        rule = Look(0.1, loss_scale_factor=factor)
        own = [Weight("w", [1.0]), Weight("b", [1.0])]
        for leaf in own:
            leaf.hold(leaf.node.data.astype(np.float32))

        def loss(y, output, weight):
            return output.sum()

        def forward(x, training, own=own):
            w, b = (cp.Tensor(leaf.node) for leaf in own)
            return (w * np.float32(1e30)) * np.float32(tiny) * np.float32(tiny) + b

        data = Data(X.astype(np.float32), Y.astype(np.float32))
        it = Task(forward, loss, lambda output: output, own, rule, Memory())
        list(Eager().train(it, data, [0], lambda epoch: [slice(0, 1)], Watch()))
        ends.append(asked[-2:])
    assert ends[0][0] == 0
    assert ends[1][0] == pytest.approx(1e-30, rel=1e-5)
    assert ends[0][1] == ends[1][1] == 1


def unit_norm(xp, w):
    return w / xp.sqrt(xp.sum(w * w))


@pytest.mark.parametrize("settings", [{}, *COMMON], ids=str)
def test_a_constraint_holds_after_every_step(settings):
    rule = optim.SGD(0.1, **settings)
    it = task(rule, leaves(unit_norm))
    for _ in range(4):
        w = train(it, 1)[0]
        assert (w**2).sum() == pytest.approx(1)
    free = train(task(rule), 4)
    assert (free[0] ** 2).sum() != pytest.approx(1)
    # The constraint is the last thing that is done, after decay and averages.
    if settings:
        assert close(train(task(rule, leaves(unit_norm)), 4), by_hand(rule, 4, unit_norm)[0])


@pytest.mark.parametrize("settings", [{}, *COMMON], ids=str)
def test_one_optimizer_serves_two_models(settings):
    rule = optim.Adam(0.05, **settings)
    expected = train(task(optim.Adam(0.05, **settings)), 6)
    one, other = task(rule), task(rule)
    for _ in range(6):  # a step of the one, a step of the other
        rows = slice(2 * (one.memory.step % 3), 2 * (one.memory.step % 3) + 2)
        for it in (one, other):
            list(Eager().train(it, Data(X, Y), [0], lambda epoch, r=rows: [r], Watch()))
    for it in (one, other):
        assert close([leaf.node.data for leaf in it.leaves], expected)
    assert one.memory.states["dense/bias"] is not other.memory.states["dense/bias"]


def test_averages_take_the_weights_places_at_the_end():
    rule = optim.SGD(0.1, use_ema=True, ema_momentum=0.5)
    it, seen = task(rule), []
    for _ in range(3):
        seen.append(train(it, 1)[1].copy())
        it.memory.step %= 3
    average = seen[0]
    for b in seen[1:]:
        average = 0.5 * average + 0.5 * b
    assert it.leaves[1].node.data == pytest.approx(seen[-1])
    rule.finalize_variable_values(it.leaves, it.memory.states)
    assert it.leaves[1].node.data == pytest.approx(average)
    assert it.leaves[1].node.data != pytest.approx(seen[-1])

    untouched = leaves()
    rule.finalize_variable_values(untouched, {})  # nothing was trained yet
    optim.SGD().finalize_variable_values(untouched, {PATHS[0]: {}})
    assert close([leaf.node.data for leaf in untouched], [leaf.node.data for leaf in leaves()])


def test_gradients_are_gathered_before_the_weights_move():
    it = task(optim.SGD(0.1, gradient_accumulation_steps=3))
    start = [leaf.node.data for leaf in it.leaves]
    assert close(train(it, 1), start)
    assert it.memory.step == 1
    rest = [slice(2, 4), slice(4, 6)]
    list(Eager().train(it, Data(X, Y), [0], lambda epoch: rest, Watch()))
    whole = task(optim.SGD(0.1))
    list(Eager().train(whole, Data(X, Y), [0], lambda epoch: [slice(None)], Watch()))
    assert close([leaf.node.data for leaf in it.leaves], [leaf.node.data for leaf in whole.leaves])
    assert all((s["gradient_sum"] == 0).all() for s in it.memory.states.values())


def test_weights_that_nothing_reaches_stay_and_are_named():
    it = task(optim.SGD(0.1, weight_decay=0.5, global_clipnorm=1.0))
    apart = Weight("apart", [1.0])
    other = Task(it.forward, it.loss, it.predict, [*it.leaves, apart], it.rule)
    (epoch,) = Eager().train(other, Data(X, Y), [0], lambda epoch: [slice(None)], Watch())
    assert epoch.unreached == {"apart"}
    assert apart.node.data.tolist() == [1.0]
    assert "apart" not in other.memory.states


def test_a_norm_that_is_not_finite_is_no_step_of_zero():
    rule = optim.SGD(1.0, global_clipnorm=1.0)
    own = leaves()
    gradients = [np.full((2, 1), 1e200), np.array([1.0])]
    with np.errstate(all="ignore"):
        moved = rule.moves(NUMPY, own, [w.node.data for w in own], gradients, {}, 0, 1.0)
        assert all(np.isnan(w).all() for _, w, _ in moved)
