"""The mistakes of three well-known tutorials are named, and without them the programs are sound."""

import numpy as np
import pytest

from clearprop.doctor import check
from tests.doctor.programs_of_tutorials import Digits, OneHidden, Xor

PATTERNS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
TARGETS = [[0.0], [1.0], [1.0], [0.0]]


@pytest.mark.parametrize(
    ("program", "named"),
    [
        (Xor(), set()),
        (Xor(-1.0), {"sign-update"}),
        (Xor(raw=True), {"momentum-raw-gradient"}),
        (Xor(-1.0, raw=True), {"sign-update", "momentum-raw-gradient"}),
    ],
    ids=["sound", "sign", "raw", "both"],
)
def test_exclusive_or(program, named):
    report = check(program, x=PATTERNS, t=TARGETS, lr=0.1)
    assert set(report.ids) == named
    assert report.sound is not bool(named)


def test_one_hidden_value():
    x, t = [0.1, 0.3], 1.0
    assert check(OneHidden(), x=x, t=t).sound
    assert check(OneHidden(absolute=True), x=x, t=t).ids == ("sign-update",)


@pytest.mark.parametrize(
    ("slips", "named"),
    [
        ({}, ()),
        ({"always": True}, ("relu-derivative-always-on",)),
        ({"scores": True}, ("scores-instead-of-probabilities",)),
        (
            {"always": True, "scores": True},
            ("relu-derivative-always-on", "scores-instead-of-probabilities"),
        ),
    ],
)
def test_digits(slips, named):
    x = np.random.default_rng(0).random((3, 6))
    assert check(Digits(**slips), x=x, t=np.eye(3)).ids == named
