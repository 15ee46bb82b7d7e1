"""Several recurrent cells on top of each other, as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np

from clearprop.errors import OptionError
from clearprop.nn.layer import BatchShape, Layer
from clearprop.nn.registry import LAYERS, check_config, deserialize, register, serialize

__all__ = ["StackedRNNCells"]


@final
@register
class StackedRNNCells(Layer):
    """
    Cells on top of each other: the output of one is the input of the next, in every time step.

    Parameters
    ----------
    cells : list of Layer
        The cells, the lowest first.
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.

    Raises
    ------
    OptionError
        If there is no cell, or one has no `call` or no `state_size`.

    Examples
    --------
    >>> from clearprop.nn.recurrent_cells import SimpleRNNCell
    >>> StackedRNNCells([SimpleRNNCell(4), SimpleRNNCell(2)]).state_size
    [4, 2]
    """

    def __init__(self, cells: Sequence[Any], **options: Any) -> None:
        super().__init__(**options)
        if not cells:
            raise OptionError("StackedRNNCells: give at least one cell.")
        for cell in cells:
            for needed in ("call", "state_size"):
                if not hasattr(cell, needed):
                    raise OptionError(
                        f"StackedRNNCells: a cell needs {needed!r}; {cell!r} has none."
                    )
        self.cells = list(cells)

    @property
    def state_size(self) -> list[Any]:
        """How many numbers each state of each cell has for an example."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        """How many numbers come out of the last cell for an example."""
        return _output_size(self.cells[-1])

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """Give the states that each cell starts from."""
        made, rows = [], 1 if batch_size is None else batch_size
        for cell in self.cells:
            if hasattr(cell, "get_initial_state"):
                made.append(cell.get_initial_state(batch_size=batch_size))
                continue
            sizes, single = cell.state_size, isinstance(cell.state_size, int)
            zeros = [np.zeros((rows, n), self._dtype) for n in ([sizes] if single else sizes)]
            made.append(zeros[0] if single else zeros)
        return made

    def build(self, input_shape: BatchShape) -> None:
        """Build each cell for the output of the one below."""
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(input_shape)
            input_shape = (None, _output_size(cell))

    def call(self, x: Any, states: Any, training: bool = False) -> Any:
        """Call the cells in order."""
        after = []
        for cell, own in zip(self.cells, states, strict=True):
            nested = isinstance(own, list | tuple)
            options = {"training": training} if getattr(cell, "_takes_training", False) else {}
            x, new = cell.call(x, list(own) if nested else [own], **options)
            new = list(new) if isinstance(new, list | tuple) else [new]
            after.append(new if nested else new[0])
        return x, after

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make cells like these."""
        return {**super().get_config(), "cells": [serialize(cell) for cell in self.cells]}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> StackedRNNCells:
        """Make cells from `get_config`'s data."""
        own = check_config(cls, config)
        cells = [deserialize(each, LAYERS, "layer") for each in own["cells"]]
        return cls(**{**own, "cells": cells})


def _output_size(cell: Any) -> int:
    size = getattr(cell, "output_size", None)
    if size is None:
        size = cell.state_size[0] if isinstance(cell.state_size, list | tuple) else cell.state_size
    return int(size)
