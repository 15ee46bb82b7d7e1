"""Programs put together at random: shapes, views, functions, reductions, what becomes of states."""

from __future__ import annotations

import numpy as np

from clearprop.engines.compiled.program import Program, Value
from clearprop.engines.compiled.trace import building
from tests.engines.compiled.natively import constant, leaf, made, repeated

ONE = ["negative", "abs", "sign", "exp", "log1p", "sin", "tanh", "square", "sigmoid", "sqrt"]
TWO = ["add", "subtract", "multiply", "divide", "maximum", "minimum"]


class Pool:
    """Values that more are made of."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = np.random.default_rng(seed)
        self.sizes = [int(rng.choice([1, 2, 3, 5, 7, 16, 17, 33, 40])) for _ in range(3)]
        self.dtype = str(rng.choice(["float32", "float64"]))
        self.data = leaf("data", (self.sizes[0], *self.shape()), self.dtype)
        self.states = [leaf("state", self.shape(), self.dtype) for _ in range(4)]
        self.rate = leaf("scalar", ())
        rate = made("cast", self.rate, dtype=np.dtype(self.dtype))
        grid = made("iota", axis=0, shape=tuple(self.sizes[1:]), dtype=np.dtype(self.dtype))
        self.values = [self.data, *self.states, rate, grid]

    def shape(self) -> tuple[int, ...]:
        return tuple(int(self.rng.choice(self.sizes)) for _ in range(self.rng.integers(0, 4)))

    def any(self) -> Value:
        late = self.values[-10:] if self.rng.random() < 0.7 else self.values
        return late[int(self.rng.integers(len(late)))]

    def number(self, x: Value, value: float) -> Value:
        return repeated(constant(value, x.dtype), x.shape)

    def grow(self) -> None:
        x = self.any()
        ways = [self.one, self.two, self.two, self.fold, self.turned, self.cut, self.arranged,
                self.other]  # fmt: skip
        way = ways[int(self.rng.integers(len(ways)))]
        self.values.append(way(x) if x.ndim else self.one(x))

    def one(self, x: Value) -> Value:
        op = str(self.rng.choice(ONE))
        if op in ("sqrt", "log1p"):
            x = made("abs", x)
        if op == "exp":
            x = made("minimum", x, self.number(x, 2))
        return made(op, x)

    def two(self, x: Value) -> Value:
        fits = [
            y for y in self.values
            if y.ndim <= x.ndim
            and all(a in (1, b) for a, b in zip(y.shape[::-1], x.shape[::-1], strict=False))
        ]  # fmt: skip
        y = repeated(fits[int(self.rng.integers(len(fits)))], x.shape)
        op = str(self.rng.choice(TWO))
        if op == "divide":
            y = made("add", made("abs", y), self.number(y, 1))
        if op == "multiply":
            y = made("tanh", y)
        return made(op, x, y)

    def fold(self, x: Value) -> Value:
        count = self.rng.integers(1, x.ndim + 1)
        axes = tuple(sorted(self.rng.choice(x.ndim, count, replace=False).tolist()))
        op = str(self.rng.choice(["sum", "max", "min"]))
        return building.reduce(op, x, axes, keepdims=bool(self.rng.random() < 0.5))

    def turned(self, x: Value) -> Value:
        return building.permute(x, self.rng.permutation(x.ndim).tolist())

    def cut(self, x: Value) -> Value:
        starts, steps, shape = [], [], []
        for n in x.shape:
            step, start = int(self.rng.choice([1, 1, 2, -1])), int(self.rng.integers(0, n))
            starts.append(start)
            steps.append(step)
            shape.append(start + 1 if step < 0 else -(-(n - start) // step))
        return building.sliced(x, starts, steps, shape)

    def arranged(self, x: Value) -> Value:
        shapes = [(x.size,), (x.shape[0], x.size // x.shape[0]), x.shape[::-1]]
        return building.reshape(x, shapes[int(self.rng.integers(3))])

    def other(self, x: Value) -> Value:
        axis = int(self.rng.integers(x.ndim))
        positive = made("greater", x, self.number(x, 0))
        match int(self.rng.integers(5)):
            case 0:
                return made("where", positive, x, made("negative", x))
            case 1:
                return made("concat", x, made("square", x), axis=axis)
            case 2:
                low, high = (tuple(self.rng.integers(0, 3, x.ndim).tolist()) for _ in "lh")
                inner = tuple(self.rng.integers(0, 2, x.ndim).tolist())
                return made("pad", x, low=low, high=high, interior=inner, value=1.5)
            case 3:  # of data only: what is all but the same may be in another order
                place = made("argmax", self.data, axis=self.data.ndim - 1)
                return made("cast", place, dtype=x.dtype)
            case _:
                return made("cast", made("any", positive, axes=(axis,)), dtype=x.dtype)


def random_program(seed: int) -> Program:
    """Give a program of some dozen values; the same for the same seed."""
    pool = Pool(seed)
    for _ in range(int(pool.rng.integers(5, 40))):
        pool.grow()
    after = []
    for state in pool.states:
        same = [v for v in pool.values if (v.shape, v.dtype) == (state.shape, state.dtype)]
        chosen = same[int(pool.rng.integers(len(same)))]
        after.append(made("tanh", chosen) if pool.rng.random() < 0.5 else chosen)
    results = [pool.values[-1], *(pool.any() for _ in range(3))]
    return Program([pool.data], [], [pool.rate], pool.states, after, results)
