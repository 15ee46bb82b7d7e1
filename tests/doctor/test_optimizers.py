"""Optimizers of every form: what they follow is told from their steps, as is what they do wrong."""

import numpy as np
import pytest

from clearprop.doctor import check


class Adam:
    """Constants are attributes; the options put a slip in."""

    def __init__(self, lr=0.002, *, correct=True, power=2, inside=False, sign=1.0, stuck=False):
        self.lr, self.beta1, self.beta2, self.eps = lr, 0.9, 0.999, 1e-8
        self.correct, self.power, self.inside, self.sign = correct, power, inside, sign
        self.stuck, self.t, self.m, self.v = stuck, 0, {}, {}

    def update(self, params, grads):
        self.t = 1 if self.stuck else self.t + 1
        for k, g in grads.items():
            self.m[k] = self.beta1 * self.m.get(k, 0.0) + (1 - self.beta1) * g
            self.v[k] = self.beta2 * self.v.get(k, 0.0) + (1 - self.beta2) * np.abs(g) ** self.power
            m, v = self.m[k], self.v[k]
            if self.correct:
                m, v = m / (1 - self.beta1**self.t), v / (1 - self.beta2**self.t)
            root = np.sqrt(v + self.eps) if self.inside else np.sqrt(v) + self.eps
            params[k] -= self.sign * self.lr * m / root


@pytest.mark.parametrize(
    ("slip", "ids"),
    [
        ({}, ()),
        ({"correct": False}, ("adam-without-bias-correction",)),
        ({"power": 1}, ("second-moment-not-squared",)),
        ({"inside": True}, ("adam-epsilon-inside-root",)),
        ({"sign": -1.0}, ("sign-update",)),
        ({"stuck": True}, ("adam-step-stuck",)),
    ],
    ids=lambda v: "-".join(v),
)
def test_adam(slip, ids):
    report = check(Adam(**slip))
    assert (report.sound, report.ids) == (not ids, ids)


class WrittenInto:
    """No constant is an attribute but the rate."""

    def __init__(self, form):
        self.rate, self.form, self.h = 0.05, form, 0.0

    def step(self, w, g):
        if self.form == "adagrad":
            self.h = self.h + g * g
            return w - self.rate * g / (np.sqrt(self.h) + 1e-7)
        if self.form == "rmsprop":
            self.h = 0.97 * self.h + 0.03 * g * g
            return w - self.rate * g / np.sqrt(self.h + 1e-5)
        if self.form == "momentum":
            self.h = 0.85 * self.h - self.rate * g
            return w + self.h
        if self.form == "against":
            self.h = -0.85 * self.h - self.rate * g
            return w + self.h
        return w - self.rate * np.sign(g) * np.abs(g) ** 0.7


@pytest.mark.parametrize("form", ["adagrad", "rmsprop", "momentum"])
def test_constants_may_stand_in_the_code(form):
    assert check(WrittenInto(form)).sound


def test_a_slip_is_named_there_too():
    assert check(WrittenInto("against")).ids == ("momentum-sign",)


def test_a_rule_of_its_own_is_not_judged_unless_it_is_called_by_a_known_name():
    report = check(WrittenInto("own"))
    assert report.sound is None
    assert report.failed.kind == "no_rule"
    assert check(WrittenInto("own"), rule="sgd").sound is False


def descend(w, g, lr=0.1):
    return w - lr * g


def climb(theta, grad, lr=0.1):
    return theta + lr * grad


def with_state(w, g, state=None):
    velocity = 0.9 * (0.0 if state is None else state) + g
    return w - 0.02 * velocity, velocity


def test_functions():
    assert check(descend).sound
    assert check(climb).ids == ("sign-update",)
    assert check(with_state).sound


def test_a_closure():
    def make(sign):
        kept = [0.0]

        def step(w, g):
            kept[0] = sign * 0.8 * kept[0] + g
            return w - 0.1 * kept[0]

        return step

    options = {"lr": 0.1, "momentum": 0.8}
    assert check(make(1.0), rule="momentum", options=options).sound
    assert check(make(-1.0), rule="momentum", options=options).ids == ("momentum-sign",)


class SGD:
    """The options are a schedule, decay, a limit, or slips."""

    def __init__(self, lr=0.1, *, fall=0.0, weight_decay=0.0, clip=None, power=1):
        self.lr, self.fall, self.weight_decay = lr, fall, weight_decay
        self.clip, self.power, self.t = clip, power, 0

    def update(self, params, grads):
        rate = self.lr**self.power / (1 + self.fall * self.t)
        self.t += 1
        for k, g in enumerate(grads):
            step = g if self.clip is None else np.clip(g, -self.clip, self.clip)
            params[k] = params[k] - rate * (step + self.weight_decay * params[k])


