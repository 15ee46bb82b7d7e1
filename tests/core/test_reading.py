"""Readings, shape rules and sample inputs: the data that stand beside a definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from clearprop.core import cases
from clearprop.core.reading import Elements, Fixed, Pick, Product, Total, evaluate
from clearprop.core.shapes import axis_in, broadcast_shapes, reduced, same, within
from clearprop.errors import ShapeError

A = np.arange(12.0).reshape(3, 4)
B = np.arange(4.0) + 1


@pytest.mark.parametrize(
    ("reading", "value"),
    [
        (Pick(0, (1, 2)), 6.0),
        (Pick(1, (-1,)), 4.0),
        (Fixed(-1.5, "padding"), -1.5),
        (Product(Elements(1, (np.arange(4),))), 24.0),
        (Product(Elements(1, (np.arange(0),))), 1.0),
        (Total((Elements(0, (1, np.arange(4))),)), 22.0),
        (Total((Elements(0, (1, np.arange(4))),), over=4), 5.5),
        (Total((Elements(0, (1, np.arange(4))), Elements(1, (np.arange(4),)))), 60.0),
        (Total((Elements(0, (np.arange(3), 0)), Elements(1, (2,)))), 36.0),
        (Total((Elements(0, (np.arange(0), 0)),)), 0.0),
        (Total((Elements(1, (3,)),)), 4.0),
    ],
)
def test_readings_evaluate(reading, value):
    assert evaluate(reading, [A, B]) == value


def test_the_place_of_a_term():
    row = Elements(0, (1, np.arange(4)))
    assert [row.at(n, 4) for n in range(4)] == [(1, 0), (1, 1), (1, 2), (1, 3)]
    assert Elements(1, (2,)).at(3, 5) == (2,)
    assert all(type(i) is int for i in row.at(0, 4))


@given(arrays.mutually_broadcastable_shapes(num_shapes=3, max_dims=4, min_side=0, max_side=4))
def test_shapes_that_broadcast(shapes):
    result = broadcast_shapes(*shapes.input_shapes)
    assert result == shapes.result_shape
    for shape in shapes.input_shapes:
        places = np.broadcast_to(np.arange(np.prod(shape)).reshape(shape), result)
        for index in np.ndindex(result):
            place = within(index, shape)
            assert (np.ravel_multi_index(place, shape) if shape else 0) == places[index]


@given(st.lists(arrays.array_shapes(min_dims=0, max_dims=3, max_side=3), min_size=2, max_size=3))
def test_shapes_that_broadcast_or_not(shapes):
    try:
        expected = np.broadcast_shapes(*shapes)
    except ValueError:
        with pytest.raises(ShapeError, match=r"do not broadcast: axis -\d has sizes"):
            broadcast_shapes(*shapes)
    else:
        assert broadcast_shapes(*shapes) == expected


@given(arrays.array_shapes(max_dims=4, max_side=3), st.data(), st.booleans())
def test_reduced_shapes(shape, data, keepdims):
    rank = len(shape)
    some = st.sets(st.integers(0, rank - 1)).map(tuple)
    axis = data.draw(st.none() | st.integers(-rank, rank - 1) | some)
    expected = np.sum(np.ones(shape), axis=axis, keepdims=keepdims).shape
    assert reduced(shape, axis=axis, keepdims=keepdims) == expected


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: axis_in(2, 2, "sum"), "sum: axis 2 of an array with axes -2 to 1"),
        (lambda: axis_in(0, 0, "sum"), "sum: axis 0 of an array with no axes"),
        (lambda: reduced((2, 3), axis=(0, -2)), "names an axis twice"),
        (lambda: reduced((2, 3), axis=-3), "axis -3"),
        (lambda: broadcast_shapes((2, 3), (4,)), r"axis -1 has sizes 3, 4"),
    ],
)
def test_shapes_that_are_refused(call, said):
    with pytest.raises(ShapeError, match=said):
        call()


def test_the_shape_of_the_first():
    assert same((2, 3), (4,), axis=1) == (2, 3)


SAMPLES = {
    "real": (cases.real(40, 5), lambda x: np.abs(x.mean()) < 0.3 and 0.8 < x.std() < 1.2),
    "positive": (cases.positive(40, 5), lambda x: x.min() >= 0.5 and x.max() <= 2),
    "between": (cases.between(-1, 3, 40, 5), lambda x: -1 <= x.min() < 0 and 2 < x.max() <= 3),
    "nonzero": (cases.nonzero(40, 5), lambda x: np.abs(x).min() >= 0.2 and x.min() < 0 < x.max()),
    "apart": (cases.apart(40, 5), lambda x: np.diff(np.sort(x, axis=None)).min() > 0.1),
    "off_halves": (cases.off_halves(40, 5), lambda x: np.abs(2 * x - np.round(2 * x)).min() >= 0.2),
    "integers": (cases.integers(3, 40, 5), lambda x: set(x.flat) == {0, 1, 2}),
    "booleans": (cases.booleans(40, 5), lambda x: x.dtype == bool and set(x.flat) == {True, False}),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_what_they_say(name):
    sample, holds = SAMPLES[name]
    drawn = sample.draw(np.random.default_rng(0))
    assert drawn.shape == (40, 5)
    assert holds(drawn)
    assert repr(sample).startswith(name)
    np.testing.assert_array_equal(drawn, sample.draw(np.random.default_rng(0)))


def test_a_case_is_shown_as_it_is_written():
    case = cases.case(cases.real(3, 4), cases.integers(5), axis=-1)
    assert repr(case) == "case(real(3, 4), integers<5>(), axis=-1)"
    first, second = case.arrays(np.random.default_rng(0))
    assert (first.shape, second.shape, second.dtype.kind) == ((3, 4), (), "i")
