"""The table of true classes by predicted ones."""

import pytest

from clearprop import metrics
from clearprop.errors import DTypeError, OptionError, RangeError, ShapeError


def test_a_confusion_matrix():
    t, p = [0, 1, 1, 2, 2, 2], [0, 0, 1, 2, 2, 1]
    matrix = metrics.confusion_matrix(t, p)
    assert matrix.tolist() == [[1, 0, 0], [1, 1, 0], [0, 1, 2]]
    assert metrics.confusion_matrix(t, p, 4).shape == (4, 4)
    weighted = metrics.confusion_matrix(t, p, sample_weight=[1, 2, 3, 4, 5, 6])
    assert weighted.tolist() == [[1, 0, 0], [2, 3, 0], [0, 6, 9]]
    pixels = metrics.confusion_matrix([[0, 1]], [[1, 1]], sample_weight=[2.0])
    assert pixels.tolist() == [[0, 2], [0, 2]]
    iou = metrics.MeanIoU(3)
    iou.update(t, p)
    assert (iou.total_cm == matrix).all()


@pytest.mark.parametrize(
    ("t", "p", "classes", "error", "words"),
    [
        ([0, 1], [0, 1, 1], None, ShapeError, "argmax"),
        ([0, 1], [[0.1, 0.9], [0.2, 0.8]], None, DTypeError, "whole and from 0"),
        ([0, 3], [0, 1], 2, RangeError, r"label 3 at \[1\]; with 2 classes"),
        ([0, -1], [0, 1], None, RangeError, "label -1"),
        (["a"], ["b"], None, DTypeError, "class numbers"),
        ([0], [0], 0, OptionError, "num_classes must be 1 or more"),
    ],
)
def test_what_is_no_class(t, p, classes, error, words):
    with pytest.raises(error, match=words):
        metrics.confusion_matrix(t, p, classes)
