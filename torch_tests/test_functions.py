"""`check` of functions of PyTorch that have a way back of their own, right and wrong."""

import unittest

import numpy as np
import torch
from torch.autograd import Function

from clearprop.doctor import check

RNG = np.random.default_rng(21)
X, W, B, T = (RNG.normal(size=s) for s in ((4, 3), (3, 2), (2,), (4, 3)))


class Tanh(Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.tanh(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * (1 - y**2)


class TanhForgotten(Tanh):
    @staticmethod
    def backward(ctx, g):
        return g


class Linear(Function):
    """As in PyTorch's own guide: weights as (out, in), the bias may be left out."""

    @staticmethod
    def forward(ctx, x, w, b=None):
        ctx.save_for_backward(x, w, b)
        y = x.mm(w.t())
        return y if b is None else y + b

    @staticmethod
    def backward(ctx, g):
        x, w, b = ctx.saved_tensors
        needs = ctx.needs_input_grad
        gb = g.sum(0) if b is not None and needs[2] else None
        return g.mm(w) if needs[0] else None, g.t().mm(x) if needs[1] else None, gb


class LinearAveraged(Linear):
    @staticmethod
    def backward(ctx, g):
        gx, gw, _ = Linear.backward(ctx, g)
        return gx, gw, g.mean(0)


class Relu(Function):
    """With the context set up apart from forward."""

    @staticmethod
    def forward(x, w):
        return torch.relu(x @ w)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs, output)

    @staticmethod
    def backward(ctx, g):
        x, w, y = ctx.saved_tensors
        d = g * (y > 0)
        return d @ w.T, x.T @ d


class ReluAlwaysOn(Relu):
    @staticmethod
    def backward(ctx, g):
        x, w, y = ctx.saved_tensors
        d = g * (y >= 0)
        return d @ w.T, x.T @ d


class Clamped(Function):
    """In place, and marked so."""

    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.clamp_(min=0)
        ctx.save_for_backward(x)
        return x

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * (y > 0)


class Rows(Function):
    """Rows of a table, one of them twice."""

    @staticmethod
    def forward(ctx, table, index):
        ctx.save_for_backward(index)
        ctx.shape = table.shape
        return table[index]

    @staticmethod
    def backward(ctx, g):
        (index,) = ctx.saved_tensors
        return torch.zeros(ctx.shape, dtype=g.dtype).index_add_(0, index, g), None


class RowsOverwritten(Rows):
    @staticmethod
    def backward(ctx, g):
        (index,) = ctx.saved_tensors
        out = torch.zeros(ctx.shape, dtype=g.dtype)
        out[index] = g
        return out, None


class Wave(Function):
    """Two outputs; `place` is of whole numbers and has no gradient."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        place = x.argmax(dim=1)
        ctx.mark_non_differentiable(place)
        return x.sin(), x.cos(), place

    @staticmethod
    def backward(ctx, g_sin, g_cos, _):
        (x,) = ctx.saved_tensors
        return g_sin * x.cos() - g_cos * x.sin()


class WaveOnePath(Wave):
    @staticmethod
    def backward(ctx, g_sin, g_cos, _):
        (x,) = ctx.saved_tensors
        return g_sin * x.cos()


class Mse(Function):
    @staticmethod
    def forward(ctx, y, t):
        ctx.save_for_backward(y, t)
        return ((y - t) ** 2).mean()

    @staticmethod
    def backward(ctx, g):
        y, t = ctx.saved_tensors
        return g * 2 * (y - t) / y.numel(), None


class MseHalf(Mse):
    @staticmethod
    def backward(ctx, g):
        y, t = ctx.saved_tensors
        return g * (y - t) / y.numel(), None


class Power(Function):
    @staticmethod
    def forward(ctx, x, n):
        ctx.save_for_backward(x)
        ctx.n = n
        return x**n

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * ctx.n * x ** (ctx.n - 1), None


class Raising(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * ctx.factor


class FunctionsOfPyTorch(unittest.TestCase):
    def test_right(self):
        for function, x in (
            (Tanh, X), (Linear, (X, W.T, B)), (Relu, (X, W)), (Clamped, X), (Wave, X),
            (Rows, (X, np.array([0, 2, 2]))), (Power, (X, 3)), (Mse, (X, T)),
        ):  # fmt: skip
            with self.subTest(function.__name__):
                report = check(function, x=x)
                assert report.sound, str(report)

    def test_wrong_with_a_name(self):
        for function, x, name in (
            (TanhForgotten, X, "activation-derivative-missing"),
            (LinearAveraged, (X, W.T, B), "bias-averaged"),
            (ReluAlwaysOn, (X, W), "relu-derivative-always-on"),
        ):
            with self.subTest(function.__name__):
                assert check(function, x=x).ids == (name,)

    def test_wrong(self):
        for function, x in ((WaveOnePath, X), (RowsOverwritten, (X, np.array([0, 2, 2])))):
            with self.subTest(function.__name__):
                assert check(function, x=x).sound is False

    def test_a_loss_with_its_target(self):
        assert check(Mse, x=X, t=T).sound
        assert "half-too-small" in check(MseHalf, x=X, t=T).ids

    def test_tensors_and_single_precision(self):
        for x in (torch.tensor(X, requires_grad=True), torch.tensor(X, dtype=torch.float32)):
            assert check(Tanh, x=x).sound
            assert check(TanhForgotten, x=x).sound is False

    def test_apply_is_the_function(self):
        assert check(Tanh.apply, x=X).sound
        assert check(TanhForgotten.apply, x=X).sound is False

    def test_the_tensors_stay(self):
        x = torch.tensor(X)
        check(Clamped, x=x)
        assert torch.equal(x, torch.tensor(X))

    def test_what_cannot_be_judged_is_told(self):
        for thing, x, words in (
            (Raising, X, "factor"), (Tanh, None, "x="), (torch.nn.Linear(3, 2), X, "autograd"),
            (Linear, X, "x=(a, b)"), (Relu, (X, W.T), "shape"),
        ):  # fmt: skip
            with self.subTest(words):
                report = check(thing, x=x)
                assert report.sound is None
                assert words in " ".join(report.to_text("en").split())


if __name__ == "__main__":
    unittest.main()
