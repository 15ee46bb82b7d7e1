"""An operation in a functional model, as a layer without weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

from clearprop import ops
from clearprop.core.op import Op
from clearprop.core.tensor import Tensor
from clearprop.errors import unknown
from clearprop.nn.layer import Layer
from clearprop.nn.registry import register
from clearprop.nn.written import read, written

__all__ = ["Applied", "InputLayer"]


@final
@register
class Applied(Layer):
    """
    An operation applied to what other layers give: ``x + y``, ``cp.concat([x, y])``.

    Parameters
    ----------
    op : Op or str
        The operation, or its name.
    params : dict, optional
        Its parameters.
    **options
        `name`, as for every `Layer`.

    Raises
    ------
    OptionError
        If there is no operation of that name.

    Examples
    --------
    >>> import numpy as np
    >>> Applied("add")(np.ones(2), np.ones(2)).tolist()
    [2.0, 2.0]
    """

    supports_masking = False  # an operation drops masks, wherever it is applied

    def __init__(self, op: Any, params: Mapping[str, Any] | None = None, **options: Any) -> None:
        if isinstance(op, str):
            found = getattr(ops, op, None)
            if not isinstance(found, Op):
                raise unknown("operation", op, [n for n in ops.__all__ if n != "Op"])
            op = found
        self.op, self.params = op, dict(params or {})
        super().__init__(**options)
        self.built = True

    def _usual_name(self) -> str:
        return self.op.name

    def enters(self, x: Any) -> Any:
        """Take anything as it is: an operation minds no layer's kind of number."""
        return x

    def call(self, *inputs: Any) -> Any:
        """Apply the operation."""
        if self.op.variadic:
            return self.op(list(inputs), **self.params)
        return self.op(*inputs, **self.params)

    def describe(self) -> str:
        """Say which operation it is."""
        return f"the operation {self.op.name}"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "op": self.op.name,
            "params": {key: written(value) for key, value in self.params.items()},
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Applied:
        """Make a layer from `get_config`'s data."""
        params = {key: read(value) for key, value in dict(config.get("params") or {}).items()}
        made: Applied = super().from_config({**config, "params": params})
        return made


@final
@register
class InputLayer(Layer):
    """
    Where a functional model's input comes in; it gives what it is given.

    Parameters
    ----------
    shape : tuple of (int or None)
        Of one example.
    batch_size : int, optional
        The size of every batch, if that is fixed.
    **options
        `name`, `dtype`, as for every `Layer`.

    Examples
    --------
    >>> InputLayer((3,))([[1, 2, 3]]).tolist()
    [[1, 2, 3]]
    """

    supports_masking = True
    converts_integers = False

    def __init__(self, shape: Any = (), batch_size: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.shape, self.batch_size = tuple(shape), batch_size
        self.built, self.built_for = True, (None, *self.shape)
        self.gives: Any = None  # the placeholder that the input is

    def call(self, x: Tensor) -> Tensor:
        """Give the input."""
        return x

    @property
    def output(self) -> Any:
        """The input, which is yet to come."""
        return super().output if self.gives is None else self.gives

    input = output

    def output_shape(self, input_shape: Any) -> Any:
        """Give the shape of the input."""
        return (None, *self.shape)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "shape": list(self.shape),
            "batch_size": self.batch_size,
        }
