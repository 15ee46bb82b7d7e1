"""
Keras's `keras.random`: numbers drawn at random, as constants through which no gradient flows.

The distributions are Keras's, its random bits are not. A whole number as `seed` gives the same
numbers at every call; a `SeedGenerator` gives others at each, the same in each run.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop import ops
from clearprop.core.random import checked_seed, fresh_number, stream
from clearprop.core.tensor import Tensor, as_tensor
from clearprop.errors import attribute_finder
from clearprop.nn.chance import from_source
from clearprop.nn.precision import floatx

__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "dropout",
    "gamma",
    "normal",
    "randint",
    "shuffle",
    "truncated_normal",
    "uniform",
]

OTHERS = ", a SeedGenerator or None"  # that may stand for a seed
Place = tuple[str, int | None, int]

__getattr__ = attribute_finder("random", __all__)


class SeedGenerator:
    """
    A seed that counts how often it was drawn from.

    Parameters
    ----------
    seed : int, optional
        Where it starts; after `set_random_seed` by default.
    name : str, optional
        What it is called.

    Examples
    --------
    >>> numbers = SeedGenerator(1)
    >>> first, second = normal((2,), seed=numbers), normal((2,), seed=numbers)
    >>> first.tolist() == second.tolist()
    False
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **_: Any) -> None:
        self.seed = None if seed is None else checked_seed(seed, others=OTHERS)
        self.name = name or "seed_generator"
        self._path = "random" if seed is not None else f"random/{fresh_number('generators')}"
        self.step = 0

    def next(self) -> Place:
        """Give the place in a random stream to draw from, another each time."""
        self.step += 1
        return self._path, self.seed, self.step - 1

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make one like this."""
        return {"seed": self.seed}

    @classmethod
    def from_config(cls, config: Any) -> SeedGenerator:
        """Make one from `get_config`'s data."""
        return cls(**config)


def _place(seed: Any) -> Place:
    """Give what the stream is called, its seed, and the place in it."""
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if seed is None:
        return "random/once", None, fresh_number("random")
    return "random", checked_seed(seed, others=OTHERS), 0


def _drawn(kind: str, shape: Any, seed: Any) -> np.ndarray:
    drawn: np.ndarray = from_source(*_place(seed), kind, tuple(int(n) for n in shape))
    return drawn


def _generator(what: str, seed: Any) -> np.random.Generator:
    path, start, step = _place(seed)
    return stream(start, what, path, step)


def _float(x: Any, dtype: Any) -> Tensor:
    return as_tensor(np.asarray(x, dtype or floatx()))


def normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
) -> Tensor:
    """
    Draw from a normal distribution.

    Parameters
    ----------
    shape : tuple of int
    mean, stddev : float
    dtype : str, optional
        The kind of number; the default one otherwise.
    seed : int or SeedGenerator, optional

    Examples
    --------
    >>> normal((2, 3), seed=1).shape
    (2, 3)
    """
    return _float(_drawn("normal", shape, seed) * stddev + mean, dtype)


def uniform(
    shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Draw numbers from `minval` up to, not including, `maxval`, each as likely as another."""
    return _float(_drawn("uniform", shape, seed) * (maxval - minval) + minval, dtype)


def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Draw from a normal distribution, and again what is more than two deviations off."""
    rng = _generator("truncated", seed)
    drawn = rng.standard_normal(tuple(shape))
    while (off := np.abs(drawn) > 2).any():
        drawn[off] = rng.standard_normal(int(off.sum()))
    return _float(drawn * stddev + mean, dtype)


def randint(shape: Any, minval: int, maxval: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Draw whole numbers from `minval` up to, not including, `maxval`."""
    drawn = np.floor(_drawn("uniform", shape, seed) * (maxval - minval)) + minval
    return as_tensor(drawn.astype(dtype))


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """
    Draw classes by their log-odds.

    Parameters
    ----------
    logits : array, shape (N, K)
    num_samples : int
        How many to draw in each row.
    """
    odds = np.asarray(as_tensor(logits).data, np.float64)
    chances = _drawn("uniform", (len(odds), num_samples, odds.shape[-1]), seed)
    gumbel = -np.log(-np.log(np.clip(chances, 1e-300, 1 - 1e-16)))
    return as_tensor((odds[:, None, :] + gumbel).argmax(-1).astype(dtype))


def gamma(shape: Any, alpha: float, dtype: Any = None, seed: Any = None) -> Tensor:
    """Draw from a gamma distribution of rate 1."""
    return _float(_generator("gamma", seed).gamma(alpha, 1.0, tuple(shape)), dtype)


def beta(shape: Any, alpha: float, beta: float, dtype: Any = None, seed: Any = None) -> Tensor:
    """Draw from a beta distribution."""
    return _float(_generator("beta", seed).beta(alpha, beta, tuple(shape)), dtype)


def binomial(
    shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Draw how many of `counts` trials succeed."""
    drawn = _generator("binomial", seed).binomial(counts, probabilities, tuple(shape))
    return _float(drawn, dtype)


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Tensor:
    """Put what lies along an axis in a random order."""
    order = np.argsort(_drawn("uniform", (x.shape[axis],), seed))
    return ops.take(x, as_tensor(order), axis=axis)


def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Tensor:
    """
    Put 0 for a fraction of the elements, and make up for it in the others.

    Parameters
    ----------
    inputs : Tensor or array
    rate : float
        The fraction.
    noise_shape : tuple of (int or None), optional
        Of what is drawn; along an axis of size 1, all elements share what befalls them.
    seed : int or SeedGenerator, optional
    """
    x = as_tensor(inputs)
    shape = x.shape if noise_shape is None else noise_shape
    sizes = [own if n is None else n for n, own in zip(shape, x.shape, strict=True)]
    kept = np.broadcast_to(_drawn("uniform", sizes, seed) >= rate, x.shape)
    return ops.dropout(x, kept, rate=rate)
