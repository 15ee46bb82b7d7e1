"""Random numbers that come out the same for the same seed, whatever else is drawn beside them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from clearprop.errors import OptionError

__all__ = [
    "checked_seed",
    "draws",
    "fresh_number",
    "fresh_stream",
    "global_seed",
    "set_draws",
    "set_seed",
    "stream",
]

# For the whole process: a notebook's cells and a program's threads have contexts of their own.
_seed: int | None = None
_opened: dict[tuple[str | int, ...], int] = {}  # by their keys, how many fresh streams there were


def set_seed(seed: object) -> None:
    """
    Fix the seed that everything not given one of its own starts from.

    Parameters
    ----------
    seed : int, at least 0

    Raises
    ------
    OptionError
        If `seed` is negative or no whole number.

    Examples
    --------
    >>> set_seed(1)
    >>> first = stream(None, "weights").random()
    >>> set_seed(1)
    >>> stream(None, "weights").random() == first
    True
    """
    global _seed
    _seed = checked_seed(seed)
    _opened.clear()


def checked_seed(seed: object, *, others: str = "") -> int:
    """
    Give a seed as an integer; `others` says what else the caller takes.

    Raises
    ------
    OptionError
        If it is negative or no whole number.
    """
    if isinstance(seed, int | np.integer) and not isinstance(seed, bool) and seed >= 0:
        return int(seed)
    raise OptionError(f"seed must be a whole number of at least 0{others}; got {seed!r}.")


def global_seed() -> int | None:
    """Tell the seed set by `set_seed`, or None."""
    return _seed


def stream(seed: int | None, *keys: str | int) -> np.random.Generator:
    """
    Open the random stream that belongs to `seed` and `keys`.

    Parameters
    ----------
    seed : int or None
        None takes the seed of `set_seed`; without that, the system's entropy.
    *keys : str or int
        What the numbers are for ("shuffle", 3): each use has a stream of its own, so drawing more
        in one place changes nothing in another.

    Raises
    ------
    OptionError
        If `seed` is negative or no whole number.

    Examples
    --------
    >>> a, b = stream(7, "shuffle", 0), stream(7, "shuffle", 0)
    >>> bool(a.random() == b.random())
    True
    """
    start = _seed if seed is None else checked_seed(seed)
    words = [zlib.crc32(k.encode()) if isinstance(k, str) else int(k) for k in keys]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(start, spawn_key=words)))


def fresh_stream(*keys: str | int) -> np.random.Generator:
    """
    Open a stream of `set_seed`'s seed that no earlier call with the same `keys` has opened.

    The first, second, ... call after `set_seed` is the same in every run, so two networks whose
    layers have the same names start from different weights, and from the same ones next time.

    Parameters
    ----------
    *keys : str or int
        What the numbers are for.

    Examples
    --------
    >>> set_seed(7)
    >>> a, b = fresh_stream("dense/kernel"), fresh_stream("dense/kernel")
    >>> bool(a.random() == b.random())
    False
    """
    return stream(None, *keys, fresh_number(*keys))


def fresh_number(*keys: str | int, times: int = 1) -> int:
    """
    Count, from 0, the calls with the same `keys` since `set_seed`.

    Parameters
    ----------
    *keys : str or int
        What is counted.
    times : int
        For how many calls this one counts; what it gives is the number of the first.

    Examples
    --------
    >>> set_seed(7)
    >>> fresh_number("pass"), fresh_number("pass"), fresh_number("another")
    (0, 1, 0)
    """
    number = _opened.get(keys, 0)
    _opened[keys] = number + times
    return number


def draws() -> dict[str, Any]:
    """
    Tell where all random streams are, as JSON can hold it.

    Examples
    --------
    >>> set_seed(7)
    >>> _ = fresh_stream("shuffle")
    >>> draws()
    {'seed': 7, 'opened': [[['shuffle'], 1]]}
    """
    return {"seed": _seed, "opened": [[list(keys), n] for keys, n in _opened.items()]}


def set_draws(state: Mapping[str, Any]) -> None:
    """
    Go on drawing where `draws` was asked, perhaps in another process.

    Raises
    ------
    OptionError
        If `state` is nothing that `draws` gives.
    """
    global _seed
    try:
        seed = None if state["seed"] is None else checked_seed(state["seed"])
        opened = {tuple(keys): checked_seed(number) for keys, number in state["opened"]}
    except (KeyError, TypeError, ValueError):
        raise OptionError(f"these are no positions of random streams: {str(state)[:80]}.") from None
    _seed = seed
    _opened.clear()
    _opened.update(opened)
