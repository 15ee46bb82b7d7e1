"""Attention: each query's own weighted mean of values."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import ShapeError, unknown
from clearprop.nn.chance import Drawing
from clearprop.nn.recurrent_cells import share
from clearprop.nn.registry import register
from clearprop.nn.variable import Variable

__all__ = ["AdditiveAttention", "Attention", "as_bools", "causal"]

FAR_DOWN = -1e9  # added to, or put in place of, scores of what is not attended to, as in Keras


def causal(queries: int, values: int) -> np.ndarray:
    """Tell which values each query may see: those of its own time step and of those before."""
    return np.arange(queries)[:, None] >= np.arange(values)


def as_bools(mask: Any) -> Any:
    """Give a mask as true and false."""
    return mask if mask is None or mask.dtype == bool else ops.not_equal(mask, 0)


class _Attending(Drawing):
    """What attention layers called on ``[query, value]`` or ``[query, value, key]`` share."""

    scale: Variable | None

    def __init__(
        self, use_scale: bool, dropout: float, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(seed, **options)
        self.use_scale = bool(use_scale)
        self.dropout = share(type(self).__name__, "dropout", dropout)

    def _checked(self, shapes: Any) -> list[Any]:
        who = type(self).__name__
        if not isinstance(shapes, list) or len(shapes) not in (2, 3):
            raise ShapeError(
                f"{who} takes a list of two or three: {who}()([query, value]) or"
                f" {who}()([query, value, key]); got shape {shapes}."
            )
        query, value, *keys = shapes
        for key in keys or [value]:
            if len(query) < 2 or query[-1] != key[-1]:
                raise ShapeError(
                    f"{who}: query is {query}, {'key' if keys else 'value'} is {key}; they must be"
                    " (N, T, D) with one D."
                )
            if key[:-1] != value[:-1]:
                raise ShapeError(
                    f"{who}: value is {value}, key is {key}; there must be a key for each value."
                )
        return shapes

    def _check_built_for(self, shape: Any) -> None:
        """Take sequences of every length."""
        self._checked(shape)

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        """Say how well each key (N, S, D) fits each query (N, T, D): (N, T, S)."""
        raise NotImplementedError

    def call(
        self,
        x: Any,
        mask: Any = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Average the values, weighted by the softmax of the scores."""
        query, value, *keys = x
        key = keys[0] if keys else value
        self._checked([each.shape for each in x])
        masks = [as_bools(each) for each in mask] if mask is not None else [None, None]
        scores = self.scores(query, key)
        sees = masks[1] if masks[1] is None else ops.expand_dims(masks[1], axis=-2)
        if use_causal_mask:
            before = causal(query.shape[-2], value.shape[-2])[None]
            sees = before if sees is None else ops.logical_and(sees, before)
        if sees is not None:
            scores = ops.where(sees, scores, ops.add(scores, FAR_DOWN))
        weights = ops.softmax(scores, axis=-1)
        kept = weights
        if training and self.dropout:
            kept = ops.dropout(
                weights, self.draw("keep", weights.shape, self.dropout), rate=self.dropout
            )
        y = ops.matmul(kept, value)
        if masks[0] is not None:
            y = ops.where(ops.expand_dims(masks[0], axis=-1), y, 0.0)
        return (y, kept) if return_attention_scores else y

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Give the query's mask."""
        return None if mask is None else mask[0]

    def output_shape(self, input_shape: Any) -> Any:
        """Give the query's shape, with numbers as the values have."""
        query, value, *_ = self._checked(input_shape)
        return (None, *query[1:-1], value[-1])

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "use_scale": self.use_scale, "dropout": self.dropout}


@final
@register
class Attention(_Attending):
    r"""
    Dot-product attention: values weighted by how well their keys fit the query.

    .. math:: y = \mathrm{softmax}(s\, q k^{\mathsf{T}}) v

    Called on ``[query, value]`` or ``[query, value, key]``, of shapes (N, T, D), (N, S, E) and
    (N, S, D).

    Parameters
    ----------
    use_scale : bool
        Whether scores are multiplied by a weight s, 1 at first.
    score_mode : {"dot", "concat"}
        Scores from products, or from the tanh of sums of query and key, times a weight.
    dropout : float
        The fraction of the weights that is dropped in training.
    seed : int, optional
        Where to start drawing what is dropped.
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `score_mode` is unknown, or `dropout` is no fraction.
    ShapeError
        When called, if it is not given a list of two or three, or their shapes do not fit.

    References
    ----------
    Luong, Pham, Manning, "Effective Approaches to Attention-based Neural Machine Translation",
    2015.

    Examples
    --------
    >>> import numpy as np
    >>> q, v = np.zeros((1, 2, 3)), np.array([[[1.0, 0.0, 0.0], [3.0, 0.0, 0.0]]])
    >>> Attention()([q, v]).tolist()[0][0]
    [2.0, 0.0, 0.0]
    """

    concat_score_weight: Variable | None

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(use_scale, dropout, seed, **options)
        if score_mode not in ("dot", "concat"):
            raise unknown("score_mode", score_mode, ["dot", "concat"])
        self.score_mode = score_mode

    def build(self, input_shape: Any) -> None:
        """Make the scale and the weight of scores, if there are any."""
        self._checked(input_shape)
        self.scale = self.concat_score_weight = None
        if self.use_scale:
            self.scale = self.add_weight((), "ones", name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight")

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        """Say how well each key fits each query."""
        if self.score_mode == "dot":
            fit = ops.matmul(query, ops.matrix_transpose(key))
            return fit if self.scale is None else ops.multiply(fit, self.scale)
        both = ops.add(ops.expand_dims(query, axis=-2), ops.expand_dims(key, axis=-3))
        scaled = both if self.scale is None else ops.multiply(self.scale, both)
        return ops.multiply(self.concat_score_weight, ops.sum(ops.tanh(scaled), axis=-1))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "score_mode": self.score_mode}


@final
@register
class AdditiveAttention(_Attending):
    r"""
    Additive attention: scores from the tanh of sums of query and key.

    .. math:: y = \mathrm{softmax}\Bigl(\sum_d s_d \tanh(q_d + k_d)\Bigr) v

    Called on ``[query, value]`` or ``[query, value, key]``.

    Parameters
    ----------
    use_scale : bool
        Whether there is a weight s for each of the D numbers of query and key; else it is 1.
    dropout : float
        The fraction of the weights that is dropped in training.
    **options
        `seed`, and `name`, `dtype`, `trainable`, as for every `Layer`.

    Raises
    ------
    OptionError, ShapeError
        As `Attention` does.

    References
    ----------
    Bahdanau, Cho, Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate",
    2014.

    Examples
    --------
    >>> import numpy as np
    >>> q, v = np.zeros((1, 2, 3)), np.ones((1, 4, 3))
    >>> AdditiveAttention()([q, v]).shape
    (1, 2, 3)
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **options: Any) -> None:
        super().__init__(use_scale, dropout, **options)

    def build(self, input_shape: Any) -> None:
        """Make the scale, if there is one."""
        query, *_ = self._checked(input_shape)
        self.scale = None
        if self.use_scale:
            self.scale = self.add_weight((query[-1],), "glorot_uniform", name="scale")

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        """Say how well each key fits each query."""
        both = ops.tanh(ops.add(ops.expand_dims(query, axis=-2), ops.expand_dims(key, axis=-3)))
        return ops.sum(both if self.scale is None else ops.multiply(self.scale, both), axis=-1)
