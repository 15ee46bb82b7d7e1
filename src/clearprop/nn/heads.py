"""What attention of several heads is made of: projections, scores, and who may see what."""

from __future__ import annotations

import math
from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.attention import FAR_DOWN, as_bools, causal
from clearprop.nn.chance import Drawing
from clearprop.nn.layer import BatchShape, Layer
from clearprop.nn.variable import Variable
from clearprop.nn.weight_options import make_weight, set_weight_options

__all__ = ["ManyHeads", "Projection"]

OPTIONS = ("initializer", "regularizer", "constraint")
LETTERS = "abcdefghijklmnopqrstuvwxy"


@final
class Projection(Layer):
    """
    A product over the last axes with a kernel of several axes: (..., I) to (..., heads, size).

    Parameters
    ----------
    sizes : tuple of int
        Of the axes that come out.
    gone : int
        How many of the last axes are summed over.
    use_bias : bool
        Whether there is a bias, of shape `sizes`.
    weight_options : dict
        The initializers, regularizers and constraints of kernel and bias.
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.
    """

    kernel: Variable
    bias: Variable | None

    def __init__(
        self,
        sizes: tuple[int, ...],
        gone: int = 1,
        use_bias: bool = True,
        weight_options: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.sizes, self.gone, self.use_bias = tuple(sizes), gone, use_bias
        set_weight_options(self, **(weight_options or {}))

    def build(self, input_shape: BatchShape) -> None:
        """Make the kernel (*summed axes, *sizes) and the bias."""
        summed = tuple(n or 0 for n in input_shape[-self.gone :])
        if 0 in summed:
            raise ShapeError(f"{self.name}: sizes must be known; got shape {input_shape}.")
        self.kernel = make_weight(self, "kernel", (*summed, *self.sizes))
        self.bias = make_weight(self, "bias", self.sizes) if self.use_bias else None

    def _check_built_for(self, shape: Any) -> None:
        """Take sequences of every length."""

    def call(self, x: Tensor) -> Tensor:
        """Multiply, as one product of matrices."""
        summed, kept = x.shape[-self.gone :], x.shape[: -self.gone]
        width = math.prod(summed)
        rows = ops.reshape(x, shape=(-1, width))
        kernel = ops.reshape(self.kernel, shape=(width, math.prod(self.sizes)))
        y = ops.reshape(ops.matmul(rows, kernel), shape=(*kept, *self.sizes))
        return y if self.bias is None else ops.add(y, self.bias)

    def output_shape(self, input_shape: Any) -> Any:
        """Give (..., *sizes)."""
        return (*input_shape[: -self.gone], *self.sizes)


class ManyHeads(Drawing):
    """
    Scaled dot-product attention of `num_heads` heads.

    Queries and keys have `key_dim` numbers in each, values `value_dim`; the last axis becomes the
    axes `sizes_after`, or as long as the query's.
    """

    supports_masking = True
    num_heads: int
    key_dim: int
    value_dim: int
    sizes_after: tuple[int, ...] | None = None
    dropout: float
    use_bias: bool
    attention_axes: tuple[int, ...] | None = None
    query_dense: Projection
    key_dense: Projection
    value_dense: Projection
    output_dense: Projection

    def _check(self, query: Any, value: Any, key: Any) -> None:
        if len(query) < 3 or len(query) != len(value) or len(key) != len(value):
            raise ShapeError(
                f"{type(self).__name__} takes a query and a value of shapes (N, T, D) and (N, S,"
                f" E); got query {query}, value {value}, key {key}."
            )
        if key[1:-1] != value[1:-1]:
            raise ShapeError(
                f"{type(self).__name__}: value is {value}, key is {key}; there must be a key for"
                " each value."
            )

    def _check_built_for(self, shape: Any) -> None:
        """Take sequences of every length."""

    def _projection(self, name: str, sizes: tuple[int, ...], gone: int = 1) -> Projection:
        given = {
            f"{role}_{end}": getattr(self, f"{role}_{end}")
            for role in ("kernel", "bias")
            for end in OPTIONS
        }
        return Projection(
            sizes, gone, self.use_bias, given, name=name, dtype=self.dtype, trainable=self.trainable
        )

    @property
    def heads_of_values(self) -> int:
        """How many heads keys and values have."""
        return self.num_heads

    def build(  # type: ignore[override]
        self, query_shape: Any, value_shape: Any, key_shape: Any = None
    ) -> None:
        """Make the four projections."""
        key_shape = value_shape if key_shape is None else key_shape
        self._check(query_shape, value_shape, key_shape)
        after = self.sizes_after or (query_shape[-1],)
        self.query_dense = self._projection("query", (self.num_heads, self.key_dim))
        self.key_dense = self._projection("key", (self.heads_of_values, self.key_dim))
        self.value_dense = self._projection("value", (self.heads_of_values, self.value_dim))
        self.output_dense = self._projection("attention_output", after, gone=2)
        self.settle()
        self.query_dense.build(query_shape)
        self.key_dense.build(key_shape)
        self.value_dense.build(value_shape)
        self.output_dense.build((*query_shape[:-1], self.num_heads, self.value_dim))

    def output_shape(self, query_shape: Any, value_shape: Any = None, key_shape: Any = None) -> Any:
        """Give the query's shape, with the numbers of the output."""
        return (None, *query_shape[1:-1], *(self.sizes_after or query_shape[-1:]))

    def for_all_heads(self, x: Tensor) -> Tensor:
        """Give projected keys or values, one for each head of queries."""
        return x

    # -- computing ------------------------------------------------------------------------------

    def call(
        self,
        query: Tensor,
        value: Tensor,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Project, attend in each head, and project what comes of all of them."""
        key = value if key is None else key
        self._check(query.shape, value.shape, key.shape)
        sees = self._sees(
            query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask
        )
        q = self.query_dense(query)
        k, v = self.for_all_heads(self.key_dense(key)), self.for_all_heads(self.value_dense(value))
        q = ops.multiply(q, 1 / math.sqrt(self.key_dim))
        plain = not (self.dropout or return_attention_scores or q.ndim != 4)
        scores, combine = self._scores(q, k)  # (N, ..., heads, *queries, *keys)
        count = len(self._axes(q.ndim))
        if sees is not None:
            for _ in range(scores.ndim - sees.ndim):
                sees = ops.expand_dims(sees, axis=-2 * count - 1)
            scores = ops.where(sees, scores, FAR_DOWN)
        weights = _softmax(scores, count)
        if sees is not None and not plain:
            weights = ops.where(sees, weights, 0.0)
        kept = weights
        if training and self.dropout:
            kept = ops.dropout(
                weights, self.draw("keep", weights.shape, self.dropout), rate=self.dropout
            )
        if combine is None:
            heads = ops.matmul(kept, ops.permute_dims(v, axes=(0, 2, 1, 3)))
            heads = ops.permute_dims(heads, axes=(0, 2, 1, 3))
        else:
            heads = ops.einsum(combine, kept, v)
        y = self.output_dense(heads)
        return (y, weights) if return_attention_scores else y

    def _axes(self, rank: int) -> tuple[int, ...]:
        """Give the axes to attend along, of arrays of `rank` axes with heads and numbers last."""
        if self.attention_axes is None:
            return tuple(range(1, rank - 2))
        axes = tuple(a if a >= 0 else rank - 1 + a for a in self.attention_axes)
        if not all(0 < a < rank - 2 for a in axes):
            raise OptionError(
                f"{type(self).__name__}: attention_axes {self.attention_axes} must be among 1 to"
                f" {rank - 3}."
            )
        return axes

    def _scores(self, q: Tensor, k: Tensor) -> tuple[Tensor, str | None]:
        """Give scores, and how they are put together with the values if not by matrices."""
        axes = self._axes(q.ndim)
        if q.ndim == 4:
            rows = ops.permute_dims(q, axes=(0, 2, 1, 3))  # (N, heads, T, K)
            columns = ops.permute_dims(k, axes=(0, 2, 3, 1))
            return ops.matmul(rows, columns), None
        of_query = LETTERS[: q.ndim]
        of_key = "".join(
            LETTERS[q.ndim + axes.index(a)] if a in axes else c for a, c in enumerate(of_query)
        )
        still = "".join(c for a, c in enumerate(of_query[:-1]) if a not in axes)
        names = still + "".join(of_query[a] for a in axes) + "".join(of_key[a] for a in axes)
        fit = ops.einsum(f"{of_key},{of_query}->{names}", k, q)
        return fit, f"{names},{of_key}->{of_query}"

    def _sees(
        self, query: Tensor, value: Tensor, query_mask: Any, value_mask: Any, key_mask: Any,
        attention_mask: Any, use_causal_mask: bool,
    ) -> Any:  # fmt: skip
        """Tell which values each query may see, (N, T, S); None for all."""
        conditions = []
        if query_mask is not None:
            conditions.append(ops.expand_dims(as_bools(query_mask), axis=-1))
        for mask in (value_mask, key_mask):
            if mask is not None:
                conditions.append(ops.expand_dims(as_bools(mask), axis=-2))
        if use_causal_mask:
            conditions.append(causal(query.shape[1], value.shape[1])[None])
        if attention_mask is not None:
            conditions.append(as_bools(attention_mask))
        sees = None
        for condition in conditions:
            sees = condition if sees is None else ops.logical_and(sees, condition)
        return sees


def _softmax(scores: Tensor, axes: int) -> Tensor:
    """Share out over the last axes together."""
    if axes == 1:
        return ops.softmax(scores, axis=-1)
    rows = ops.reshape(scores, shape=(*scores.shape[:-axes], -1))
    return ops.reshape(ops.softmax(rows, axis=-1), shape=scores.shape)
