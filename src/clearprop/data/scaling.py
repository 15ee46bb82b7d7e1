"""Brings the columns of a table to one scale, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, final

import numpy as np
import numpy.typing as npt

from clearprop.data.state import Fields
from clearprop.errors import DataError, DTypeError, NumericsError, ShapeError

__all__ = ["Scaler"]

Floats = npt.NDArray[np.floating[Any]]


@final
@dataclass(frozen=True, eq=False)
class Scaler:
    """
    A shift and a scale for each column: ``(x - shift) / scale``, and back.

    Rows are the first axis. A column is a place in a row: a number of (N,), a column of (N, F), a
    pixel of (N, H, W). A column that has one value only gets the scale 1 and becomes all zeros.

    Parameters
    ----------
    shift : numpy.ndarray, shape of a row
        What is taken from each column.
    scale : numpy.ndarray, shape of a row
        What each column is then divided by, above 0.

    Examples
    --------
    >>> scaler = Scaler.standard([[1.0, 5.0], [3.0, 5.0]])
    >>> scaler.transform([[5.0, 6.0]])
    array([[3., 1.]])
    >>> scaler.inverse([[3.0, 1.0]])
    array([[5., 6.]])
    """

    shift: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]

    @classmethod
    def standard(cls, x: npt.ArrayLike) -> Self:
        """
        Learn to bring each column to mean 0 and standard deviation 1.

        The standard deviation is that of the rows themselves (divided by N, not N - 1).

        Parameters
        ----------
        x : array_like, shape (N, ...)
            The rows to learn from.

        Raises
        ------
        DataError
            If there are no rows.
        NumericsError
            If a value is NaN or infinite; says which.

        Examples
        --------
        >>> Scaler.standard([1.0, 3.0]).transform([1.0, 3.0])
        array([-1.,  1.])
        """
        values = _finite(_rows(x))
        low, high = values.min(axis=0), values.max(axis=0)
        # Powers of two are taken out exactly, so that squares neither overflow nor vanish.
        _, exponent = np.frexp(np.maximum(abs(low), abs(high)))
        unit = np.ldexp(values, -exponent)
        scale = np.ldexp(unit.std(axis=0), exponent)
        mean = np.clip(np.ldexp(unit.mean(axis=0), exponent), low, high)
        return cls(mean, np.where((low == high) | (scale == 0.0), 1.0, scale))

    @classmethod
    def min_max(cls, x: npt.ArrayLike) -> Self:
        """
        Learn to bring each column's smallest value to 0 and its largest to 1.

        Parameters
        ----------
        x : array_like, shape (N, ...)
            The rows to learn from.

        Raises
        ------
        DataError
            If there are no rows.
        NumericsError
            If a value is NaN or infinite, or a column's range exceeds float64; says which.

        Examples
        --------
        >>> Scaler.min_max([10.0, 30.0]).transform([10.0, 25.0, 30.0])
        array([0.  , 0.75, 1.  ])
        """
        values = _finite(_rows(x))
        low = values.min(axis=0)
        with np.errstate(over="ignore"):
            spread = values.max(axis=0) - low
        if not np.isfinite(spread).all():
            raise NumericsError(
                "a column's range is larger than float64 holds; scale it down first."
            )
        return cls(low, np.where(spread == 0.0, 1.0, spread))

    def transform(self, x: npt.ArrayLike) -> Floats:
        """
        Bring rows to the common scale.

        Parameters
        ----------
        x : array_like, shape (N, ...)
            Rows with the columns that were learnt from.

        Returns
        -------
        numpy.ndarray, shape of `x`
            Float32 if `x` is, else float64.

        Raises
        ------
        ShapeError
            If the rows have another shape.
        NumericsError
            If a value or its result is NaN or infinite.
        """
        return self._map(x, lambda values: (values - self.shift) / self.scale)

    def inverse(self, x: npt.ArrayLike) -> Floats:
        """
        Bring rows back from the common scale; parameters and errors are those of `transform`.

        Returns
        -------
        numpy.ndarray, shape of `x`
            Float32 if `x` is, else float64.
        """
        return self._map(x, lambda values: values * self.scale + self.shift)

    def to_json_dict(self) -> dict[str, Any]:
        """
        Give the state as plain data that JSON can hold exactly.

        Examples
        --------
        >>> Scaler.min_max([10.0, 30.0]).to_json_dict()
        {'shape': [], 'shift': [10.0], 'scale': [20.0]}
        """
        return {
            "shape": list(self.shift.shape),
            "shift": self.shift.ravel().tolist(),
            "scale": self.scale.ravel().tolist(),
        }

    @classmethod
    def from_json_dict(cls, state: object, where: str = "scaler") -> Self:
        """
        Build a scaler from what `to_json_dict` gave, trusting nothing.

        Raises
        ------
        FormatError
            If the state is not that of a scaler; says where in it.
        """
        fields = Fields(state, where)
        shape = fields.shape("shape")
        shift = fields.array("shift", shape)
        scale = fields.array("scale", shape, positive=True)
        fields.end()
        return cls(shift, scale)

    def _map(self, x: npt.ArrayLike, mapping: Any) -> Floats:
        given = np.asarray(x)
        values = _finite(_rows(given))
        if values.shape[1:] != self.shift.shape:
            raise ShapeError(
                f"rows have the shape {values.shape[1:]}; the scaler learnt from rows of "
                f"{self.shift.shape}."
            )
        with np.errstate(over="ignore"):
            result = mapping(values)
            result = result.astype(np.float32) if given.dtype == np.float32 else result
        return _finite(result, f"it is beyond {result.dtype} after scaling")


def _rows(x: npt.ArrayLike) -> npt.NDArray[np.float64]:
    values = np.asarray(x)
    if values.dtype.kind not in "buif":
        raise DTypeError(f"only numbers can be scaled; got {values.dtype}.")
    if values.ndim == 0:
        raise ShapeError("a single number cannot be scaled; expected an array with rows.")
    if values.size == 0:
        raise DataError(f"there is nothing to scale in an array of shape {values.shape}.")
    return values.astype(np.float64, copy=False)


def _finite(values: Floats, mend: str = "replace it or leave its row out before scaling") -> Floats:
    fault = ~np.isfinite(values)
    if fault.any():
        where = [int(i) for i in np.unravel_index(int(np.argmax(fault)), fault.shape)]
        others = f" (one of {fault.sum()} that are not finite)" if fault.sum() > 1 else ""
        raise NumericsError(f"the value at {where} is {values[tuple(where)]}{others}; {mend}.")
    return values
