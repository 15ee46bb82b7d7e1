"""Which mistakes fit: two at once where that is certain, several where nothing tells them apart."""

import numpy as np
import pytest

from clearprop.doctor import check
from clearprop.doctor.catalogue import by_id
from clearprop.doctor.measuring.matching import alike, forms


def test_every_form_has_its_words_in_the_catalogue():
    assert {form.id for form in forms()} <= set(by_id())
    assert len({form.id for form in forms()}) > 20


@pytest.mark.parametrize(
    ("slip", "names"),
    [
        (lambda g, s: {n: -v for n, v in g.items()} | {"a": -s.dz.mean(axis=0)},
         ["bias-averaged", "sign-delta"]),
        (lambda g, s: {n: s.n * v for n, v in g.items()} | {"B": s.n * g["B"].T},
         ["batch-mean-missing", "weight-gradient-transposed"]),
        (lambda g, s: {n: -s.n * v for n, v in g.items()}, ["batch-mean-missing", "sign-delta"]),
    ],
)  # fmt: skip
def test_two_at_once(named, slip, names):
    assert named.net(slip) == names


def test_what_no_number_can_tell_apart_is_listed(blind):
    """With four targets from outside, four times is the batch as well as the outputs."""
    goal = np.array([[0.4, -0.2, 1.0, 0.3]] * 2)

    def loss(y):
        return np.sum(np.log(np.cosh(y - goal)))

    report = check((loss, lambda y: 4 * np.tanh(y - goal)), params=goal + 0.5)
    assert report.sound is False
    assert "twice-too-large" not in report.ids


def test_numbers_that_are_not_known_are_left_open():
    assert alike([1.0, 5.0], [1.0, np.nan], 1e-9)
    assert not alike([2.0, 5.0], [1.0, np.nan], 1e-9)
    assert not alike([1.0], [np.nan], 1e-9)
    assert alike([0.1234], [0.12344], 1e-9, band=5e-5)
