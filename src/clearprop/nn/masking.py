"""Which time steps of a sequence count: tensors that carry a mask along."""

from __future__ import annotations

from typing import Any, final

from clearprop.core.tensor import Tensor
from clearprop.core.tree import map_tree

__all__ = ["Masked", "mask_of", "masked", "unmasked"]


@final
class Masked(Tensor):
    """
    A tensor of sequences with a mask beside it: where it is False, a time step is filling.

    Layers hand the mask on: see `Layer.supports_masking`. An operation drops it.

    Parameters
    ----------
    x : Tensor, shape (N, T, ...)
    mask : Tensor of bool, shape (N, T)
    """

    __slots__ = ("mask",)

    def __init__(self, x: Tensor, mask: Tensor) -> None:
        super().__init__(x.node)
        self.mask = mask


def masked(x: Any, mask: Any) -> Any:
    """Put a mask beside a tensor, or masks beside those of a tree; None leaves one as it is."""
    if isinstance(x, dict):
        return x if mask is None else {key: masked(each, mask[key]) for key, each in x.items()}
    if isinstance(x, list | tuple):
        if not isinstance(mask, list | tuple):
            return x
        return type(x)(masked(each, own) for each, own in zip(x, mask, strict=False))
    return x if mask is None else Masked(x, mask)


def mask_of(x: Any) -> Any:
    """
    Give the mask that a tensor carries, or a tree of them; None if there is none at all.

    Examples
    --------
    >>> import clearprop as cp
    >>> mask_of([cp.tensor([1.0]), cp.tensor([2.0])]) is None
    True
    """
    if isinstance(x, dict):
        own: Any = {key: mask_of(each) for key, each in x.items()}
        return own if any(each is not None for each in own.values()) else None
    if isinstance(x, list | tuple):
        own = [mask_of(each) for each in x]
        return own if any(each is not None for each in own) else None
    return x.mask if isinstance(x, Masked) else None


def unmasked(x: Any) -> Any:
    """Give the tensors of a tree without their masks."""
    return map_tree(lambda each: Tensor(each.node) if isinstance(each, Masked) else each, x)
