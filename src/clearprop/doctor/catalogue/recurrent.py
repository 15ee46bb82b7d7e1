"""Mistakes on the way back through time: steps, gates, and the two memories of an LSTM."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Edit, Mistake, Said, again, at
from clearprop.doctor.derivations.activations import ACTIVATIONS
from clearprop.doctor.derivations.cells import GATES, weight_gradient
from clearprop.doctor.derivations.chain import Env, Link

__all__ = ["MISTAKES", "lines"]

_SLOPES = ("z", "i", "f", "g", "o", "c", "r", "u", "n")
_TOGETHER = (("i", "f", "o"), ("g", "c"), ("i", "f", "g", "o"), ("i", "f", "g", "o", "c"),
             ("r", "u"), ("r", "u", "n"))  # fmt: skip


def lines(**changes: Any) -> Edit:
    """Change lines of a recurrent cell's derivation; a name's double underscore is a space."""
    named = {name.replace("__", " "): change for name, change in changes.items()}

    def has_one(link: Link, index: int, count: int) -> bool:
        return any(place in link.rules for place in named)

    return Edit("recurrent", named, has_one)


def _cut(*names: str) -> Edit:
    return lines(**dict.fromkeys(names, lambda e, right: 0.0))


def _zero(*names: str) -> Edit:
    return lines(**dict.fromkeys(names, lambda e, right: np.zeros_like(right)))


# ---- activations ----------------------------------------------------------------------------
def _inner(e: Env, gate: str) -> tuple[Any, Any, Any]:
    """Give what a gate's function had, gave, and is."""
    if gate == "c":
        return e.c, e.tanh_c, e.about["functions"]["c"]
    return e.pre[gate], e.a[gate], e.about["functions"][gate]


def _sloped(how: Any) -> tuple[Edit, ...]:
    """Change the slope of one gate, or of several: ``how(z, y, f)`` gives it, or None."""

    def change(gate: str) -> Any:
        def changed(e: Env, right: Any) -> Any:
            found = how(*_inner(e, gate))
            return right if found is None else found

        return changed

    every = [(g,) for g in _SLOPES] + list(_TOGETHER)
    return tuple(lines(**{f"slope__{g}": change(g) for g in some}) for some in every)


def _plainly(f: Any) -> bool:
    return f.name in ("relu", "linear")


def _of_other(name: str, of_output: bool) -> Any:
    other = ACTIVATIONS[name]

    def how(z: Any, y: Any, f: Any) -> Any:
        formula = other.of_output if of_output else other.slope
        if f.name in (name, "linear") or formula is None:
            return None
        return formula(y if of_output else z)

    return how


def _at_output(z: Any, y: Any, f: Any) -> Any:
    return None if _plainly(f) else f.slope(y)


def _at_input(z: Any, y: Any, f: Any) -> Any:
    return None if _plainly(f) or f.of_output is None else f.of_output(z)


# ---- gates ----------------------------------------------------------------------------------
def _exchanged(cell: str) -> list[Edit]:
    """Put the gates' derivatives down in another order than the forward pass has them."""
    gates, edits = GATES[cell], []
    for other in permutations(gates):
        if other != gates:
            renamed = dict(zip(gates, other, strict=True))
            for changes in (
                {"gates": lambda e, right, o=other: o},
                {**_columns(("Wx", "Wh", "Wxh"), renamed), **_columns(("b", "bh"), renamed)},
                _columns(("Wx", "Wh", "Wxh"), renamed),
            ):
                edits.append(Edit("recurrent", changes, _of(cell)))
    return edits


def _of(cell: str) -> Any:
    return lambda link, index, count: link.about["cell"] == cell


def _columns(roles: tuple[str, ...], renamed: dict[str, str]) -> dict[str, Any]:
    """Exchange the gates in the gradients of some arrays alone."""

    def changed(e: Env, right: Any, role: str) -> Any:
        own = e.about["operands"][role]
        return weight_gradient(e, replace(own, gates=tuple(renamed[g] for g in own.gates)))

    return {
        name: partial(changed, role=name)
        for role in roles
        for name in (role, *(f"{role}.{gate}" for gate in renamed))
    }


