"""`check` as a whole: styles, what it leaves behind, what it says when it cannot judge."""

import random
import sys
import threading

import numpy as np
import pytest

from clearprop.doctor import check

X = np.random.default_rng(0).normal(size=(4, 3))


class Affine:
    """An affine layer; `slip` is put into the bias's gradient."""

    def __init__(self, slip=lambda g: g.sum(axis=0)):
        rng = np.random.default_rng(1)
        self.W, self.b, self.slip = rng.normal(size=(3, 2)), rng.normal(size=2), slip

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, self.slip(dout)
        return dout @ self.W.T


class Layer:
    """Doubles its input, and does something else besides."""

    def __init__(self, ahead=lambda: None, back=lambda: None):
        self.ahead, self.back = ahead, back

    def forward(self, x):
        self.ahead()
        return 2 * x

    def backward(self, dout):
        self.back()
        return 2 * dout


def test_a_sound_layer():
    report = check(Affine(), x=X)
    assert report
    assert report.findings == ()
    assert report.forward == "affine"


def test_a_mistake_is_named_with_its_numbers():
    report = check(Affine(lambda g: g.mean(axis=0)), x=X)
    assert report.sound is False
    (finding,) = report.findings
    assert (finding.name, finding.alternatives, finding.places) == (
        "bias-averaged",
        (),
        ("affine",),
    )
    assert all(round(e.ratio, 6) == 0.25 for e in finding.evidence)


def test_what_has_no_name_gets_facts_only():
    report = check(Affine(lambda g: g.max(axis=0)), x=X)
    assert (report.sound, report.ids) == (False, ())
    assert {key for key, _ in report.findings[0].facts} >= {"entry", "right"}


def test_the_object_is_left_as_it_was():
    layer = Affine()
    weights, kept = layer.W, layer.W.copy()
    before = set(vars(layer))
    check(layer, x=X)
    assert layer.W is weights
    assert np.array_equal(layer.W, kept)
    assert set(vars(layer)) == before


def test_chance_and_settings_are_left_as_they_were():
    def disturb():
        np.random.seed(3)  # noqa: NPY002 - what programs do
        random.seed(3)
        np.seterr(all="raise")
        np.set_printoptions(precision=1)

    states = np.random.get_state()[1].copy(), random.getstate()  # noqa: NPY002
    settings, printing = np.geterr(), np.get_printoptions()["precision"]
    assert check(Layer(disturb, disturb), x=X)
    assert np.array_equal(np.random.get_state()[1], states[0])  # noqa: NPY002
    assert random.getstate() == states[1]
    assert (np.geterr(), np.get_printoptions()["precision"]) == (settings, printing)


def test_what_a_program_prints_is_not_seen(capsys):
    assert check(Layer(lambda: print("loud"), lambda: print("louder", file=sys.stderr)), x=X)
    assert capsys.readouterr() == ("", "")


def test_a_program_that_never_ends():
    def spin():
        while True:
            pass

    report = check(Layer(spin), x=X, seconds=0.2)
    assert report.sound is None
    assert "did not end" in report.to_text("en")


def test_a_program_that_never_ends_in_another_thread():
    def stubborn():
        while True:
            try:
                while True:
                    pass
            except Exception:  # noqa: BLE001 - some programs hold on to everything
                pass

    reports = []
    ask = threading.Thread(target=lambda: reports.append(check(Layer(stubborn), x=X, seconds=0.2)))
    ask.start()
    ask.join(20)
    assert reports[0].sound is None


@pytest.mark.parametrize(
    ("disturb", "words"),
    [
        (lambda: 1 / 0, "ZeroDivisionError"),
        (lambda: sys.exit(1), "SystemExit"),
        (lambda: input("?"), "EOFError"),
    ],
)
def test_a_program_that_fails(disturb, words):
    report = check(Layer(back=disturb), x=X)
    assert report.sound is None
    assert words in report.to_text("en")
    assert "test_check.py" in report.to_text("en")


def test_a_program_without_a_way_back():
    class Forward:
        def forward(self, x):
            return x

    report = check(Forward(), x=X)
    assert report.sound is None
    assert "no way back" in report.to_text("en")


def test_global_weights_are_put_back():
    space = {"np": np}
    source = """
W = np.array([[1.0, 2.0], [0.5, -1.0]])
seen = []
def forward(x):
    seen.append(x)
    return x @ W
def backward(dout):
    return dout @ W
"""
    exec(source, space)
    report = check((space["forward"], space["backward"]), x=np.array([[0.3, -0.4], [1.0, 2.0]]))
    assert report.ids == ("weight-not-transposed",)
    assert space["seen"] == []
    assert np.array_equal(space["W"], [[1.0, 2.0], [0.5, -1.0]])


def test_an_unstated_factor_is_a_convention():
    class Net:
        def __init__(self):
            self.w = np.array([[0.4], [-0.7]])

        def forward(self, x):
            self.x, self.y = x, x @ self.w
            return self.y

        def backward(self, t):
            self.dw = 2 * self.x.T @ (self.y - t)

    x, t = X[:, :2], X[:, 2:]
    report = check(Net(), x=x, t=t)
    assert report.sound
    assert "2 times" in report.to_text("en")
    assert check(Net(), x=x, t=t, loss="half_sse").ids == ("twice-too-large",)
    assert check(Net(), x=x, t=t, loss="sse").sound


def test_two_mistakes_at_once():
    class Two(Affine):
        def backward(self, dout):
            dx = super().backward(dout)
            self.dW = self.x.T @ np.ones_like(dout)
            return dx

    report = check(Two(lambda g: g.mean(axis=0)), x=X)
    assert report.ids == ("bias-averaged", "upstream-ignored")


def test_a_layer_of_this_library_s_own_kind():
    import clearprop as cp

    class Softplus:
        def forward(self, x):
            self.x = cp.tensor(x)
            return cp.log(1 + cp.exp(self.x)).numpy()

        def backward(self, dout):
            return dout * cp.sigmoid(self.x).numpy()

    assert check(Softplus(), x=X).sound
