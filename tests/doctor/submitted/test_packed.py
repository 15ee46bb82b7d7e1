"""Parameters in a program's own structure: taken apart, filled anew, gradients put to names."""

from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from clearprop.doctor import check
from clearprop.doctor.submitted.packed import Packed

W, B = np.arange(6.0).reshape(2, 3), np.ones(3)
Pair = namedtuple("Pair", "w b")


@dataclass(frozen=True)
class Record:
    w: np.ndarray
    b: np.ndarray


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"w": W, "b": B}, ["w", "b"]),
        ({"one": {"w": W}, "b": B}, ["one['w']", "b"]),
        ([W, B], ["w[0]", "w[1]"]),
        ((W, [B, B]), ["w[0]", "w[1][0]", "w[1][1]"]),
        (Pair(W, B), ["w", "b"]),
        (Record(W, B), ["w", "b"]),
        (SimpleNamespace(w=W, b=B), ["w", "b"]),
        (W, ["w"]),
    ],
    ids=lambda v: type(v).__name__,
)
def test_a_structure_is_filled_with_other_numbers_and_read_back(given, names):
    packed = Packed(given)
    assert list(packed.leaves) == names
    values = {n: np.asarray(v) + 1 for n, v in packed.leaves.items()}
    new = packed.filled(values)
    assert type(new) is type(given)
    found = packed.gradients(new)
    assert all(np.array_equal(found[n], values[n]) for n in names)
    assert np.array_equal(W, np.arange(6.0).reshape(2, 3))


def loss(p, x, t):
    return 0.5 * float(np.sum((x @ p.w + p.b - t) ** 2))


def grad(p, x, t):
    d = x @ p.w + p.b - t
    return Record(x.T @ d, d.sum(0))


def wrong(p, x, t):
    d = x @ p.w + p.b - t
    return Record(x.T @ d, d.mean(0))


def test_records_are_checked():
    x, t = np.random.default_rng(18).normal(size=(5, 2)), np.zeros((5, 3))
    assert check((loss, grad), params=Record(W, B), x=x, t=t).sound
    assert check((loss, wrong), params=Record(W, B), x=x, t=t).ids == ("bias-averaged",)


def test_nothing_to_judge_is_not_sound():
    report = check((lambda p: 1.0, lambda p: None), params=SimpleNamespace(name="none"))
    assert report.sound is None
    assert report.failed.kind == "nothing"


def test_a_dict_of_lists():
    given = {"b": [np.ones(2), np.ones(3)], "w": [np.ones((2, 2)), np.ones((2, 3))]}
    loss = lambda p: float(sum(np.sum(v**2) for part in p.values() for v in part))
    grad = lambda p: {k: [2 * v for v in part] for k, part in p.items()}
    assert check((loss, grad), params=given).sound
    half = lambda p: {k: [v for v in part] for k, part in p.items()}  # noqa: C416
    assert check((loss, half), params=given).ids == ("half-too-small",)