def _without(*left_out: str) -> Any:
    return lambda e, right: {g: v * (g not in left_out) for g, v in right.items()}


def _x_without(*left_out: str) -> Any:
    def changed(e: Env, right: Any) -> Any:
        kept = [g for g in e.d["delta"] if g not in left_out]
        return sum((e.d["delta"][g] @ e.blocks["x", g].T for g in kept), np.zeros_like(right))

    return changed


def _paths() -> list[Edit]:
    """Leave out one gate, or all but one, on the way to h and to x."""
    edits = []
    for cell in ("lstm", "gru"):
        gates = GATES[cell]
        for some in [(g,) for g in gates] + [tuple(o for o in gates if o != g) for g in gates]:
            for changes in (
                {"back": _without(*some)},
                {"x": _x_without(*some)},
                {"back": _without(*some), "x": _x_without(*some)},
            ):
                edits.append(Edit("recurrent", changes, _of(cell)))
    return edits


def _of_tied(gate: str) -> Edit:
    """Leave out one use of a gate that serves as two."""

    def changed(e: Env, right: Any) -> Any:
        tied = any(operand.tied for operand in e.about["operands"].values())
        return np.zeros_like(right) if tied else right

    return lines(**{f"slope__{gate}": changed})


def _own(gate: str) -> Any:
    return lambda e, right: e.a[gate]


# ---- time -----------------------------------------------------------------------------------
def _earlier(e: Env, right: Any) -> Any:
    """Take the slope at the memory of the step before."""
    formula = e.about["functions"]["z"].of_output
    return right if formula is None else formula(e.before)


def _later(e: Env, right: Any) -> Any:
    return np.concatenate([right[1:], right[-1:]])


def _former(e: Env, right: Any) -> Any:
    return np.concatenate([right[:1], right[:-1]])


