"""Attention of several heads that share keys and values in groups."""

from __future__ import annotations

from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError
from clearprop.nn.heads import ManyHeads
from clearprop.nn.recurrent_cells import positive, share
from clearprop.nn.registry import register
from clearprop.nn.weight_options import set_weight_options, written_weight_options

__all__ = ["GroupQueryAttention"]


@final
@register
class GroupQueryAttention(ManyHeads):
    """
    Attention of several heads, of which as many share keys and values as there are heads for each.

    Called as ``layer(query, value, key)``, as `MultiHeadAttention` is.

    Parameters
    ----------
    head_dim : int
        How many numbers queries, keys and values have in each head.
    num_query_heads : int
        How many heads.
    num_key_value_heads : int
        How many heads there are of keys and values; it divides `num_query_heads`.
    dropout : float
        The fraction of the weights of values that is dropped in training.
    use_bias : bool
        Whether the projections have biases.
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
        If a number is no positive whole number, the heads cannot be grouped, or `dropout` is no
        fraction.
    ShapeError
        When built or called, if the shapes do not fit.

    References
    ----------
    Ainslie et al., "GQA: Training Generalized Multi-Query Transformer Models from Multi-Head
    Checkpoints", 2023.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.zeros((1, 5, 8))
    >>> GroupQueryAttention(head_dim=2, num_query_heads=4, num_key_value_heads=2)(x, x).shape
    (1, 5, 8)
    """

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
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
        who = "GroupQueryAttention"
        self.head_dim = self.key_dim = self.value_dim = positive(who, "head_dim", head_dim)
        self.num_query_heads = self.num_heads = positive(who, "num_query_heads", num_query_heads)
        self.num_key_value_heads = positive(who, "num_key_value_heads", num_key_value_heads)
        if num_query_heads % num_key_value_heads:
            raise OptionError(
                f"{who}: num_query_heads, {num_query_heads}, must be a multiple of"
                f" num_key_value_heads, {num_key_value_heads}."
            )
        self.dropout = share(who, "dropout", dropout)
        self.use_bias = bool(use_bias)
        set_weight_options(
            self,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )

    @property
    def heads_of_values(self) -> int:
        """How many heads keys and values have: one for each group."""
        return self.num_key_value_heads

    def for_all_heads(self, x: Tensor) -> Tensor:
        """Give keys or values to each head of their group."""
        return ops.repeat(x, repeats=self.num_heads // self.num_key_value_heads, axis=2)

    def describe(self) -> str:
        """Say how many heads there are."""
        return f"GroupQueryAttention, {self.num_heads} heads, {self.num_key_value_heads} groups"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "head_dim": self.head_dim,
            "num_query_heads": self.num_query_heads,
            "num_key_value_heads": self.num_key_value_heads,
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            **written_weight_options(self, "kernel", "bias"),
        }
