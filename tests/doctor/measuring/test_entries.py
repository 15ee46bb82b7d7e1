"""One of the two terms of a loss, negated or left out."""

import numpy as np
import pytest

from clearprop.doctor import check


class Shares:
    """Cross-entropy of probabilities that are cut off near 0 and 1."""

    def __init__(self, back):
        self.back = back

    def forward(self, p, t):
        self.p, self.t = np.clip(p, 1e-6, 1 - 1e-6), t
        return -np.mean(t * np.log(self.p) + (1 - t) * np.log(1 - self.p))

    def backward(self):
        return self.back(self.p, self.t) / self.p.size


P = np.random.default_rng(91).uniform(0.1, 0.9, 6)
T = np.array([1.0, 0, 0, 1, 1, 0])


@pytest.mark.parametrize(
    ("back", "ids"),
    [
        (lambda p, t: (1 - t) / (1 - p) - t / p, ()),
        (lambda p, t: -(1 - t) / (1 - p) - t / p, ("sign-one",)),
        (lambda p, t: -t / p, ("paths-not-summed",)),
        (lambda p, t: (1 - t) / (1 - p), ("paths-not-summed",)),
        (lambda p, t: t / p - (1 - t) / (1 - p), ("sign-delta",)),
    ],
)
def test_it_is_named(back, ids):
    assert check(Shares(back), x=P, t=T).ids == ids


def test_entries_that_are_wrong_by_themselves_have_no_name():
    off = np.array([1.0, 1.3, 1.0, 0.7, 1.0, 1.0])
    back = lambda p, t: ((1 - t) / (1 - p) - t / p) * np.resize(off, p.shape)
    report = check(Shares(back), x=P, t=T)
    assert (report.sound, report.ids) == (False, ())