@pytest.mark.parametrize("how", [{"fall": 0.5}, {"weight_decay": 0.01}, {"clip": 0.05}], ids=str)
def test_what_is_no_mistake(how):
    assert check(SGD(**how)).sound


def test_rates():
    assert check(SGD(power=0)).ids == ("learning-rate-missing",)
    assert check(SGD(power=2)).ids == ("learning-rate-twice",)


class Param:
    def __init__(self, data):
        self.data, self.grad = data, np.zeros_like(data)


class Holds:
    """An optimizer that holds what it changes."""

    def __init__(self, factor=1.0):
        rng = np.random.default_rng(0)
        self.params, self.lr = [Param(rng.normal(size=s)) for s in ((2, 3), (3,))], 0.05
        self.factor = factor

    def step(self):
        for p in self.params:
            p.data = p.data - self.factor * self.lr * p.grad


def test_one_that_holds_its_parameters():
    assert check(Holds()).sound
    assert check(Holds(-1.0)).ids == ("sign-update",)


def test_the_evidence_is_a_weight_and_a_step():
    (finding,) = check(Adam(correct=False)).findings
    assert finding.places == ("adam",)
    assert finding.evidence[0].where.endswith("t = 1")


class AdamW(Adam):
    """Weights shrink beside the step, before it or after it."""

    def __init__(self, *, after=False, **slip):
        super().__init__(**slip)
        self.weight_decay, self.after = 0.02, after

    def update(self, params, grads):
        for when in (False, True):
            if when == self.after:
                for k in params:
                    params[k] *= 1 - self.lr * self.weight_decay
            if not when:
                super().update(params, grads)


@pytest.mark.parametrize("after", [False, True])
def test_weights_that_shrink_keep_their_sign(after):
    assert check(AdamW(after=after)).sound
    assert check(AdamW(after=after, sign=-1.0)).ids == ("sign-update",)
    assert check(AdamW(after=after, correct=False)).ids == ("adam-without-bias-correction",)


def momentum(form, lr=0.05, beta=0.9):
    """Make a closure that uses its rate, or doesn't."""
    v = {}

    def used(params, grads):
        for k, g in grads.items():
            v[k] = beta * v.get(k, 0.0) - lr * g
            params[k] += v[k]

    def idle(params, grads):
        for k, g in grads.items():
            v[k] = beta * v.get(k, 0.0) - g
            params[k] += v[k]

    return used if form == "used" else idle


def of_a_box(box, lr=0.05, beta=0.9):
    v = {}

    def step(params, grads):
        for k, g in grads.items():
            v[k] = beta * v.get(k, 0.0) - box["any"] * g
            params[k] += v[k]

    return step


def only_idle(lr=0.05, beta=0.9):
    v = {}

    def step(params, grads):
        for k, g in grads.items():
            v[k] = beta * v.get(k, 0.0) - g
            params[k] += v[k]

    return step


def test_a_closure_whose_maker_takes_a_rate_that_nobody_uses():
    assert check(momentum("used"), rule="momentum").sound
    assert check(only_idle(), rule="momentum").ids == ("learning-rate-missing",)
    assert check(of_a_box({"any": 0.3}), rule="momentum").sound  # its rate has another name


def test_a_root_of_less_than_nothing():
    class Signed:
        def __init__(self):
            self.lr, self.rho, self.h = 0.01, 0.9, {}

        def update(self, params, grads):
            for k, g in grads.items():
                self.h[k] = self.rho * self.h.get(k, 0.0) + (1 - self.rho) * g
                with np.errstate(invalid="ignore"):
                    params[k] -= self.lr * g / (np.sqrt(self.h[k]) + 1e-8)

    assert check(Signed(), rule="rmsprop").ids == ("second-moment-not-squared",)


@pytest.mark.parametrize("line", ["both", "velocity", "step"])
def test_nesterov_with_the_sign_of_what_is_remembered(line):
    class Ahead:
        def __init__(self):
            self.lr, self.momentum, self.v = 0.05, 0.9, {}

        def update(self, params, grads):
            for k, g in grads.items():
                old, b = self.v.get(k, 0.0), self.momentum
                c = -b if line == "both" else b
                self.v[k] = (b if line == "none" else -b) * old - self.lr * g
                if line == "step":
                    params[k] += (1 + b) * self.v[k] - b * old
                else:
                    params[k] += c * self.v[k] - self.lr * g

    assert check(Ahead(), rule="nesterov").ids == ("momentum-sign",)
