"""Mistakes in the gradients of a recurrent cell's weights, biases, inputs and first memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Edit, Mistake, Said, again, at, several
from clearprop.doctor.catalogue.recurrent import lines
from clearprop.doctor.derivations.cells import weight_gradient
from clearprop.doctor.derivations.chain import Env, Link

__all__ = ["MISTAKES"]

_GATES = "ifgorun"
_X = ("Wx", *(f"Wx.{g}" for g in _GATES))
_H = ("Wh", *(f"Wh.{g}" for g in _GATES))
_XH = ("Wxh", *(f"Wxh.{g}" for g in _GATES))
_B = ("b", "bh", *(f"b.{g}" for g in _GATES))
_W = (*_X, *_H, *_XH)
_EVERY = (*_W, *_B)

Of = Callable[[str], Callable[[Env, Any], Any]]


def _each(roles: Sequence[str], of: Of, *groups: Sequence[str]) -> list[Edit]:
    """Change the gradient of one of the arrays, of those of a group, or of all."""
    several_at_once = [roles, *groups] if len(roles) > 1 else []
    return [
        *(lines(**{r: of(r) for r in some}) for some in several_at_once),
        *(lines(**{r: of(r)}) for r in roles),
    ]


def _again(role: str, **how: Any) -> Callable[[Env, Any], Any]:
    return lambda e, right: weight_gradient(e, e.about["operands"][role], **how)


def _with_delta(change: Callable[[Any], Any]) -> Of:
    """Sum up an array's gradient with other deltas."""

    def of(role: str) -> Callable[[Env, Any], Any]:
        def changed(e: Env, right: Any) -> Any:
            other = SimpleNamespace(**vars(e))
            other.d = {**e.d, "delta": {g: change(v) for g, v in e.d["delta"].items()}}
            return weight_gradient(other, e.about["operands"][role])

        return changed

    return of


def _to_h0(change: Callable[[Any], Any]) -> Callable[[Env, Any], Any]:
    return lambda e, right: sum(change(v[0]) @ e.d["back"][g] for g, v in e.d["delta"].items())


def _to_x(change: Callable[[Any], Any]) -> Callable[[Env, Any], Any]:
    return lambda e, right: sum(
        change(v) @ e.blocks["x", g].T for g, v in e.d["delta"].items()
    )  # fmt: skip


def _straight(*gates: str) -> Callable[[Env, Any], Any]:
    """Go back through W as it is; only where each gate has its own square of weights."""

    def changed(e: Env, right: Any) -> Any:
        operands = e.about["operands"].values()
        alone = all(len(o.gates) == 1 and o.sources == ("h",) for o in operands if "h" in o.sources)
        return {g: v.T if alone and g in (gates or g) else v for g, v in right.items()}

    return changed


def _straight_to_x(e: Env, right: Any) -> Any:
    operands = e.about["operands"].values()
    alone = all(len(o.gates) == 1 and o.sources == ("x",) for o in operands if "x" in o.sources)
    if not alone or e.x.shape[2] != e.H:
        return right
    return sum(v @ e.blocks["x", g] for g, v in e.d["delta"].items())


def _after(e: Env, right: Any) -> Any:
    """Go back through weights that a step has changed already."""
    new = e.after.get("Wh")
    own = e.about["operands"].get("Wh")
    if new is None or own is None or np.shape(new) != np.shape(e.Wh):
        return right
    return {
        g: block.T for g, block in zip(own.gates, np.split(new, len(own.gates), 1), strict=True)
    }


def _by_sample(role: str) -> Callable[[Env, Any], Any]:
    """Sum over the steps only: one row a sample."""

    def changed(e: Env, right: Any) -> Any:
        gates = e.about["operands"][role].gates
        whole = np.concatenate([e.d["delta"][g] for g in gates], axis=2)
        return whole.sum(axis=0) if e.N > 1 else right

    return changed


def _wrong_axis(role: str) -> Callable[[Env, Any], Any]:
    def changed(e: Env, right: Any) -> Any:
        gates = e.about["operands"][role].gates
        return np.concatenate([e.d["delta"][g] for g in gates], axis=2).sum(axis=(0, 2))

    return changed


def _handed_on(e: Env, right: Any) -> Any:
    return e.g if np.shape(e.g) == np.shape(right) else right


def _ones(v: Any) -> Any:
    return np.ones_like(v)


def _squared(g: Any) -> Any:
    return g * g


def _arriving(change: Callable[[Any], Any]) -> list[Edit]:
    """Change what comes into one gate from behind, or into several."""
    some = ("z", *_GATES, "ifg", "ifgo", "run", "un", "ru")
    return [lines(arrives=lambda e, right, s=s: dict.fromkeys(s, change),
                  **{f"slope__{s[0]}": lambda e, right: right}) for s in some]  # fmt: skip


def _over_time(link: Link, index: int, count: int) -> bool:
    return bool(link.about.get("over time"))


