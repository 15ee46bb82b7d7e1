"""Classes whose arguments were not given: what they may be is told by their names."""

import numpy as np
import pytest

from clearprop.doctor import check

X = np.random.default_rng(7).normal(size=(4, 3))


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class OutIn(Affine):
    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b

    def backward(self, dout):
        self.dW, self.db = dout.T @ self.x, dout.sum(axis=0)
        return dout @ self.W


class BySize(Affine):
    def __init__(self, n_in, n_out, lr=0.1):
        rng = np.random.default_rng(8)
        super().__init__(rng.normal(size=(n_in, n_out)), np.zeros(n_out))


class Leaky:
    def __init__(self, alpha):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, dout):
        return np.where(self.x > 0, dout, self.alpha * dout)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Affine, "W=randn(3, 3), b=randn(3)"),
        (OutIn, "randn(3, 3)"),
        (BySize, "n_in=3, n_out=3"),
        (Leaky, "alpha=0.1"),
    ],
)
def test_guessed_and_told(kind, said):
    report = check(kind, x=X)
    assert report.sound
    assert said in report.to_text("en")


def test_weights_as_rows_of_outputs():
    assert check(OutIn, x=X[:, :2]).verdict.names == ("x", "W", "b")


def test_a_mistake_is_still_one():
    class Averaged(BySize):
        def backward(self, dout):
            dx = super().backward(dout)
            self.db = dout.mean(axis=0)
            return dx

    assert check(Averaged, x=X).ids == ("bias-averaged",)


class Odd(Affine):
    def __init__(self, W, b, colour):
        super().__init__(W, b)


class Failing(Affine):
    def __init__(self, W):
        raise ValueError("W has to come from a file")


@pytest.mark.parametrize("kind", [Odd, Failing])
@pytest.mark.parametrize(("lang", "said"), [("en", "needs"), ("ko", "필요")])
def test_what_is_needed_is_told(kind, lang, said):
    report = check(kind, x=X)
    assert report.sound is None
    text = " ".join(report.to_text(lang).split())
    assert said in text
    assert f"layer = {kind.__name__}(W" in text
