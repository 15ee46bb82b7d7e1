"""What training runs are made of: data, nets, a fit, and what is wrong with it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import clearprop as cp

L = cp.layers


@dataclass(frozen=True)
class Trained:
    """A run that was made: what `diagnose` is asked about."""

    model: Any
    x: Any
    y: Any
    history: Any = None

    @property
    def asked(self) -> tuple[Any, Any, Any]:
        """What `diagnose` takes by place; the history is the model's own."""
        return self.model, self.x, self.y


@dataclass(frozen=True)
class Run:
    """
    A training run with its label.

    `cause` is the finding that has to be there; None for a sound run. `also` are findings that are
    true of it beside: neither asked for nor wrong.
    """

    name: str
    make: Callable[[], Trained]
    cause: str | None = None
    also: frozenset[str] = field(default=frozenset())


class Collection(list):
    """Runs, collected as their functions are written."""

    def sick(self, cause: str, *also: str) -> Callable[[Any], Any]:
        def add(make: Any) -> Any:
            self.append(Run(make.__name__, make, cause, frozenset(also)))
            return make

        return add

    def sound(self, *also: str) -> Callable[[Any], Any]:
        def add(make: Any) -> Any:
            self.append(Run(make.__name__, make, None, frozenset(also)))
            return make

        return add


def fit(
    model: Any,
    x: Any,
    y: Any,
    loss: Any,
    optimizer: Any = "adam",
    epochs: int = 30,
    metrics: Any = None,
    batch_size: int = 32,
    val: Any = None,
    seed: int = 0,
    **options: Any,
) -> Trained:
    """Compile and train; what training itself warns of is not what is tested."""
    model.compile(optimizer, loss, metrics, engine="eager")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        history = model.fit(
            x, y, batch_size, epochs, verbose=0, validation_data=val, seed=seed, **options
        )
    return Trained(model, x, y, history)


def net(shape: Any, *layers: Any, seed: int = 0) -> Any:
    """Make a chain whose first weights come from a seed."""
    cp.set_seed(seed)
    return cp.Sequential([cp.Input(shape), *layers])


def mlp(features: int, units: Any, out: int, act: str, last: str | None, seed: int = 0, **kw: Any):
    """Make a dense net."""
    hidden = [L.Dense(n, activation=act, **kw) for n in units]
    return net((features,), *hidden, L.Dense(out, activation=last), seed=seed)


# -- data ------------------------------------------------------------------------------------------


def blobs(n: int, classes: int, features: int, spread: float = 1.0, seed: int = 0):
    """Points around one centre a class."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((classes, features)) * 2
    y = np.arange(n) % classes
    rng.shuffle(y)
    return centres[y] + spread * rng.standard_normal((n, features)), y


def wave(n: int, seed: int = 0, noise: float = 0.05, features: int = 3):
    """A smooth function of a few inputs."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (n, features))
    y = np.sin(3 * x[:, 0]) + x[:, 1] ** 2 - x[:, 2] * x[:, 0] + noise * rng.standard_normal(n)
    return x, y


def line(n: int, weights: Any, bias: float = 0.5, noise: float = 0.1, seed: int = 0):
    """A linear function with noise."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, len(weights)))
    return x, x @ np.asarray(weights) + bias + noise * rng.standard_normal(n)


def bars(n: int, size: int = 8, noise: float = 0.2, seed: int = 0):
    """Pictures of a standing (0) or lying (1) bar, somewhere."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    x = noise * rng.standard_normal((n, size, size, 1))
    for k in range(n):
        at = rng.integers(1, size - 1)
        if y[k]:
            x[k, at, :, 0] += 1
        else:
            x[k, :, at, 0] += 1
    return x, y


def echoes(n: int, steps: int, at: int = 0, seed: int = 0):
    """Sequences; to be said is the sign of one of their steps."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, steps, 1))
    return x, (x[:, at, 0] > 0).astype(int)


def sums(n: int, steps: int, seed: int = 0):
    """Sequences and their means."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (n, steps, 1))
    return x, x.mean((1, 2)) * 3


def one_hot(y: np.ndarray, classes: int | None = None) -> np.ndarray:
    """Rows with a 1 at the class."""
    return np.eye(classes or y.max() + 1)[y]
