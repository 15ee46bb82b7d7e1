"""Values that are not there yet: operations on them are noted, to be computed later."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from clearprop.core.operators import Operators

if TYPE_CHECKING:
    from clearprop.core.op import Op

__all__ = ["Deferred"]


class Deferred(Operators):
    """
    Stands for a tensor to come.

    It is given to operations as a tensor is; instead of computing, they ask it to note them.
    """

    __slots__ = ()

    @abstractmethod
    def noted(self, op: Op, inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Note that an operation is to be applied to `inputs`, this one among them."""
