"""Recurrent layers read off a tape: any cell, as one link with the right gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from clearprop.doctor.catalogue.unrolled import entries
from clearprop.doctor.derivations.chain import Chain
from clearprop.doctor.submitted import Asked, as_subject
from clearprop.doctor.submitted.guard import Budget
from clearprop.doctor.traced.raising import raised
from clearprop.doctor.trials import trials
from clearprop.doctor.truth import measured

R = np.random.default_rng(8)


def drawn(**shapes: tuple[int, ...]) -> dict[str, np.ndarray]:
    return {name: 0.6 * R.normal(size=shape) for name, shape in shapes.items()}


def sigma(v: Any) -> Any:
    return 1 / (1 + np.exp(-v))


def plain(p: Any, x: Any) -> Any:
    h = np.zeros((len(x), 3))
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ p["W"] + h @ p["U"] + p["b"])
    return h @ p["V"]


def minimal(p: Any, x: Any) -> Any:
    h = np.zeros((len(x), 3))
    for t in range(x.shape[1]):
        f = sigma(x[:, t] @ p["A"] + h @ p["B"])
        h = (1 - f) * h + f * np.tanh(x[:, t] @ p["W"] + (f * h) @ p["U"] + p["b"])
    return h


def peeping(p: Any, x: Any) -> Any:
    h, c = np.zeros((len(x), 2)), np.zeros((len(x), 2))
    for t in range(x.shape[1]):
        a = x[:, t] @ p["W"] + h @ p["U"]
        c = sigma(a[:, :2] + p["q"] * c) * c + sigma(a[:, 2:4]) * np.tanh(a[:, 4:6])
        h = sigma(a[:, 6:]) * np.tanh(c)
    return h


def above(p: Any, x: Any) -> Any:
    a, b = np.zeros((len(x), 2)), np.zeros((len(x), 3))
    out = []
    for t in range(x.shape[1]):
        a = np.tanh(x[:, t] @ p["W"] + a @ p["U"])
        b = np.tanh(a @ p["M"] + b @ p["N"])
        out.append(b)
    return sum(out) / len(out)


MAKES = {
    "plain": (plain, drawn(W=(2, 3), U=(3, 3), b=(3,), V=(3, 2)), 2),
    "minimal": (minimal, drawn(A=(2, 3), B=(3, 3), W=(2, 3), U=(3, 3), b=(3,)), 3),
    "peeping": (peeping, drawn(W=(2, 8), U=(2, 8), q=(2,)), 2),
    "above": (above, drawn(W=(2, 2), U=(2, 2), M=(2, 3), N=(3, 3)), 3),
}


def found(name: str) -> tuple[Any, list[Any], list[Chain]]:
    net, params, outs = MAKES[name]
    x, t = R.normal(size=(3, 4, 2)), R.normal(size=(3, outs))

    def loss(p: Any, x: Any, t: Any) -> Any:
        return 0.5 * np.sum((net(p, x) - t) ** 2)

    asked = Asked(params=params, x=x, t=t)
    subject = as_subject((loss, lambda p, x, t: p), asked, Budget(5.0))
    points = trials(subject, 0)
    return subject, points, raised(subject, [(p.values, p.output) for p in points])


def agree(subject: Any, point: Any, gradients: Any) -> bool:
    return all(
        not measured(subject, point, n).refutes(gradients[n]) for n in subject.parameters
    )  # fmt: skip


@pytest.mark.parametrize("name", MAKES)
def test_a_cell_is_one_link_with_the_right_gradients(name: str) -> None:
    subject, points, chains = found(name)
    assert chains
    layers = [part for part in chains[0].parts if part.link.kind == "unrolled"]
    assert len(layers) == (2 if name == "above" else 1)
    assert not any(part.link.kind == "step" for part in chains[0].parts)
    assert agree(subject, points[0], chains[0].gradients(points[0].values, None))


@pytest.mark.parametrize("place", ["carry 0", "slope 0", "gates"])
def test_a_slip_changes_the_gradients(place: str) -> None:
    subject, points, (chain, *_) = found("minimal")
    index = next(k for k, part in enumerate(chain.parts) if part.link.kind == "unrolled")
    change = (lambda e, right: right[::-1]) if place == "gates" else (lambda e, right: 0.0 * right)
    slip = {(index, "slip"): lambda e, right: {place: change}}
    assert not agree(subject, points[0], chain.gradients(points[0].values, None, slip))


def test_entries_are_as_many_as_a_cell_has_slips() -> None:
    _, _, (chain, *_) = found("plain")
    link = next(part.link for part in chain.parts if part.link.kind == "unrolled")
    edits = entries(lambda cell: iter([{"carry 0": lambda e, right: 0.0}, {}]), 3)
    assert [edit.where(link, 0, 1) for edit in edits] == [True, False, False]


def test_steps_that_are_not_alike_are_no_layer() -> None:
    def skipping(p: Any, x: Any, t: Any) -> Any:
        hs = [np.zeros((len(x), 2)), np.zeros((len(x), 2))]
        for k in range(x.shape[1]):
            hs.append(np.tanh(x[:, k] @ p["W"] + hs[-1] @ p["U"] + hs[-2] @ p["U"].T))
        return np.sum((hs[-1] - t) ** 2)

    params = drawn(W=(2, 2), U=(2, 2))
    asked = Asked(params=params, x=R.normal(size=(3, 4, 2)), t=R.normal(size=(3, 2)))
    subject = as_subject((skipping, lambda p, x, t: p), asked, Budget(5.0))
    observed = [(p.values, p.output) for p in trials(subject, 0)]
    kinds = {part.link.kind for chain in raised(subject, observed) for part in chain.parts}
    assert "unrolled" not in kinds
