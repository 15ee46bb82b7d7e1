"""Mistakes in the derivative of an activation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Edit, Mistake, Said, again, at
from clearprop.doctor.derivations.activations import ACTIVATIONS, Activation
from clearprop.doctor.derivations.chain import Env, Link

__all__ = ["MISTAKES"]


def _is(*names: str) -> Callable[[Link, int, int], bool]:
    return lambda link, index, count: link.name in names


def _not_relu(link: Link, index: int, count: int) -> bool:
    return link.name not in ("relu", "linear")


def _of_output(e: Env, right: Any) -> Any:
    formula = e.about["activation"].of_output
    return right if formula is None else formula(e.x)


def _slope_of(other: Activation) -> Callable[[Env, Any], Any]:
    return lambda e, right: other.slope(e.x)


def _formula_of(other: Activation) -> Callable[[Env, Any], Any]:
    return lambda e, right: right if other.of_output is None else other.of_output(e.y)


_OTHERS = (
    "sigmoid", "tanh", "relu", "leaky relu 0.01", "leaky relu 0.1", "leaky relu 0.2", "elu",
    "softplus", "exp", "square", "swish", "softsign", "sin", "cos",
)  # fmt: skip


def _others() -> list[Edit]:
    """List the derivatives of other activations, of z and of y."""
    edits = []
    for name in _OTHERS:
        other = ACTIVATIONS[name]

        def foreign(link: Link, index: int, count: int, name: str = name) -> bool:
            leaks = link.name == "relu" and name.startswith("leaky")
            return link.name not in (name, "linear") and not leaks

        edits += [at("activation", "slope", _slope_of(other), where=foreign)]
        if other.of_output is not None:
            edits += [at("activation", "slope", _formula_of(other), where=foreign)]
    return edits


def _mask_of_input(e: Env, right: Any) -> Any:
    before = e.envs[e.index - 1].x if e.index else e.x
    return (before > 0) * 1.0 if before.shape == e.x.shape else right


def _around_slope(e: Env, right: Any) -> Any:
    """Send back the error itself, not the error times f′: the derivative is left out of one way."""
    ahead = e.envs[e.index + 1] if e.index + 1 < len(e.envs) else None
    if ahead is None or "slope" not in ahead.d or e.about.get("ones"):
        return right
    return ahead.g @ e.W.T


def _one_path(path: int) -> Callable[[Env, Any], Any]:
    """Take one of the two paths of z·f(z): through z, or through f(z)."""

    def change(e: Env, right: Any) -> Any:
        share = np.where(e.x != 0, e.y / np.where(e.x != 0, e.x, 1.0), 0.5)
        if np.allclose(share, right):
            return right  # of straight pieces: no product
        return share if path == 0 else right - share

    return change


def _of_product(link: Link, index: int, count: int) -> bool:
    return link.name in ("swish", "gelu", "the program's own function")


def _of_two(link: Link, index: int, count: int) -> bool:
    return "pieces" in link.about


def _piece(k: int) -> Callable[[Env, Any], Any]:
    """Leave out one of two functions, one behind the other: the slope of the other is left."""
    return lambda e, right: e.about["pieces"][k](e.x)


MISTAKES = (
    again(
        "paths-not-summed",
        *(at("activation", "slope", _one_path(k), where=_of_product) for k in (0, 1)),
    ),
    again("sign-one", at("activation", "a", lambda e, right: -right)),
    again("upstream-ignored", at("activation", "a", lambda e, right: e.learnt(np.ones_like(e.g)))),
    Mistake(
        "activation-derivative-missing",
        "δ = ∂L/∂y · f′(z)",
        Said(
            "The gradient goes through the activation unchanged: f′ is left out.",
            "What comes back is multiplied by the activation's derivative, element by element.",
            "Multiply by f′ before you go on to the weights: delta = dout * f′(z).",
        ),
        Said(
            "기울기가 활성화 함수를 그대로 지나갑니다. f′을 곱하지 않았습니다.",
            "뒤에서 온 기울기에 활성화 함수의 미분값을 성분마다 곱해야 합니다.",
            "가중치로 가기 전에 f′을 곱하십시오: delta = dout * f′(z).",
        ),
        (
            at("activation", "slope", lambda e, right: np.ones_like(e.x), where=_not_relu),
            *(at("activation", "slope", _piece(k), where=_of_two) for k in (0, 1)),
            at("affine", "x", _around_slope),
            at("softmax", "x", lambda e, right: e.g),
            at("log softmax", "x", lambda e, right: e.g),
        ),
    ),
    Mistake(
        "relu-derivative-always-on",
        "relu′(z) = 1 (z > 0), 0 (z ≤ 0)",
        Said(
            "The derivative of ReLU is 1 everywhere: the test is always true, as `output >= 0` is.",
            "Where z ≤ 0 the unit is off and nothing goes back through it.",
            "Use > in place of >=: dx = dout * (x > 0).",
        ),
        Said(
            "ReLU의 미분이 어디서나 1입니다. `출력 >= 0`처럼 늘 참인 조건을 쓴 것입니다.",
            "z ≤ 0인 곳에서는 유닛이 꺼져 있어 기울기가 지나가지 않습니다.",
            ">= 대신 >를 쓰십시오: dx = dout * (x > 0).",
        ),
        (at("activation", "slope", lambda e, right: np.ones_like(e.x), where=_is("relu")),),
    ),
    Mistake(
        "derivative-at-activated",
        "δ = ∂L/∂y · f′(z), with y = f(z): σ′ = y(1 − y)",
        Said(
            "f′ is taken at the activated value: the function is applied a second time.",
            "A derivative written in z is taken at z; with y at hand use the formula in y.",
            "Hand z to f′, or use y(1 − y), 1 − y² with the output y.",
        ),
        Said(
            "f′을 활성화된 값에서 구했습니다. 활성화 함수가 한 번 더 적용됩니다.",
            "z로 쓴 미분식에는 z를 넣어야 합니다. 출력 y가 있으면 y로 쓴 식을 쓰면 됩니다.",
            "f′에 z를 넣거나, 출력 y로 y(1 − y), 1 − y²를 쓰십시오.",
        ),
        (
            at("activation", "slope", lambda e, right: e.about["activation"].slope(e.y),
               where=lambda link, i, n: link.name not in ("relu", "linear")),
        ),
        gives_way_to=("activation-derivative-missing",),  # of what is cut off, the same numbers
    ),
    Mistake(
        "derivative-at-preactivation",
        "σ′(z) = y(1 − y) and tanh′(z) = 1 − y², with y = f(z)",
        Said(
            "The formula in y is fed the pre-activation z: z(1 − z) or 1 − z².",
            "y(1 − y) and 1 − y² hold for the output y, after the activation.",
            "Keep the output of forward and use it: dx = dout * y * (1 - y).",
        ),
        Said(
            "y로 쓴 미분식에 활성화 전의 값 z를 넣었습니다: z(1 − z)나 1 − z².",
            "y(1 − y)와 1 − y²는 활성화를 거친 출력 y에 대한 식입니다.",
            "순전파의 출력을 저장해 두고 쓰십시오: dx = dout * y * (1 - y).",
        ),
        (
            at("activation", "slope", _of_output,
               where=lambda link, i, n: link.name not in ("relu", "linear")
               and not link.name.startswith("leaky")),
        ),
    ),
    Mistake(
        "other-activation-derivative",
        "δ = ∂L/∂y · f′(z), with the f of the forward pass",
        Said(
            "The derivative belongs to another activation than the forward pass uses.",
            "Each activation has its own: sigmoid y(1 − y), tanh 1 − y², ReLU (z > 0).",
            "Use the derivative of the function that forward applies.",
        ),
        Said(
            "순전파에서 쓴 것과 다른 활성화 함수의 미분을 썼습니다.",
            "함수마다 미분이 다릅니다. 시그모이드는 y(1 − y), tanh는 1 − y², ReLU는 (z > 0)입니다.",
            "순전파에 쓴 함수의 미분을 쓰십시오.",
        ),
        (
            *_others(),
            at("softmax", "x", lambda e, right: e.g * (1 - e.y * e.y)),
            at("softmax", "x", lambda e, right: e.g * (e.y > 0)),
        ),
        gives_way_to=(
            "activation-derivative-missing",
            "relu-derivative-always-on",
            "derivative-at-activated",
            "derivative-at-preactivation",
            "derivative-twice",
            "relu-leaks",
            "paths-not-summed",
        ),
    ),
    Mistake(
        "derivative-twice",
        "δ = ∂L/∂y · f′(z)",
        Said(
            "The activation's derivative is multiplied in twice.",
            "The chain rule passes through each activation once.",
            "Remove one of the two factors f′.",
        ),
        Said(
            "활성화 함수의 미분을 두 번 곱했습니다.",
            "연쇄법칙은 활성화 함수를 한 번만 지납니다.",
            "두 번 곱한 f′ 가운데 하나를 빼십시오.",
        ),
        (at("activation", "slope", lambda e, right: right * right,
            where=lambda link, i, n: link.name not in ("relu", "linear")),),
    ),
    Mistake(
        "relu-mask-wrong-array",
        "relu′(z) = 1 (z > 0), 0 (z ≤ 0), of the z that went in",
        Said(
            "The mask of ReLU is taken of another array than its own input.",
            "The units that were off in the forward pass let nothing back.",
            "Keep mask = (z > 0) in forward and use it in backward.",
        ),
        Said(
            "ReLU의 마스크를 그 입력이 아닌 다른 배열에서 구했습니다.",
            "순전파에서 꺼져 있던 유닛으로는 기울기가 지나가지 않아야 합니다.",
            "순전파에서 mask = (z > 0)을 저장해 두고 역전파에서 쓰십시오.",
        ),
        (
            at("activation", "slope", lambda e, right: (e.g > 0) * 1.0, where=_is("relu")),
            at("activation", "slope", lambda e, right: (e.g >= 0) * 1.0, where=_is("relu")),
            at("activation", "slope", lambda e, right: e.about["activation"].slope(e.g),
               where=lambda link, i, n: link.name.startswith("leaky")),
            at("activation", "slope", _mask_of_input, where=_is("relu")),
            at("activation", "slope", lambda e, right: (e.x < 0) * 1.0, where=_is("relu")),
        ),
    ),
    Mistake(
        "relu-leaks",
        "relu′(z) = 1 (z > 0), 0 (z ≤ 0)",
        Said(
            "Below zero the gradient has a slope other than 0, though forward is the plain ReLU.",
            "Where z ≤ 0 the output is constant, so its slope is 0.",
            "Use 0 below zero, or leak in the forward pass too.",
        ),
        Said(
            "순전파는 보통의 ReLU인데 0보다 작은 쪽의 기울기가 0이 아닙니다.",
            "z ≤ 0에서는 출력이 일정하므로 기울기는 0입니다.",
            "0보다 작은 쪽은 0으로 하거나, 순전파도 leaky ReLU로 바꾸십시오.",
        ),
        (
            at("activation", "slope", lambda e, right, c: right + c * (1 - right),
               where=_is("relu"), fitted=True),
        ),
    ),
)  # fmt: skip
