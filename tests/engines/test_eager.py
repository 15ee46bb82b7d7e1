"""The eager engine on tasks of its own: it knows functions of tensors, no layers and no models."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.namespaces import MODE, NUMPY
from clearprop.core.tensor import Node
from clearprop.engines import ENGINES, Data, Eager, Engine, Memory, Task, Watch, choose
from clearprop.errors import OptionError

X = np.arange(12.0).reshape(6, 2)
Y = X @ [[1.0], [-2.0]] + 0.5


class Weight:
    """A leaf without a layer."""

    def __init__(self, path, data):
        self.path = path
        self.hold(np.array(data, float))

    def hold(self, data):
        self.node = Node(data, needs_grad=True)
        self.node.name = self.path


class Descent:
    """Plain descent, written out; keeps what it is asked."""

    plain, loss_scale_factor = True, None

    def __init__(self, lr=0.01):
        self.lr, self.asked = lr, []

    def start(self, xp, w):
        return {"steps": xp.zeros_like(w)}

    def update(self, xp, w, g, state, step, lr):
        assert xp is NUMPY
        self.asked.append((step, lr))
        return w - lr * g, {"steps": state["steps"] + 1}

    def rate(self, step):
        return self.lr


class Largest:
    """A meter: the largest prediction."""

    name = "largest"

    def reset(self):
        self.value = -np.inf

    def update(self, y_true, y_pred, sample_weight=None):
        self.value = max(self.value, float(y_pred.numpy().max()))

    def result(self):
        return self.value


def task(**changes):
    w, b = Weight("w", [[0.1], [0.2]]), Weight("b", [0.0])

    def forward(x, training):
        return x @ cp.Tensor(w.node) + cp.Tensor(b.node)

    def loss(y, output, weight):
        squares = (output - y) * (output - y)
        return (squares if weight is None else squares * weight[:, None]).mean()

    settings = {"leaves": [w, b], "rule": Descent(), "meters": [Largest()]} | changes
    return Task(forward, loss, lambda output: output, **settings)


def by_hand(steps, lr=0.01):
    w, b, losses = np.array([[0.1], [0.2]]), np.zeros(1), []
    for rows in steps:
        x, error = X[rows], X[rows] @ w + b - Y[rows]
        losses.append((error**2).mean())
        w, b = w - lr * 2 * x.T @ error / len(x), b - lr * 2 * error.mean(axis=0)
    return w, b, losses


def in_twos(epoch):
    return [slice(0, 2), np.array([5, 3]), slice(2, 6)]


def test_an_epoch_is_its_steps():
    it = task()
    epochs = list(Eager().train(it, Data(X, Y), range(3, 5), in_twos, Watch()))
    w, b, losses = by_hand(in_twos(0) * 2)
    np.testing.assert_allclose(it.leaves[0].node.data, w, rtol=1e-12)
    np.testing.assert_allclose(it.leaves[1].node.data, b, rtol=1e-12)
    assert [epoch.number for epoch in epochs] == [3, 4]
    assert [epoch.steps for epoch in epochs] == [3, 3]
    weighted = [np.average(part, weights=[2, 2, 4]) for part in (losses[:3], losses[3:])]
    assert [epoch.logs["loss"] for epoch in epochs] == pytest.approx(weighted, rel=1e-12)
    assert it.memory.step == 6
    assert it.memory.states["w"]["steps"].tolist() == [[6.0], [6.0]]
    assert it.rule.asked[::2] == [(step, 0.01) for step in range(6)]


def test_an_epoch_is_not_begun_before_it_is_asked_for():
    it = task()
    epochs = Eager().train(it, Data(X, Y), range(2), in_twos, Watch())
    assert it.memory.step == 0
    next(epochs)
    assert it.memory.step == 3


def test_the_asker_s_modes_are_left_alone():
    it = task()
    for _ in Eager().train(it, Data(X, Y), range(2), in_twos, Watch()):
        assert MODE.get() == (NUMPY, True)
        with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
            np.ones(1) / 0


def test_all_weights_move_at_once():
    seen = []

    class Look(Descent):
        def update(self, xp, w, g, state, step, lr):
            seen.append([leaf.node.data.copy() for leaf in it.leaves])
            return super().update(xp, w, g, state, step, lr)

    it = task(rule=Look())
    list(Eager().train(it, Data(X, Y), [0], lambda epoch: [slice(None)], Watch()))
    np.testing.assert_allclose(it.leaves[1].node.data, by_hand([slice(None)])[1])
    assert len(seen) == 2


def test_judging_and_predicting_change_and_record_nothing():
    it = task(rule=None)
    made = []

    def forward(x, training):
        assert not training
        assert not MODE.get().record
        made.append(task_forward(x, training))
        return made[-1]

    task_forward = it.forward
    watched = Task(forward, it.loss, it.predict, it.leaves, meters=it.meters)
    logs = Eager().evaluate(watched, Data(X, Y), in_twos(0), Watch())
    predicted = Eager().predict(forward, Data(X), [slice(0, 4), slice(4, 6)], Watch())
    np.testing.assert_allclose(predicted, task_forward(cp.tensor(X), False).numpy())
    assert all(output.node.op is None for output in made)
    assert [leaf.node.data.tolist() for leaf in it.leaves] == [[[0.1], [0.2]], [0.0]]
    assert logs["largest"] == max(output.data.max() for output in made[:3])


def test_weights_of_examples_reach_the_loss():
    it, weight = task(), np.array([0, 0, 1, 0, 0, 0.0])
    logs = Eager().evaluate(it, Data(X, Y, weight), [slice(None)], Watch())
    alone = Eager().evaluate(it, Data(X[2:3], Y[2:3]), [slice(None)], Watch())
    assert logs["loss"] == pytest.approx(alone["loss"] / 6)


class Count(Watch):
    steps = True

    def __init__(self, most):
        self.most, self.heard = most, []

    def stop(self):
        return len(self.heard) >= 2 * self.most

    def begins(self, step):
        self.heard.append(step)

    def ended(self, step, logs):
        self.heard.append(set(logs()))


def test_a_watch_hears_every_step_and_may_end_after_any():
    it, watch = task(), Count(2)
    (epoch,) = Eager().train(it, Data(X, Y), [0], in_twos, watch)
    assert watch.heard == [0, {"loss", "largest"}, 1, {"loss", "largest"}]
    assert epoch.steps == it.memory.step == 2
    watch = Count(1)
    Eager().evaluate(it, Data(X, Y), in_twos(0), watch)
    assert watch.heard == [0, {"loss", "largest"}]
    assert len(Eager().predict(it.forward, Data(X), in_twos(0), Count(1))) == 2


def test_the_first_loss_that_is_no_number_is_noted():
    it = task(rule=Descent(1e200))
    (epoch,) = Eager().train(it, Data(X, Y), [0], in_twos, Watch())
    assert epoch.not_finite is not None
    step, value = epoch.not_finite
    assert step == 1
    assert not np.isfinite(value)


def test_weights_that_the_loss_does_not_depend_on_stay_and_are_named():
    it = task()
    apart = Weight("apart", [1.0])
    other = Task(it.forward, it.loss, it.predict, [*it.leaves, apart], it.rule)
    (epoch,) = Eager().train(other, Data(X, Y), [0], in_twos, Watch())
    assert epoch.unreached == {"apart"}
    assert apart.node.data.tolist() == [1.0]
    assert "apart" not in other.memory.states


def test_nothing_to_train_is_no_error():
    it = task()
    for leaf in it.leaves:
        leaf.node.needs_grad = False
    (epoch,) = Eager().train(it, Data(X, Y), [0], in_twos, Watch())
    assert epoch.steps == 3


def test_memory_goes_on():
    parts, whole = task(memory=Memory()), task()
    for epochs in ([0], [1]):
        list(Eager().train(parts, Data(X, Y), epochs, in_twos, Watch()))
    list(Eager().train(whole, Data(X, Y), range(2), in_twos, Watch()))
    np.testing.assert_array_equal(parts.leaves[0].node.data, whole.leaves[0].node.data)


def test_engines_by_name():
    assert isinstance(choose("auto"), Engine)
    for name in ENGINES:
        assert choose(name).name == name
    with pytest.raises(OptionError, match="'jax' is not available in this version"):
        choose("jax")
    with pytest.raises(OptionError, match="did you mean 'eager'"):
        choose("eagre")
    with pytest.raises(OptionError, match="unknown engine 3"):
        choose(3)


def test_callbacks_are_told_in_the_modes_of_whoever_asked():
    class Curious(Watch):
        steps = True

        def __init__(self):
            self.seen = []

        def begins(self, step):
            self.seen.append(((cp.tensor([2.0]) * 3.0).node.op is not None, np.geterr()["over"]))

        def ended(self, step, logs):
            self.begins(step)

    watch, it, outside = Curious(), task(), np.geterr()["over"]
    Eager().evaluate(it, Data(X, Y), in_twos(0), watch)
    list(Eager().train(it, Data(X, Y), [0], in_twos, watch))
    assert watch.seen == [(True, outside)] * 12
    assert outside != "ignore"