def _behind(of_w: Callable[[Env, Any], Any], of_b: Callable[[Env, Any], Any]) -> list[Edit]:
    """Change the layer that stands behind a cell at each step."""
    both = replace(several("affine", W=of_w, b=of_b), where=_over_time)
    return [
        both,
        at("affine", "W", of_w, where=_over_time),
        at("affine", "b", of_b, where=_over_time),
    ]


def _whole_step(t: int) -> Edit:
    """Take one step of everything: of the cell and of the layer behind it."""
    of_w, of_b = _of_step(t)

    def behind(change: Callable[[Env, Any], Any]) -> Callable[[Env, Any], Any]:
        return lambda e, right: change(e, right) if e.about.get("over time") else right

    changes: dict[Any, Any] = {("recurrent", role): _again(role, times=[t]) for role in _EVERY}
    return Edit("", {**changes, ("affine", "W"): behind(of_w), ("affine", "b"): behind(of_b)})


def _of_step(t: int) -> tuple[Callable[[Env, Any], Any], Callable[[Env, Any], Any]]:
    """Give the gradients of that layer's weights and biases with one step alone."""
    return lambda e, right: e.x[t].T @ e.g[t], lambda e, right: e.g[t].sum(axis=0)


_IGNORED = ("output-instead-of-loss", "twice-too-large", "half-too-small", "sign-delta")

MISTAKES = (
    Mistake(
        "rnn-not-summed-over-time",
        "∂L/∂W = Σₜ xₜᵀ · δₜ",
        Said(
            "The gradient of shared weights has one step's part only.",
            "The same weights serve at every step, so the parts of all steps add up.",
            "Use += in the loop over the steps, starting from zeros before it.",
        ),
        Said(
            "모든 시점이 함께 쓰는 가중치의 기울기에 한 시점의 몫만 들어 있습니다.",
            "같은 가중치를 시점마다 쓰므로 모든 시점의 몫을 더해야 합니다.",
            "반복문 앞에서 0으로 두고 시점마다 +=로 더하십시오.",
        ),
        (
            *(edit for t in (0, -1)
              for edit in _each(_EVERY, partial(_again, times=[t]), _W, _X, _H, _B)),
            *(edit for t in (0, -1)
              for edit in _behind(*_of_step(t))),
            *(_whole_step(t) for t in (0, -1)),
        ),
        gives_way_to=("rnn-one-step",),  # a loss of the last step alone: the same numbers
    ),
    again("weight-gradient-transposed", *_each(_W, lambda r: lambda e, right: right.T, _X, _H)),
    again("weight-not-transposed", lines(back=_straight()), lines(x=_straight_to_x),
          lines(back=_straight(), x=_straight_to_x), *(lines(back=_straight(g)) for g in _GATES)),
    replace(
        again("upstream-ignored", *_each(_EVERY, _with_delta(_ones)), *_arriving(_ones),
              lines(h0=_to_h0(_ones)), lines(x=_to_x(_ones)),
              lines(h0=_to_h0(_ones), x=_to_x(_ones))),
        gives_way_to=_IGNORED,
    ),
    again("upstream-twice", *_arriving(_squared)),
    again("bias-not-summed", *_each(_B, _by_sample),
          *(edit for rows in (slice(0, 1), slice(-1, None))
            for edit in _each(_B, partial(_again, rows=rows))),
          at("affine", "b", lambda e, right: e.g.sum(axis=0), where=_over_time)),
    again("bias-averaged", *_each(_B, lambda r: lambda e, right: right / e.N),
          *_each(_B, lambda r: lambda e, right: right / e.T),
          *_each(_B, lambda r: lambda e, right: right / (e.N * e.T)),
          at("affine", "b", lambda e, right: right / e.x.shape[1], where=_over_time),
          at("affine", "b", lambda e, right: right / (len(e.x) * e.x.shape[1]), where=_over_time)),
    again("bias-sum-over-all", *_each(_B, lambda r: lambda e, right: np.sum(right)),
          *_each(_B, lambda r: lambda e, right: np.full_like(right, np.sum(right)))),
    again("bias-wrong-axis", *_each(_B, _wrong_axis)),
    again("bias-gradient-missing", *_each(_B, lambda r: lambda e, right: np.zeros_like(right))),
    again("one-sample-only",
          *(edit for rows in (slice(0, 1), slice(-1, None))
            for edit in _each(_EVERY, partial(_again, rows=rows), _W, _X, _H)
            if not set(edit.changes) <= set(_B))),
    replace(
        again("input-gradient-missing",
          *(lines(**dict.fromkeys(names, lambda e, right: np.zeros_like(right)))
            for names in (("x",), ("h0",), ("x", "h0"), ("h0", "c0"), ("x", "h0", "c0"))),
          lines(x=_handed_on), lines(h0=_handed_on)),
        gives_way_to=("paths-not-summed",),  # one of two cells that see the same input
    ),
    again("batch-mean-extra",
          lines(**dict.fromkeys(_EVERY, lambda e, right: right / e.N))),
    again("update-before-propagate", lines(back=_after)),
    again("sign-one", *_each((*_EVERY, "x", "h0", "c0"), lambda r: lambda e, right: -right)[1:]),
)  # fmt: skip
