"""How pictures, signals and kernels may lie in arrays, told by their shapes alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Env, Layout, Link

__all__ = ["flat_link", "kernels_of", "pictures_of"]

Shape = tuple[int, ...]


def _oriented(axes: str, order: str) -> Layout:
    """Lay an array whose axes have these names out in an order, those that are missing too."""
    own = [axes.index(a) for a in order if a in axes]
    missing = tuple(i for i, a in enumerate(order) if a not in axes)

    def there(a: np.ndarray) -> np.ndarray:
        return np.expand_dims(a.transpose(own), missing)

    def back(a: np.ndarray) -> np.ndarray:
        if a.ndim != len(order) or any(a.shape[i] != 1 for i in missing):
            return a
        return np.squeeze(a, missing).transpose(np.argsort(own))

    return Layout(there, back)


def _shaped(axes: str, shape: Shape, order: str) -> Shape:
    return tuple(shape[axes.index(a)] if a in axes else 1 for a in order)


_PICTURES = {
    4: ("NCHW", "NHWC"),
    3: ("NHW", "CHW", "HWC", "NCW", "NWC"),
    2: ("NW", "HW", "WC", "CW"),
    1: ("W",),
}
_KERNELS = {
    4: ("FCHW", "HWCF", "CFHW", "FHWC"),
    3: ("FHW", "CHW", "HWF", "HWC"),
    2: ("HW",),
}
_RULERS = {3: ("FCW", "WCF", "FWC"), 2: ("FW", "WF", "CW", "WC"), 1: ("W",)}


def pictures_of(shape: Shape) -> Iterator[tuple[Layout, Shape]]:
    """
    List how an array may hold pictures, against (N, C, H, W).

    Parameters
    ----------
    shape : tuple of int

    Yields
    ------
    Layout, tuple of int
        With the shape that results.
    """
    for axes in _PICTURES.get(len(shape), ()):
        yield _oriented(axes, "NCHW"), _shaped(axes, shape, "NCHW")
    if len(shape) == 2:  # pictures as rows of numbers
        side = round(shape[1] ** 0.5)
        if side * side == shape[1] and side > 2:
            yield (
                Layout(
                    lambda a: a.reshape(len(a), 1, side, side),
                    lambda a: a.reshape(len(a), -1) if a.ndim == 4 else a,
                ),
                (shape[0], 1, side, side),
            )


def kernels_of(shape: Shape, of_signals: bool) -> Iterator[tuple[Layout, Shape]]:
    """
    List how an array may hold kernels, against (F, C, h, w).

    Parameters
    ----------
    shape : tuple of int
    of_signals : bool
        Whether they slide over rows of numbers: h = 1.
    """
    table = _RULERS if of_signals else _KERNELS
    for axes in table.get(len(shape), ()):
        yield _oriented(axes, "FCHW"), _shaped(axes, shape, "FCHW")


def flat_link(order: str) -> Link:
    """
    Make each sample one row.

    Parameters
    ----------
    order : {"CHW", "HWC"}
        Whether the channels or the places are counted through last.
    """
    last = order == "HWC"

    def forward(e: Env) -> Any:
        x = e.x.transpose(0, 2, 3, 1) if last else e.x
        return x.reshape(len(x), -1)

    def back(e: Env) -> Any:
        n, c, h, w = e.x.shape
        if last:
            return e.g.reshape(n, h, w, c).transpose(0, 3, 1, 2)
        return e.g.reshape(e.x.shape)

    return Link("flat", f"rows of {order}", forward, {"x": back})