MISTAKES = (
    Mistake(
        "rnn-one-step",
        "∂L/∂hₜ = what comes from the output at t + what comes back from step t + 1",
        Said(
            "The gradient does not come back from the next step: each step is taken alone.",
            "hₜ feeds step t + 1 as well, so what that step sends back is added.",
            "Keep dh_next = delta @ Wh.T and start the step before with dh + dh_next.",
        ),
        Said(
            "다음 시점에서 기울기가 돌아오지 않습니다. 시점마다 따로 계산했습니다.",
            "hₜ는 시점 t + 1에도 들어가므로 그 시점에서 돌아온 기울기를 더해야 합니다.",
            "dh_next = delta @ Wh.T를 두었다가 앞 시점에서 dh + dh_next로 시작하십시오.",
        ),
        (_cut("carry__h"),),
    ),
    Mistake(
        "rnn-wrong-time",
        "∂L/∂Wₕ = Σₜ hₜ₋₁ᵀ · δₜ, for t = T … 1",
        Said(
            "A value of the wrong step is used: hₜ where hₜ₋₁ belongs, or the steps are walked"
            " in forward order.",
            "Step t was given hₜ₋₁; on the way back the last step comes first.",
            "Use the h that went into the step, and walk with reversed(range(T)).",
        ),
        Said(
            "다른 시점의 값을 썼습니다. hₜ₋₁ 자리에 hₜ를 쓰거나 시점을 앞에서부터 지나갔습니다.",
            "시점 t에 들어간 것은 hₜ₋₁이고, 거꾸로 갈 때는 마지막 시점이 먼저입니다.",
            "그 시점에 들어간 h를 쓰고 reversed(range(T))로 도십시오.",
        ),
        (
            lines(given__h=lambda e, right: e.h),
            lines(given__h=lambda e, right: e.h, slope__z=_earlier),
            lines(slope__z=_earlier),
            lines(order=lambda e, right: right[::-1]),
            lines(given__x=_later),
            lines(given__x=_former),
            lines(given__h=_former),
            lines(factor__f=lambda e, right: e.c),
            lines(forget=_former),
            lines(forget=_later),
            at("affine", "W",
               lambda e, right: np.einsum("tni,tno->io", e.envs[e.index - 1].before, e.g),
               where=lambda link, i, n: i == 1 and bool(link.about.get("over time"))),
        ),
        gives_way_to=("rnn-one-step",),
    ),
    Mistake(
        "lstm-gate-order",
        "the four gates' δ lie side by side in the order in which forward cut them",
        Said(
            "The derivatives of two gates are exchanged.",
            "What forward cuts from a block of columns goes back into this very block.",
            "Join the gates' derivatives in the same order as forward splits them.",
        ),
        Said(
            "게이트의 미분이 서로 뒤바뀌었습니다.",
            "순전파에서 잘라 낸 열 묶음의 기울기는 바로 그 묶음으로 돌아가야 합니다.",
            "순전파에서 나눈 순서 그대로 게이트의 미분을 이어 붙이십시오.",
        ),
        (*_exchanged("lstm"), *_exchanged("gru")),
    ),
    Mistake(
        "lstm-cell-path-cut",
        "∂L/∂cₜ = ∂L/∂cₜ₊₁ · fₜ₊₁ + ∂L/∂hₜ · oₜ · (1 − tanh²cₜ)",
        Said(
            "One of the two ways into the cell's memory c is cut: the one from the next step,"
            " or the one through tanh(c).",
            "cₜ feeds both hₜ and cₜ₊₁, so both parts are added.",
            "Use dc = dc_next + dh * o * (1 - tanh(c) ** 2), and hand dc * f to the step before.",
        ),
        Said(
            "셀 상태 c로 가는 두 경로 가운데 하나가 끊겼습니다"
            " (다음 시점에서 오는 것, 또는 tanh(c)를 지나는 것).",
            "cₜ는 hₜ와 cₜ₊₁에 모두 쓰이므로 두 부분을 더해야 합니다.",
            "dc = dc_next + dh * o * (1 - tanh(c) ** 2)로 두고 앞 시점에 dc * f를 넘기십시오.",
        ),
        (_cut("carry__c"), _cut("through__tanh"), _zero("c0")),
    ),
    again("paths-not-summed", _cut("direct"), _cut("through__reset"), _cut("through__gates"),
          _cut("direct", "through__reset"), _cut("through__reset", "through__gates"),
          *_paths(), _of_tied("r"), _of_tied("u")),
    again("activation-derivative-missing",
          *_sloped(lambda z, y, f: None if _plainly(f) else np.ones_like(z)),
          lines(sends=lambda e, right: "dh")),
    again("relu-derivative-always-on",
          *_sloped(lambda z, y, f: np.ones_like(z) if f.name == "relu" else None)[:1]),
    again("derivative-at-activated", *_sloped(_at_output)),
    again("derivative-at-preactivation", *_sloped(_at_input)),
    again("derivative-twice", *_sloped(lambda z, y, f: None if _plainly(f) else f.slope(z) ** 2)),
    replace(
        again("other-activation-derivative",
              *(edit for name in ("sigmoid", "tanh", "relu") for of_output in (True, False)
                for edit in _sloped(_of_other(name, of_output)))),
        gives_way_to=("activation-derivative-missing", "relu-derivative-always-on",
                      "derivative-at-activated", "derivative-at-preactivation",
                      "derivative-twice"),
    ),
    again("multiply-not-swapped",
          lines(factor__i=_own("i")), lines(factor__g=_own("g")),
          lines(factor__i=_own("i"), factor__g=_own("g")),
          lines(factor__f=_own("f")), lines(factor__o=_own("o")), lines(factor__r=_own("r")),
          lines(factor__n=_own("n")), lines(factor__u=_own("u")),
          lines(forget=lambda e, right: e.c_before),
          lines(factor__f=_own("f"), forget=lambda e, right: e.c_before),
          lines(into__c=lambda e, right: e.tanh_c),
          lines(factor__o=_own("o"), into__c=lambda e, right: e.tanh_c)),
    again("sign-one", *(lines(**{f"slope__{g}": lambda e, right: -right}) for g in "ifgocrun"),
          lines(factor__u=lambda e, right: -right)),
)  # fmt: skip
