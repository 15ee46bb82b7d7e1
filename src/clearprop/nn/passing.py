"""Identity, which does nothing, and Lambda, which does what a function says."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, final

from clearprop.errors import OptionError
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.registry import register

__all__ = ["Identity", "Lambda"]


@final
@register
class Identity(Layer):
    """
    The input as it is.

    Parameters
    ----------
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Examples
    --------
    >>> import numpy as np
    >>> Identity()(np.ones((1, 2))).tolist()
    [[1.0, 1.0]]
    """

    supports_masking = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    def call(self, x: Any) -> Any:
        """Give the input."""
        return x

    def output_shape(self, input_shape: Any) -> Any:
        """Give the shape of the input."""
        return input_shape


@final
@register
class Lambda(Layer):
    """
    A function of a tensor as a layer.

    It works with operations on tensors: operators and what `cp` has (``cp.sqrt``, ``cp.concat``),
    so that gradients and explanations go through it. Having no name that a file could hold, it is
    not saved; a model to be saved wants a class of your own, marked ``@cp.nn.register``.

    Parameters
    ----------
    function : callable
        What it does to the input; it gets `training` and `mask` too if it has such arguments.
    output_shape : tuple or callable, optional
        The shape of one example of the output, or a function of the input's shape with the batch
        axis; found by running the function otherwise.
    mask : Tensor or callable, optional
        The output's mask, or a function of input and mask that gives it.
    arguments : dict, optional
        Further arguments of the function.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `function` is none, or the layer is to be written down.

    Examples
    --------
    >>> import numpy as np
    >>> Lambda(lambda x: x * x)(np.array([[2.0, 3.0]])).tolist()
    [[4.0, 9.0]]
    """

    supports_masking = True
    _may_be_direct = False  # its function may call layers

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if not callable(function):
            raise OptionError(f"Lambda: function must be a function; got {function!r}.")
        self.function, self.mask, self.arguments = function, mask, dict(arguments or {})
        self._declared_output = output_shape
        try:
            names = list(inspect.signature(function).parameters)
        except ValueError:  # of some functions written in C
            names = []
        self._wants = [name for name in ("training", "mask") if name in names]

    def call(self, x: Any, mask: Any = None, training: bool = False) -> Any:
        """Apply the function."""
        offered = {"training": training, "mask": mask}
        return self.function(x, **{k: offered[k] for k in self._wants} | self.arguments)

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Give the mask that it was told, or what a function makes of input and mask."""
        return self.mask(x, mask) if callable(self.mask) else self.mask

    def output_shape(self, input_shape: Any) -> Any:
        """Give the shape that it was told, or else find it by running the function."""
        if self._declared_output is None:
            return super().output_shape(input_shape)
        if callable(self._declared_output):
            return self._declared_output(input_shape)
        shape: BatchShape = (None, *self._declared_output)
        return as_batch_shape(shape)

    def get_config(self) -> dict[str, Any]:
        """
        Refuse.

        Raises
        ------
        OptionError
        """
        raise OptionError(
            f"the Lambda layer {self.name!r} cannot be written down: what it does is a Python"
            " function, and files hold no code. Make a class of your own with this function in"
            " `call`, marked @cp.nn.register, and it can be saved."
        )
