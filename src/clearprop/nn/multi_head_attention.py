"""Attention of several heads at once, each with projections of its own."""

from __future__ import annotations

from typing import Any, final

from clearprop.errors import OptionError
from clearprop.nn.heads import ManyHeads
from clearprop.nn.recurrent_cells import positive, share
from clearprop.nn.registry import register
from clearprop.nn.weight_options import set_weight_options, written_weight_options

__all__ = ["MultiHeadAttention"]


@final
@register
class MultiHeadAttention(ManyHeads):
    r"""
    Scaled dot-product attention in several heads, whose outputs are projected together.

    .. math:: y = \sum_n \mathrm{softmax}\Bigl(\frac{q_n k_n^{\mathsf{T}}}{\sqrt{K}}\Bigr) v_n O_n
        \qquad q_n = q Q_n, \; k_n = k K_n, \; v_n = v V_n

    Called as ``layer(query, value, key)``, of shapes (N, T, D), (N, S, E) and (N, S, F); without a
    key, the value is the key too.

    Parameters
    ----------
    num_heads : int
        How many heads.
    key_dim : int
        How many numbers queries and keys have in each head, K.
    value_dim : int, optional
        How many the values have; as many by default.
    dropout : float
        The fraction of the weights of values that is dropped in training.
    use_bias : bool
        Whether the projections have biases.
    output_shape : int or tuple of int, optional
        What the last axis becomes; as long as the query's by default.
    attention_axes : int or tuple of int, optional
        Along which axes to attend; all but the first and the last by default.
    kernel_initializer, bias_initializer : str, Initializer or callable
        Where the first values of the weights come from.
    kernel_regularizer, bias_regularizer : str or Regularizer, optional
        What the loss is raised by on their account.
    kernel_constraint, bias_constraint : str or Constraint, optional
        What they are put through after every step of training.
    seed : int, optional
        Where to start drawing what is dropped.
    **options
        `name`, `dtype`, `trainable`, `activity_regularizer`, as for every `Layer`.

    Raises
    ------
    OptionError
        If a number is no positive whole number, or `dropout` is no fraction.
    ShapeError
        When built or called, if the shapes do not fit.

    Notes
    -----
    A query that may see nothing gets the plain mean of all values, or zeros where the scores are
    asked for or dropped out, as in Keras.

    References
    ----------
    Vaswani et al., "Attention Is All You Need", 2017.

    Examples
    --------
    >>> import numpy as np
    >>> layer = MultiHeadAttention(num_heads=2, key_dim=3)
    >>> x = np.zeros((1, 5, 4))
    >>> y, scores = layer(x, x, use_causal_mask=True, return_attention_scores=True)
    >>> y.shape, scores.shape
    ((1, 5, 4), (1, 2, 5, 5))
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, **options)
        who = "MultiHeadAttention"
        self.num_heads = positive(who, "num_heads", num_heads)
        self.key_dim = positive(who, "key_dim", key_dim)
        self.value_dim = positive(who, "value_dim", key_dim if value_dim is None else value_dim)
        self.dropout = share(who, "dropout", dropout)
        self.use_bias = bool(use_bias)
        sizes = (output_shape,) if isinstance(output_shape, int) else output_shape
        self.sizes_after = sizes and tuple(positive(who, "output_shape", n) for n in sizes)
        axes = (attention_axes,) if isinstance(attention_axes, int) else attention_axes
        if axes is not None and not all(type(a) is int for a in axes):
            raise OptionError(f"{who}: attention_axes must be whole numbers; got {axes!r}.")
        self.attention_axes = None if axes is None else tuple(axes)
        set_weight_options(
            self,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )

    def describe(self) -> str:
        """Say how many heads of how many numbers."""
        return f"MultiHeadAttention, {self.num_heads} heads of {self.key_dim}"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "output_shape": None if self.sizes_after is None else list(self.sizes_after),
            "attention_axes": None if self.attention_axes is None else list(self.attention_axes),
            **written_weight_options(self, "kernel", "bias"),
        }
