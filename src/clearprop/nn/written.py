"""Arguments written down as JSON holds them, and read again: slices, arrays, kinds of number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError

__all__ = ["read", "written"]

KINDS = ("bool", "int8", "int16", "int32", "int64", "uint8", "float32", "float64")


def written(value: Any) -> Any:
    """
    Write a value down.

    Raises
    ------
    OptionError
        If it is a thing that no file can hold.

    Examples
    --------
    >>> written((slice(0, 2), ...))
    {'tuple': [{'slice': [0, 2, None]}, {'ellipsis': True}]}
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.bool | np.integer | np.floating):
        return value.item()
    if isinstance(value, slice):
        return {"slice": [written(n) for n in (value.start, value.stop, value.step)]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, tuple):
        return {"tuple": [written(each) for each in value]}
    if isinstance(value, list):
        return [written(each) for each in value]
    if isinstance(value, dict):
        return {"dict": {str(key): written(each) for key, each in value.items()}}
    if isinstance(value, Tensor):
        value = value.numpy()
    if isinstance(value, np.ndarray) and value.dtype.name in KINDS:
        return {"array": value.tolist(), "dtype": value.dtype.name, "shape": list(value.shape)}
    if isinstance(value, np.dtype) or (isinstance(value, type) and issubclass(value, np.generic)):
        return {"dtype": np.dtype(value).name}
    raise OptionError(f"{value!r} cannot be written down in a model's configuration.")


def read(value: Any) -> Any:
    """
    Give back what `written` wrote down.

    Raises
    ------
    OptionError
        If it is no such thing.

    Examples
    --------
    >>> read(written((slice(0, 2), ...)))
    (slice(0, 2, None), Ellipsis)
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [read(each) for each in value]
    if isinstance(value, Mapping):
        keys = set(value)
        if keys == {"slice"} and isinstance(value["slice"], list) and len(value["slice"]) == 3:
            return slice(*(_whole(n) for n in value["slice"]))
        if keys == {"ellipsis"}:
            return Ellipsis
        if keys == {"tuple"} and isinstance(value["tuple"], list):
            return tuple(read(each) for each in value["tuple"])
        if keys == {"dict"} and isinstance(value["dict"], Mapping):
            return {key: read(each) for key, each in value["dict"].items()}
        if keys == {"dtype"} and value["dtype"] in KINDS:
            return np.dtype(value["dtype"])
        if keys == {"array", "dtype", "shape"} and value["dtype"] in KINDS:
            try:
                return np.array(value["array"], dtype=value["dtype"]).reshape(value["shape"])
            except (ValueError, TypeError, OverflowError):
                pass
    raise OptionError(f"{str(value)[:80]} is no argument as a model's configuration has them.")


def _whole(n: Any) -> int | None:
    if n is None or (isinstance(n, int) and not isinstance(n, bool)):
        return n
    raise OptionError(f"a slice has whole numbers; got {n!r}.")
