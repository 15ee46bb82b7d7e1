"""What is raised from a traced forward pass: links of known kinds, whatever the style."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from clearprop.doctor.derivations.chain import Chain
from clearprop.doctor.derivations.traced import has_own_steps
from clearprop.doctor.recognise import recognised
from clearprop.doctor.submitted import Asked, as_subject
from clearprop.doctor.submitted.guard import Budget
from clearprop.doctor.traced.net import Net
from clearprop.doctor.traced.raising import raised
from clearprop.doctor.trials import trials
from clearprop.doctor.truth import measured

R = np.random.default_rng(3)
X, T = R.normal(size=(5, 3)), R.normal(size=(5, 3))
LABELS = np.array([0, 2, 1, 0, 1])
PARAMS = {"W": R.normal(size=(3, 4)), "b": R.normal(size=4), "V": R.normal(size=(4, 3))}


@pytest.fixture(autouse=True)
def _data_stay() -> Iterator[None]:
    """Put the data back that programs are tried with."""
    kept = {n: globals()[n] for n in ("X", "T", "LABELS")}
    copies = {n: v.copy() for n, v in kept.items()}
    yield
    for n, v in kept.items():
        v[...] = copies[n]
    globals().update(kept)


def subject_of(loss: Any, params: Any = PARAMS, **more: Any) -> Any:
    return as_subject((loss, lambda p, *rest: p), Asked(params=params, **more), Budget(5.0))


def chains(loss: Any, params: Any = PARAMS) -> list[Chain]:
    """Raise a loss of parameters whose data are from outside."""
    subject = subject_of(loss, params)
    return raised(subject, [(t.values, t.output) for t in trials(subject, 0)])


def right(loss: Any, chain: Chain, params: Any = PARAMS) -> bool:
    """Tell whether a chain's gradients are the measured slopes."""
    subject = subject_of(loss, params)
    (trial, *_) = trials(subject, 0)
    found = chain.gradients(trial.values, None)
    return all(not measured(subject, trial, n).refutes(found[n]) for n in subject.parameters)


def _plain(p: Any) -> Any:
    return 0.5 * np.sum((np.tanh(X @ p["W"] + p["b"]) @ p["V"] - T) ** 2)


def _by_number(p: Any) -> Any:
    import math  # noqa: F401 - foreign programs do so

    total = 0.0
    for x, t in zip(X, T, strict=True):
        h = [np.tanh(sum(a * p["W"][i][j] for i, a in enumerate(x)) + p["b"][j]) for j in range(4)]
        for k in range(3):
            total += (sum(h[j] * p["V"][j][k] for j in range(4)) - t[k]) ** 2
    return total / 2


def _columns(p: Any) -> Any:
    h = np.tanh(np.dot(p["W"].T, X.T) + p["b"][:, None])
    return np.square(np.einsum("jk,jn->kn", p["V"], h) - T.T).sum() * 0.5


@pytest.mark.parametrize("loss", [_plain, _by_number, _columns])
def test_one_net_in_several_styles(loss: Any) -> None:
    found = chains(loss)
    assert found
    assert found[0].title == "affine → tanh → affine → squared error, ½ · sum"
    assert right(loss, found[0])


def _swish(p: Any) -> Any:
    z = X @ p["W"] + p["b"]
    return np.mean((z / (1 + np.exp(-z)) @ p["V"] - T) ** 2)


def _of_its_own(p: Any) -> Any:
    z = X @ p["W"] + p["b"]
    return np.sum((np.sin(z) * z @ p["V"] - T) ** 2) / len(X)


def _own_loss(p: Any) -> Any:
    return np.mean(np.log(np.cosh(np.maximum(X @ p["W"] + p["b"], 0) @ p["V"] - T)))


def _punished(p: Any) -> Any:
    s = np.tanh(X @ p["W"] + p["b"]) @ p["V"]
    e = np.exp(s - s.max(axis=1, keepdims=True))
    y = e / e.sum(axis=1, keepdims=True)
    data = -np.log(y[np.arange(len(X)), LABELS]).sum()
    return data + 0.05 * (p["W"] ** 2).sum() + 0.05 * np.vdot(p["V"], p["V"])


def _skip(p: Any) -> Any:
    h = np.tanh(X @ p["W"] + p["b"])
    return 0.5 * np.sum((h @ p["V"] + X - T) ** 2)


