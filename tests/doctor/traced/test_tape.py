"""Numbers that note what is done with them: moves leave no mark, operations are NumPy's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from clearprop.doctor.traced.numbers import Arr, Num, ids_of, made, plain_of
from clearprop.doctor.traced.region import Region
from clearprop.doctor.traced.standins import exchanged
from clearprop.doctor.traced.tape import Tape, TooLong, writing

RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 2))


def traced(f: Callable[..., Any], *arrays: np.ndarray) -> tuple[Tape, Any]:
    """Run a function on traced numbers, its names exchanged."""
    with writing(Tape()) as tape:
        given = [made(tape.given(f"v{i}", a), a.copy()) for i, a in enumerate(arrays)]
        with exchanged([f]):
            return tape, f(*given)


def slopes(f: Callable[..., Any], *arrays: np.ndarray) -> np.ndarray:
    """Give what the tape says of how all outputs change with all inputs."""
    tape, y = traced(f, *arrays)
    ids = sorted(tape.leaf)
    return Region(tape, np.array(ids), ids_of(y)).at(np.concatenate([a.ravel() for a in arrays]))[1]


def measured(f: Callable[..., Any], *arrays: np.ndarray) -> np.ndarray:
    """Give the same by central differences."""
    flat, h = np.concatenate([a.ravel() for a in arrays]), 1e-6
    ends = np.cumsum([a.size for a in arrays])[:-1]

    def at(v: np.ndarray) -> np.ndarray:
        parts = np.split(v, ends)
        return np.ravel(f(*[p.reshape(a.shape) for p, a in zip(parts, arrays, strict=True)]))

    steps = np.eye(flat.size) * h
    return np.array([(at(flat + s) - at(flat - s)) / (2 * h) for s in steps]).T


def _loops(x: Any, w: Any) -> Any:
    out = np.zeros((len(x), 2))
    for n in range(len(x)):
        for j in range(2):
            s = 0.0
            for i in range(3):
                s += x[n][i] * w[i][j]
            out[n, j] = 1 / (1 + math.exp(-s))
    return out


def _in_place(x: Any, w: Any) -> Any:
    z = np.empty_like(x @ w)
    np.matmul(x, w, out=z)
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=1, keepdims=True)
    return z


def _scattered(x: Any, w: Any) -> Any:
    total = np.zeros(3)
    np.add.at(total, [0, 2, 0, 1], x.sum(axis=1))
    return np.where(total > 0, total, 0.1 * total) + w.sum()


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "product": lambda x, w: x @ w,
    "dot of columns": lambda x, w: np.dot(w.T, x.T).T,
    "einsum": lambda x, w: np.einsum("ni,ij->nj", x, w),
    "einsum of three": lambda x, w: np.einsum("ni,ij,nj->n", x, w, x @ w),
    "einsum with dots": lambda x, w: np.einsum("...i,ij->...j", x, w),
    "tensordot": lambda x, w: np.tensordot(x, w, axes=(1, 0)),
    "inner and outer": lambda x, w: np.inner(x, w.T) + np.outer(x[:, 0], w[0]),
    "loops and math": _loops,
    "in place": _in_place,
    "scattered": _scattered,
    "comprehensions": lambda x, w: [
        [sum(a * b for a, b in zip(r, c, strict=True)) for c in w.T] for r in x
    ],
    "stacked": lambda x, w: np.concatenate([x, np.ones((4, 1))], axis=1).reshape(-1)[::2],
    "padded": lambda x, w: np.pad(x, ((1, 0), (0, 0))) * np.roll(np.pad(x, [(0, 1), (0, 0)]), 1),
    "variance": lambda x, w: (x - x.mean(0)) / np.sqrt(x.var(axis=0) + 1e-5),
    "extremes": lambda x, w: (
        np.clip(x, -0.5, 0.5).sum() + np.maximum(x, 0).max() + max(x[0, 0], 0.1)
    ),
    "log sum exp": lambda x, w: np.logaddexp.reduce(x, axis=1) - np.log(np.exp(x).sum(axis=1)),
    "chosen": lambda x, w: (
        x[np.arange(4), [0, 2, 1, 1]] + np.take_along_axis(x, np.zeros((4, 1), int), 1)[:, 0]
    ),
    "as float": lambda x, w: float(np.sum(x**2)) / 2 + float(np.linalg.norm(w)),
    "vectorize": lambda x, w: np.vectorize(lambda v: v * math.tanh(v))(x),
    "split and joined": lambda x, w: (
        np.hstack(np.split(x, 3, axis=1)[::-1]) * np.tile(w[:1, :1], (4, 3))
    ),
    "cumulated": lambda x, w: np.cumsum(x, axis=1) * np.prod(w),
    "averages": lambda x, w: np.average(x, axis=0) + np.std(x),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_noted_is_what_numpy_does(name: str) -> None:
    f = FUNCTIONS[name]
    _, y = traced(f, X, W)
    assert np.allclose(np.asarray(plain_of(y)), np.asarray(f(X, W)), rtol=1e-12)
    assert np.allclose(slopes(f, X, W), measured(f, X, W), atol=1e-7)


def test_slopes_of_another_function_are_told_apart() -> None:
    assert not np.allclose(
        slopes(FUNCTIONS["product"], X, W), measured(lambda x, w: x @ w * 1.01, X, W), atol=1e-4
    )


def test_moves_leave_no_mark() -> None:
    tape, y = traced(lambda x: np.moveaxis(x.T[::-1].reshape(3, 2, 2), 0, -1).ravel()[:4], X)
    assert set(ids_of(y).tolist()) <= set(tape.leaf)
    assert set(tape.op) == {"leaf"}


def test_what_is_made_of_data_twice_alike_is_one_number() -> None:
    tape, y = traced(lambda x: (np.exp(x[0, 0]), np.exp(x[0, 0]), np.exp(x[0, 1])), X)
    assert y[0].id == y[1].id != y[2].id
    assert tape.op.count("exp") == 2


def test_views_see_what_is_written() -> None:
    def f(x: Any) -> Any:
        out = np.zeros((2, 3))
        row = out[1]
        row[0] = x[0, 0]
        out[0, :] = x[1]
        return out

    tape, y = traced(f, X)
    assert isinstance(y, Arr)
    assert tape.leaf[int(ids_of(y)[1, 0])] == ("v0", 0)
    assert y.view(np.ndarray)[1, 0] == X[0, 0]


def test_numbers_behave_as_numbers() -> None:
    with writing(Tape()) as tape:
        a = made(tape.given("a", np.array(2.0)), 2.0)
        assert isinstance(a, Num)
        assert isinstance(a, float)
        assert a > 1
        assert [10, 20, 30][int(a)] == 30
        assert (3 - a) / a == 0.5
        assert abs(-a) == 2.0
        assert f"{a:.1f}" == "2.0"


def test_a_forward_pass_without_end_is_given_up() -> None:
    with writing(Tape(most=50)) as tape:
        x = made(tape.given("x", np.ones(4)), np.ones(4))

        def longer() -> None:
            y = x
            for _ in range(100):
                y = y * 1.5

        with pytest.raises(TooLong):
            longer()
