"""A way back that asks for more than the gradient: what it was given, what came out, a cache."""

import functools

import numpy as np
import pytest

from clearprop.doctor import check
from clearprop.doctor.submitted.handing import handed

RNG = np.random.default_rng(5)
X, OTHER, W, B = (RNG.normal(size=s) for s in ((3, 4), (3, 4), (4, 2), (2,)))

BACK = {
    "x, dout": lambda self, x, dout: dout * (1 - np.tanh(x) ** 2),
    "grad, input": lambda self, grad, input: grad * (1 - np.tanh(input) ** 2),
    "y, dout": lambda self, y, dout: dout * (1 - y**2),
    "dout, out": lambda self, dout, out: dout * (1 - out**2),
}


def layer(forward, backward):
    return type("Layer", (), {"forward": forward, "backward": backward})()


@pytest.mark.parametrize("order", BACK)
def test_inputs_and_outputs_by_name(order):
    forward = (
        (lambda self, input: np.tanh(input)) if "input" in order else lambda self, x: np.tanh(x)
    )
    assert check(layer(forward, BACK[order]), x=X).sound

    @functools.wraps(BACK[order])
    def turned(*args):
        return -BACK[order](*args)

    assert check(layer(forward, turned), x=X).ids == ("sign-one",)


@pytest.mark.parametrize(
    ("backward", "named"),
    [
        (lambda self, dout, cache: dout * (1 - cache**2), ()),
        (lambda self, cache, dout: dout * (1 - cache**2), ()),
        (lambda self, cache, dout: dout, ("activation-derivative-missing",)),
    ],
)
def test_a_cache_beside_the_output_of_a_method(backward, named):
    report = check(layer(lambda self, x: (np.tanh(x), np.tanh(x)), backward), x=X)
    assert report.ids == named
    assert report.sound is not bool(named)


class Affine:
    @staticmethod
    def forward(x, w, b):
        return x @ w + b

    @staticmethod
    def backward(x, w, b, dout):
        return dout @ w.T, x.T @ dout, dout.sum(axis=0)


class Averaged(Affine):
    @staticmethod
    def backward(dout, x, w, b):
        return dout @ w.T, x.T @ dout, dout.mean(axis=0)


def test_static_methods():
    assert check(Affine, x=(X, W, B)).sound
    assert check(Averaged, x=(X, W, B)).ids == ("bias-averaged",)


class Product:
    def forward(self, a, b):
        self.a, self.b = a, b
        return a * b

    def backward(self, dout):
        return dout * self.b, dout * self.a


def test_a_list_of_inputs_where_forward_asks_for_as_many():
    assert check(Product(), x=[X, OTHER]).verdict.names == ("a", "b")


def test_a_list_of_rows_stays_one_input():
    square = layer(lambda self, x: setattr(self, "x", np.asarray(x)) or self.x**2,
                   lambda self, dout: 2 * self.x * dout)  # fmt: skip
    assert check(square, x=[[1.0, 2.0], [3.0, -1.0]]).sound


def test_target_first_in_functions():
    def mse(y_true, y_pred):
        return np.mean((y_true - y_pred) ** 2)

    def prime(y_true, y_pred):
        return 2 * (y_pred - y_true) / y_true.size

    def turned(y_true, y_pred):
        return 2 * (y_true - y_pred) / y_true.size

    assert check((mse, prime), x=X, t=OTHER).sound
    assert check((mse, turned), x=X, t=OTHER).ids == ("sign-delta",)


@pytest.mark.parametrize("needed", [["x", "w"], ["dout", "p1", "p2"]])
def test_names_that_say_too_little(needed):
    given = {n: 0 for n in needed if n in ("x", "w")}
    assert handed(needed, given, 1.0, (), np.ones(2)) is None


def test_a_gradient_of_the_target_too():
    def ahead(y, t):
        return np.mean((y - t) ** 2), (y, t)

    def back(dout, cache):
        d = 2 * (cache[0] - cache[1]) / cache[0].size * dout
        return d, -d

    assert check((ahead, back), x=X, t=OTHER).sound
    assert check((ahead, back), x=(X, OTHER)).sound
    assert check((ahead, lambda dout, cache: back(-dout, cache)), x=X, t=OTHER).sound is False


def test_arrays_that_lie_column_by_column():
    """Of a transposed array, a reshaped one is a copy: what is written there is lost."""

    def ahead(x, w, b):
        return x @ w.T + b, (x, w)

    def back(dout, cache):
        return dout @ cache[1], dout.T @ cache[0], dout.sum(axis=0)

    assert check((ahead, back), x=(X, W.T, B)).sound
    assert check((ahead, back), x=(np.asfortranarray(X), np.ascontiguousarray(W.T), B)).sound