def _normed(p: Any) -> Any:
    z = X @ p["W"]
    n = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-5) + p["b"]
    return 0.5 * np.sum((np.maximum(n, 0) @ p["V"] - T) ** 2)


def _tied(p: Any) -> Any:
    return 0.5 * np.sum((np.tanh(X @ p["W"] + p["b"]) @ p["W"].T - X) ** 2)


KINDS = {
    "swish": (_swish, "affine → swish → affine → squared error, mean"),
    "own function": (_of_its_own, "affine → the program's own function → affine → squared error,"),
    "own loss": (_own_loss, "affine → relu → affine → the program's own loss, mean"),
    "punished": (_punished, "affine → tanh → affine → softmax with cross-entropy, sum"),
    "skip": (_skip, "affine → tanh → affine → "),
    "norm": (_normed, "affine → batch norm → relu → affine → squared error, ½ · sum"),
    "tied": (_tied, "affine → tanh → affine → squared error, ½ · sum"),
}


@pytest.mark.parametrize("name", KINDS)
def test_kinds_of_links(name: str) -> None:
    loss, title = KINDS[name]
    params = {n: v for n, v in PARAMS.items() if name != "tied" or n != "V"}
    found = chains(loss, params)
    assert found
    assert found[0].title.startswith(title)
    assert right(loss, found[0], params)


def test_penalties_are_found() -> None:
    penalty = chains(_punished)[0].penalty
    assert penalty["W"] == pytest.approx(0.05)
    assert penalty["V"] == pytest.approx(0.05)
    assert "b" not in penalty


def test_a_weight_that_is_used_twice_collects_both() -> None:
    params = {n: PARAMS[n] for n in ("W", "b")}
    (chain, *_) = chains(_tied, params)
    assert isinstance(chain, Net)
    subject = subject_of(_tied, params)
    (trial, *_) = trials(subject, 0)
    whole = chain.gradients(trial.values, None)["W"]
    one = chain.gradients(trial.values, None, {(-1, "collect"): lambda parts: parts[-1][1]})["W"]
    assert not np.allclose(whole, one)


def test_a_wrong_raising_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain whose outputs agree and whose slopes do not is no recognition."""
    subject = subject_of(_plain)
    points = trials(subject, 0)
    truths = [(points[0], measured(subject, points[0], n)) for n in subject.parameters]
    chain = raised(subject, [(t.values, t.output) for t in points])[0]
    assert recognised(subject, points, truths) is not None

    class Spoilt(Chain):
        def gradients(self, *args: Any, **named: Any) -> Any:
            return {n: 1.5 * g for n, g in super().gradients(*args, **named).items()}

    spoilt = Spoilt(chain.parts, chain.x, chain.output, chain.penalty)
    monkeypatch.setattr(
        "clearprop.doctor.recognise._recognisers",
        lambda: (type("Family", (), {"chains": staticmethod(lambda s, o: iter([spoilt]))}),),
    )
    assert recognised(subject, points, truths) is None


def test_a_family_that_raises_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from clearprop.doctor import recognise

    def broken(subject: Any, observed: Any) -> Any:
        raise AttributeError("nothing here")

    families = (type("Broken", (), {"chains": staticmethod(broken)}), *recognise._recognisers())
    monkeypatch.setattr("clearprop.doctor.recognise._recognisers", lambda: families)
    subject = subject_of(_plain)
    points = trials(subject, 0)
    truths = [(points[0], measured(subject, points[0], n)) for n in subject.parameters]
    assert recognised(subject, points, truths) is not None


def test_steps_without_a_name_are_right_too() -> None:
    def loss(p: Any) -> Any:
        h = np.maximum(X @ p["W"] + p["b"], 0)
        h = h / (1 + np.sum(h * h, axis=1, keepdims=True))
        return 0.5 * np.sum((h @ p["V"] - T) ** 2)

    found = chains(loss)
    assert found
    assert has_own_steps(found[0])
    assert right(loss, found[0])


def test_programs_that_hide_their_numbers_are_not_raised() -> None:
    def loss(p: Any) -> Any:
        return float(str(0.5 * np.sum((np.tanh(X @ p["W"] + p["b"]) @ p["V"] - T) ** 2)))

    assert chains(loss) == []
    subject = subject_of(loss)
    raised(subject, [(t.values, t.output) for t in trials(subject, 0)])
    assert not subject.traceable  # so that it is searched for by trying
