"""Forward passes with several outputs, and backward passes with a gradient for each."""

from __future__ import annotations

import numpy as np
import pytest

from clearprop.doctor import check
from clearprop.doctor.submitted.several import Joined, coming_in


class Both:
    """Give the sum and the product of two inputs."""

    def forward(self, a, b):
        self.a, self.b = a, b
        return a + b, a * b

    def backward(self, dh, dc):
        return dh + dc * self.b, dh + dc * self.a


class OnlyTheFirst(Both):
    def backward(self, dh, dc):
        return dh + dc * self.b, dh


X = (np.array([0.5, -1.2, 2.0]), np.array([0.3, 0.7, -0.4]))


def test_objects():
    assert check(Both(), x=X).sound is True
    assert check(OnlyTheFirst(), x=X).sound is False


def forward(a, b):
    return a + b, a * b, (a, b)


def backward(dnext_h, dnext_c, cache):
    a, b = cache
    return dnext_h + dnext_c * b, dnext_h + dnext_c * a


def test_functions():
    assert check((forward, backward), x=X).sound is True
    assert check((forward, lambda dh, dc, cache: (dh, dh)), x=X).sound is False


class Hidden:
    """Keep the second output for itself, and still take a gradient of it."""

    def forward(self, a):
        self.a = a
        return a * a

    def backward(self, dh, dc):
        return 2 * self.a * dh + 3 * dc


def test_nothing_comes_into_what_did_not_come_out():
    assert check(Hidden(), x=X[0]).sound is True


@pytest.mark.parametrize(
    ("shapes", "whole"),
    [([(2, 3), (2, 3)], (2, 6)), ([(3, 1), (3, 1)], (6, 1)), ([(2,), (2, 2)], (6,))],
)
def test_joined_and_parted(shapes, whole):
    joined = Joined([np.zeros(s) for s in shapes])
    assert joined.whole.shape == whole
    assert [g.shape for g in joined.parted(np.ones(whole))] == shapes


def test_one_output_and_its_cache_are_not_joined():
    assert Joined.of((np.zeros(2), np.zeros(2)), coming_in(["dout", "x"])) is None
    assert Joined.of((np.zeros(2), np.zeros(2), {}), 2) is not None
    assert Joined.of(np.zeros(2), 2) is None


def nested(a, b):
    return (a + b, a * b), (a, b)


def back_of_nested(dnext_h, dnext_c, cache):
    a, b = cache
    return dnext_h + dnext_c * b, dnext_h + dnext_c * a


def test_several_outputs_in_one_place():
    assert check((nested, back_of_nested), x=X).sound is True
    assert check((nested, lambda dh, dc, cache: (dh, dh)), x=X).sound is False
