"""Windows of a time series: which rows they have, and which target."""

import itertools

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import DataError, DTypeError, NumericsError, OptionError, ShapeError

SERIES = np.arange(40.0).reshape(20, 2)
make = cp.utils.timeseries_dataset_from_array


def by_hand(data, targets, length, stride, rate, first, last):
    """List windows as they are defined, one by one."""
    first, last = first or 0, len(data) if last is None else last
    windows, answers = [], []
    for begin in range(first, last, stride):
        rows = [begin + k * rate for k in range(length)]
        if rows[-1] >= last or (targets is not None and begin >= len(targets)):
            break
        windows.append([data[row] for row in rows])
        if targets is not None:
            answers.append(targets[begin])
    return np.array(windows), np.array(answers)


@pytest.mark.parametrize(
    ("length", "stride", "rate", "bounds"),
    list(itertools.product([1, 3, 5], [1, 2], [1, 3], [(None, None), (2, 17), (4, None)])),
)
def test_windows_are_those_of_the_definition(length, stride, rate, bounds):
    targets = SERIES[length:, 0]
    x, y = by_hand(SERIES, targets, length, stride, rate, *bounds)
    settings = {"sequence_stride": stride, "sampling_rate": rate, "batch_size": 4}
    settings |= dict(zip(("start_index", "end_index"), bounds, strict=True))
    batches = list(make(SERIES, targets, length, **settings))
    assert len(batches) == len(make(SERIES, targets, length, **settings)) == -(-len(x) // 4)
    np.testing.assert_array_equal(np.concatenate([b for b, _ in batches]), x)
    np.testing.assert_array_equal(np.concatenate([b for _, b in batches]), y)
    alone = np.concatenate(list(make(SERIES, None, length, **settings)))
    np.testing.assert_array_equal(alone, by_hand(SERIES, None, length, stride, rate, *bounds)[0])


def test_the_target_of_the_documentation_is_what_comes_next():
    for x, y in make(SERIES, SERIES[3:], 3):
        np.testing.assert_array_equal(y, x[:, -1] + 2.0)


def test_without_batches_windows_come_alone():
    data = make(SERIES, SERIES[3:], 3, batch_size=None)
    x, y = next(iter(data))
    assert x.shape == (3, 2)
    assert y.shape == (2,)
    assert len(data) == 17


def test_shuffled_windows_keep_their_targets():
    data = make(SERIES, SERIES[3:], 3, batch_size=5, shuffle=True, seed=1)
    passes = [np.concatenate([x[:, 0, 0] for x, _ in data]) for _ in range(2)]
    assert sorted(passes[0]) == sorted(passes[1]) == SERIES[:17, 0].tolist()
    assert not (passes[0] == passes[1]).all()
    for x, y in data:
        np.testing.assert_array_equal(y, x[:, -1] + 2.0)
    again = make(SERIES, SERIES[3:], 3, batch_size=5, shuffle=True, seed=1)
    np.testing.assert_array_equal(np.concatenate([x[:, 0, 0] for x, _ in again]), passes[0])


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((SERIES, None, 21), DataError, "spans 21 of them; there are 20"),
        ((SERIES, None, 8, 1, 3), DataError, "every 3th, spans 22"),
        ((SERIES, SERIES[20:], 3), DataError, "and 0 targets"),
        ((SERIES, None, 0), OptionError, "sequence_length must be a whole number, 1 or more"),
        ((SERIES, None, 3, 0), OptionError, "sequence_stride"),
        ((SERIES, None, 3, 1, -1), OptionError, "sampling_rate"),
        ((SERIES, None, 3, 1, 1, 0), OptionError, "batch_size"),
        ((["2024-01-01", "2024-01-02"], None, 1), DTypeError, "Columns of text"),
        ((3.0, None, 1), ShapeError, "single number"),
        (([1.0, float("nan")], None, 1), NumericsError, r"data\[1\] is nan; fill the gaps"),
        ((SERIES, [0.0, float("inf")], 1), NumericsError, r"targets\[1\] is inf"),
    ],
)
def test_what_makes_no_windows_is_said(arguments, error, words):
    with pytest.raises(error, match=words):
        make(*arguments)
