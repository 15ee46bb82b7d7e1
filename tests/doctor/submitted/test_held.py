"""Which of the numbers that an object holds are its parameters."""

import numpy as np
import pytest

from clearprop.doctor import check

X = np.random.default_rng(8).normal(size=(4, 3))


class Param:
    def __init__(self, value):
        self.value, self.grad = value, None


class OfObjects:
    """Parameters are objects; `db` spoils the bias's gradient."""

    def __init__(self, db=lambda g: g.sum(0)):
        r = np.random.default_rng(9)
        self.weight, self.bias, self.db = Param(r.normal(size=(3, 2))), Param(np.zeros(2)), db

    def forward(self, x):
        self.x = x
        return x @ self.weight.value + self.bias.value

    def backward(self, g):
        self.weight.grad, self.bias.grad = self.x.T @ g, self.db(g)
        return g @ self.weight.value.T


def test_parameters_that_are_objects():
    assert check(OfObjects(), x=X).sound
    assert check(OfObjects(lambda g: g[0]), x=X).ids == ("bias-not-summed",)


class Buffered:
    """Writes its input into a list that is there before, and trains by itself."""

    def __init__(self, *, trains_bias=True):
        self.inside, self.w, self.bias = [0.5, 0.5, 1.0], [0.3, -0.6, 0.2], 0.1
        self.rate, self.trains_bias = 0.2, trains_bias

    def predict(self, xs):
        self.inside[0], self.inside[1] = xs
        return sum(w * x for w, x in zip(self.w, self.inside, strict=True)) + self.bias

    def train(self, xs, target):
        error = self.predict(xs) - target
        for i in range(3):
            self.w[i] -= self.rate * error * self.inside[i]
        if self.trains_bias:
            self.bias -= self.rate * error


def test_what_is_computed_with_is_no_parameter_and_a_bias_is():
    report = check(Buffered(), x=[0.4, -0.9], t=0.7, lr=0.2)
    assert report.sound
    assert set(report.verdict.names) == {"w", "bias"}
    report = check(Buffered(trains_bias=False), x=[0.4, -0.9], t=0.7, lr=0.2)
    assert "bias-gradient-missing" in report.ids


class Made:
    """It was made with its data; its ways take nothing."""

    def __init__(self, sign=1.0):
        r = np.random.default_rng(10)
        self.input, self.answers = r.normal(size=(5, 3)), r.uniform(0.1, 0.9, size=(5, 1))
        self.weights, self.sign = r.normal(size=(3, 1)), sign

    def feedforward(self):
        self.output = 1 / (1 + np.exp(-self.input @ self.weights))
        return self.output

    def backprop(self):
        d = (self.output - self.answers) * self.output * (1 - self.output)
        self.weights -= self.sign * self.input.T @ d


def test_a_program_that_was_made_with_its_data():
    for sign, ids in ((1.0, ()), (-1.0, ("sign-update",))):
        net = Made(sign)
        assert check(net, t=net.answers.copy(), loss="half_sse", lr=1.0).ids == ids


def test_its_target_must_be_among_them():
    report = check(Made(), t=np.ones((5, 1)), lr=1.0)
    assert report.failed.kind == "no_target"
    assert "t=" in report.to_text("ko")


@pytest.mark.parametrize("slope", [0.1, 0.3])
def test_a_setting_is_no_weight(slope):
    class Leaky:
        def __init__(self):
            self.slope, self.w, self.b = slope, 0.8, -0.1

        def forward(self, x):
            self.x, self.z = x, self.w * x + self.b
            return np.where(self.z > 0, self.z, self.slope * self.z)

        def backward(self, g):
            d = g * np.where(self.z > 0, 1.0, self.slope)
            self.dw, self.db = float(np.sum(d * self.x)), float(np.sum(d))
            return d * self.w

    report = check(Leaky(), x=X)
    assert report.sound
    assert set(report.verdict.names) == {"x", "w", "b"}


class First:
    """The first layer of a network: it changes its own weights, and hands nothing on."""

    def __init__(self, sign=-1.0):
        self.W, self.sign = np.array([[0.5, -1.0], [0.25, 2.0], [1.0, 0.3]]), sign

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backprop(self, d_L_d_out, learn_rate):
        self.W += self.sign * learn_rate * self.x.T @ d_L_d_out


def test_a_first_layer_that_learns_by_itself():
    x = np.array([[1.0, 2.0, -0.5], [0.3, -1.0, 0.7]])
    report = check(First(), x=x, lr=0.1)
    assert report.sound
    assert "first layer" in report.to_text("en")
    assert check(First(1.0), x=x, lr=0.1).ids == ("sign-update",)


class Pruned:
    """Weights with a mask of their own, which nobody trains."""

    def __init__(self, *, bias=True):
        rng = np.random.default_rng(31)
        self.W, self.b_out = rng.normal(size=(3, 2)), rng.normal(size=2)
        self.prune, self.bias = (rng.random((3, 2)) > 0.3) * 1.0, bias

    def forward(self, x):
        self.x = x
        return x @ (self.W * self.prune) + self.b_out

    def backward(self, dout):
        self.dW = self.x.T @ dout * self.prune
        if self.bias:
            self.db_out = dout.sum(axis=0)
        return dout @ (self.W * self.prune).T


def test_arrays_that_nobody_trains_are_told_apart_from_a_bias_that_was_forgotten():
    x = np.random.default_rng(32).normal(size=(4, 3))
    report = check(Pruned(), x=x)
    assert report.sound
    assert "prune" in report.to_text("en")
    forgotten = check(Pruned(bias=False), x=x)
    assert forgotten.sound is False
    assert set(forgotten.ids) <= {"bias-gradient-missing"}
    assert "gradient of b_out" in forgotten.to_text("en")


class Aliased:
    """A network whose layers hold the very arrays that it lists as its parameters."""

    def __init__(self, slope=1.0):
        rng = np.random.default_rng(33)
        self.stages = [{"w": rng.normal(size=(3, 4))}, {"w": rng.normal(size=(4, 2))}]
        self.params = {"w0": self.stages[0]["w"], "w1": self.stages[1]["w"]}
        self.slope = slope

    def loss(self, x, t):
        self.h = np.tanh(x @ self.stages[0]["w"])
        self.y = self.h @ self.stages[1]["w"]
        return 0.5 * np.sum((self.y - t) ** 2)

    def gradient(self, x, t):
        self.loss(x, t)
        d = self.y - t
        back = d @ self.stages[1]["w"].T * (1 - self.slope * self.h**2)
        return {"w0": x.T @ back, "w1": self.h.T @ d}


def test_arrays_have_the_names_under_which_a_program_lists_them():
    rng = np.random.default_rng(34)
    x, t = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    assert check(Aliased(), x=x, t=t).verdict.names == ("params['w0']", "params['w1']")
    assert check(Aliased(0.0), x=x, t=t).ids == ("activation-derivative-missing",)
