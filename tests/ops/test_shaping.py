"""Reshaping, permuting, repeating and padding: as NumPy does, or refused in words."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import ShapeError

X = np.arange(12.0).reshape(3, 4)

SAME_AS_NUMPY = {
    "moveaxis": (lambda: cp.moveaxis(X, source=0, destination=-1), lambda: np.moveaxis(X, 0, -1)),
    "roll": (lambda: cp.roll(X, shift=-5), lambda: np.roll(X, -5)),
    "roll twice": (
        lambda: cp.roll(X, shift=(1, 1), axis=(0, 0)), lambda: np.roll(X, (1, 1), (0, 0))),
    "repeat": (
        lambda: cp.repeat(X, repeats=(1, 0, 2), axis=0), lambda: np.repeat(X, (1, 0, 2), 0)),
    "tile": (lambda: cp.tile(X, repetitions=(2, 1, 2)), lambda: np.tile(X, (2, 1, 2))),
    "pad": (
        lambda: cp.pad(X, widths=((1, 0), (2, 3)), value=7), lambda: np.pad(
            X, ((1, 0), (2, 3)), constant_values=7)),
    "pad all sides": (lambda: cp.pad(X, widths=2), lambda: np.pad(X, 2)),
    "squeeze": (lambda: cp.squeeze(X[None, :, :1]), lambda: np.squeeze(X[None, :, :1])),
    "diagonal": (lambda: cp.diagonal(X, offset=-1), lambda: np.diagonal(X, -1)),
    "trace": (lambda: cp.trace(X, offset=1), lambda: np.trace(X, 1)),
    "triu": (lambda: cp.triu(X, k=-1), lambda: np.triu(X, -1)),
}  # fmt: skip


@pytest.mark.parametrize(("ours", "theirs"), SAME_AS_NUMPY.values(), ids=SAME_AS_NUMPY)
def test_same_as_numpy(ours, theirs):
    np.testing.assert_array_equal(ours().numpy(), theirs())


def test_padding_keeps_the_kind_of_number():
    assert cp.pad(np.ones(2, "float32"), widths=1, value=0.5).dtype == np.float32
    assert cp.pad(np.ones(2, "float32"), widths=1, value=-np.inf).dtype == np.float32


REFUSED = {
    "too few": (lambda: cp.reshape(X, (5, -1)), "12 elements .* needs a multiple of 5"),
    "too many": (lambda: cp.reshape(X, (5, 3)), "do not fill .* holds 15"),
    "two unknown": (lambda: cp.reshape(X, (-1, -1)), "do not fill"),
    "not repeatable": (lambda: cp.broadcast_to(X, (6, 4)), "broadcast"),
    "fewer axes": (lambda: cp.broadcast_to(X, (4,)), "only axes of size 1"),
    "an axis twice": (lambda: cp.permute_dims(X, (0, 0)), "one axis twice"),
    "an axis missing": (lambda: cp.permute_dims(X, (0,)), "each axis"),
    "no such axis": (lambda: cp.permute_dims(X, (0, 5)), "axis 5"),
    "no such axis to move": (lambda: cp.moveaxis(X, source=2, destination=0), "axis 2"),
    "a pair missing": (lambda: cp.moveaxis(X, source=(0, 1), destination=0), "differ in size"),
    "not of size 1": (lambda: cp.squeeze(X, axis=0), "axis 0 of shape .* has size 3"),
    "a place too far": (lambda: cp.expand_dims(X, axis=4), "axis 4"),
    "flip what": (lambda: cp.flip(X, axis=2), "axis 2"),
    "roll what": (lambda: cp.roll(X, shift=1, axis=2), "axis 2"),
    "shifts without axes": (lambda: cp.roll(X, shift=(1, 2)), "as many axes"),
    "too few shifts": (lambda: cp.roll(X, shift=(1, 2), axis=(0,)), "2 shifts for 1 axes"),
    "too few counts": (lambda: cp.repeat(X, repeats=(1, 2), axis=0), "axis of 3 places"),
    "a negative count": (lambda: cp.repeat(X, repeats=-1, axis=0), "at least 0"),
    "negative tiles": (lambda: cp.tile(X, repetitions=(-1,)), "at least 0"),
    "negative padding": (lambda: cp.pad(X, widths=-1), "none negative"),
    "padding for fewer axes": (lambda: cp.pad(X, widths=((1, 1),)), "for 2 axes"),
    "a triangle of a row": (lambda: cp.tril(X[0]), "at least two axes"),
    "a diagonal of a row": (lambda: cp.diagonal(X[0]), "at least two axes"),
    "a row transposed": (lambda: cp.matrix_transpose(X[0]), "at least two axes"),
}


@pytest.mark.parametrize(("call", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(call, words):
    with pytest.raises(ShapeError, match=words):
        call()
