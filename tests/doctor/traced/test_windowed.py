"""Windows that slide, found by the numbers they take; numbers picked and added up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from clearprop.doctor.submitted import Asked, as_subject
from clearprop.doctor.submitted.guard import Budget
from clearprop.doctor.traced.geometry import slid
from clearprop.doctor.traced.picking import terms_in
from clearprop.doctor.traced.raising import raised
from clearprop.doctor.traced.tape import Tape
from clearprop.doctor.trials import trials
from clearprop.doctor.truth import measured

R = np.random.default_rng(2)


def windows(stride: int, pad: int) -> np.ndarray:
    """List the places that windows of two by three take from two samples of one channel, 5 by 6."""
    found = []
    for n in range(2):
        for i in range(0, 5 + 2 * pad - 1, stride):
            for j in range(0, 6 + 2 * pad - 2, stride):
                at = [(n, i + a - pad, j + b - pad) for a in range(2) for b in range(3)]
                found.append([p if 0 <= p[1] < 5 and 0 <= p[2] < 6 else (-1,) * 3 for p in at])
    return np.array(found)


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (2, 0), (1, 1)])
def test_windows_are_found(stride: int, pad: int) -> None:
    own = slid(windows(stride, pad), (2, 5, 6))
    assert own is not None
    assert (own.slide.size, own.slide.stride) == ((2, 3), (stride, stride))
    assert own.slide.before == (pad, pad)
    assert own.picture == (2, 1, 5, 6)


def test_numbers_in_no_order_are_no_windows() -> None:
    places = windows(1, 0)
    places[3, 2] = places[3, 1]
    assert slid(places, (2, 5, 6)) is None


def test_sums_are_read_and_products_are_not() -> None:
    tape = Tape()
    ids = tape.given("x", np.array([1.0, 2.0, 3.0]))
    half = tape.make("mul", (int(ids[0]), tape.constant(0.5)), 0.5)
    both = tape.make("add", (half, int(ids[2])), 3.5)
    own = terms_in(tape, [ids], np.array([both, int(ids[1])]))
    assert own is not None
    assert own.forward(np.array([2.0, 5.0, 7.0])).tolist() == [8.0, 5.0]
    assert own.back(np.array([1.0, 10.0]), 3).tolist() == [0.5, 10.0, 1.0]
    product = tape.make("mul", (int(ids[0]), int(ids[1])), 2.0)
    assert terms_in(tape, [ids], np.array([product])) is None


def correlate(x: Any, k: Any, b: Any) -> Any:
    out = np.zeros((len(x), len(k), 4, 4))
    for i in range(4):
        for j in range(4):
            out[:, :, i, j] = np.einsum("ncab,fcab->nf", x[:, :, i : i + 3, j : j + 3], k) + b
    return out


def loss(p: Any, x: Any, t: Any) -> Any:
    a = np.maximum(correlate(x, p["k"], p["b"]), 0)
    m = a.reshape(len(x), 2, 2, 2, 2, 2).max(axis=(3, 5))
    return 0.5 * np.sum((m.reshape(len(x), -1) @ p["w"] - t) ** 2)


def test_a_net_of_windows_is_raised_with_the_right_gradients() -> None:
    params = {"k": R.normal(size=(2, 1, 3, 3)), "b": R.normal(size=2), "w": R.normal(size=(8, 2))}
    asked = Asked(params=params, x=R.normal(size=(3, 1, 6, 6)), t=R.normal(size=(3, 2)))
    subject = as_subject((loss, lambda p, x, t: p), asked, Budget(5.0))
    points = trials(subject, 0)
    chain, *_ = raised(subject, [(p.values, p.output) for p in points])
    kinds = [part.link.kind for part in chain.parts if part.link.kind != "pick"]
    assert kinds == ["conv", "activation", "pool", "affine", "loss"]
    right = chain.gradients(points[0].values, None)
    index = [part.link.kind for part in chain.parts].index("conv")
    flip = {(index, "W"): lambda e, g: g[:, :, ::-1, ::-1]}
    wrong = chain.gradients(points[0].values, None, flip)
    for name in params:
        assert not measured(subject, points[0], name).refutes(right[name])
    assert measured(subject, points[0], "k").refutes(wrong["k"])
