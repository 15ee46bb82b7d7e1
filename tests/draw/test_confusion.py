"""The confusion matrix: counts, shares, the most frequent error, in Korean and English."""

from __future__ import annotations

import numpy as np
import pytest

from clearprop.draw.confusion import confusion
from clearprop.errors import DataError, ShapeError
from tests.draw.checks import all_faults, placed_texts


def words_of(picture) -> list[str]:
    return [text.words for text in placed_texts(str(picture))]


def test_counts_and_shares_of_the_true_class():
    words = words_of(confusion([[3, 1], [0, 6]], ["고양이", "강아지"], lang="ko"))
    assert {"3", "75.0 %", "1", "25.0 %", "6", "100 %", "고양이"} <= set(words)


def test_an_error_that_never_happens_is_blank_and_a_class_without_examples_has_no_share():
    words = words_of(confusion([[3, 0], [0, 0]], ["a", "b"], lang="en"))
    assert words.count("0") == 1
    assert "–" in words


def test_the_most_frequent_error_is_told_with_the_right_particles():
    told = confusion([[9, 4], [1, 9]], ["강아지", "여우"], lang="ko").desc
    assert told == "23개 중 18개 정답(78.3 %). 가장 잦은 오답: 강아지를 여우로 예측, 4번."
    assert "Most" not in confusion([[9, 0], [0, 9]], lang="en").desc


def test_labels_lean_only_where_they_would_run_into_each_other():
    assert "rotate(-45)" not in str(confusion(np.eye(3), lang="en"))
    assert str(confusion(np.eye(3), ["a long name"] * 3, lang="en")).count("rotate(-45)") == 3


@pytest.mark.parametrize("K", [1, 2, 14, 15, 30, 31, 60])
def test_any_number_of_classes_is_drawn_without_fault(K):
    counts = np.arange(K * K).reshape(K, K) * 137 % 1009
    assert all_faults(str(confusion(counts, lang="ko"))) == []


@pytest.mark.parametrize(
    ("counts", "labels", "error", "message"),
    [
        ([[1, 2]], None, ShapeError, r"\(K, K\); got \(1, 2\)"),
        (np.ones((0, 0)), None, ShapeError, r"got \(0, 0\)"),
        ([[1.5]], None, DataError, "whole numbers"),
        ([[-1]], None, DataError, "0 or more"),
        ([[1]], ["a", "b"], ShapeError, "1 classes need as many labels; got 2"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(counts, labels, error, message):
    with pytest.raises(error, match=message):
        confusion(counts, labels)
