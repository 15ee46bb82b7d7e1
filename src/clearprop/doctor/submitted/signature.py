"""What a function of a program takes: inputs, a target, an upstream gradient, a rate."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = [
    "BACKWARD", "DERIVATIVE", "FORWARD", "FUNCTION", "arguments", "first_like", "first_of",
    "is_input", "is_target", "once", "positional", "roles",
]  # fmt: skip

_LIKE = {
    "loss": r"(?i)loss|cost|error|objective|손실|비용|오차",
    "gradient": r"(?i)grad|deriv|back|기울기|역전파|미분",
    "train": r"(?i)back|train|fit|learn|teach|adapt|update|학습|훈련|갱신|역전파",
}
_ROUNDS = re.compile(
    r"(?i)^((n|num|max)_?)?(epochs?|iter(ation)?s?|rounds?|steps|loops?)$|^(에포크|반복\w*)$"
)
_IS_X = re.compile(
    r"(?i)^(x|xs|x_?\w*|inputs?(_\w+)?|data|batch|images?|features|samples?|i|patterns?|obs\w*"
    r"|입력\w*|자료|데이터|특징)$"
)

FORWARD = (
    "forward", "fwd", "fprop", "forward_pass", "feedforward", "feed_forward", "predict",
    "propagate", "update", "forward_propagation", "forward_prop", "activate", "run", "call",
    "compute", "output", "query", "think", "infer", "inference", "guess", "classify", "ff",
    "feed", "evaluate", "answer", "ask", "estimate", "fp", "outputs", "scores",
    "fit_forward", "순전파", "__call__",
)  # fmt: skip
BACKWARD = (
    "backward", "bwd", "bprop", "backprop", "backward_pass", "back_propagate",
    "backPropagate", "backpropagate", "back_propagation", "backpropagation", "back_prop",
    "backProp", "backward_propagation", "backward_prop", "back", "역전파", "grad", "gradient",
    "gradients", "compute_gradients", "compute_grads", "grads_of", "bp", "backwards",
    "backward_propagate", "back_prop_error", "propagate_back", "calc_grad", "calc_grads",
    "derivative", "derivatives",
)  # fmt: skip
FUNCTION = (  # what a function is called where it stands beside its derivative
    "function", "func", "fn", "f", "fun", "apply", "act", "activation", "activate", "value", "eval",
    "함수", "활성화",
)  # fmt: skip
DERIVATIVE = (
    "derivative", "prime", "deriv", "derive", "df", "f_prime", "fprime", "d", "slope", "dfunction",
    "function_prime", "activation_derivative", "activation_prime", "differentiate", "diff",
    "미분", "도함수",
)  # fmt: skip
LOSS = (
    "loss", "compute_loss", "cost", "compute_cost", "calculate_loss", "criterion",
    "loss_and_grad", "loss_and_grads", "loss_grad", "error", "loss_fn", "loss_function",
    "calc_loss", "get_loss", "objective", "total_error", "손실", "손실함수", "비용", "오차",
)  # fmt: skip
GRADIENT = (
    "gradient", "gradients", "grad", "compute_gradient", "compute_gradients",
    "compute_grads", "get_gradient", "calc_gradient", "grads", "backprop", "backward",
    "backpropagate", "back_propagate", "기울기", "기울기계산", "역전파",
)  # fmt: skip
TRAIN = (
    "train", "train_step", "fit_one", "train_one", "learn", "step", "fit", "train_on",
    "train_sample", "train_batch", "partial_fit", "learn_one", "adjust", "correct", "teach",
    "update_weights", "train_once", "optimize", "sgd_step", "train_on_sample", "update",
    "학습", "훈련", "갱신", "fit_once", "fit_step", "update_step", "online_update",
)  # fmt: skip

_TARGET = (
    r"t|ts|targets?(_\w+)?|labels?(_\w+)?|y_?true|y_?target\w*|truth|answers?|desired\w*"
    r"|expected\w*|teacher|tt|yt|t_\w+|true_\w+|goals?|wanted|gold\w*|ground_truth|classes"
    r"|정답\w*|목표\w*|타[깃겟]|레이블|라벨|참값|실제값|ziel\w*|cible|objetivo"
)
_UPSTREAM = (
    r"d_?(out|y|z|a|l|s|h|prev|out_?put|next|x)?|g|gy|grad(_?out(put)?)?|upstream|delta"
    r"|d_l_d_?\w+|dout_?\w*|grad_\w+|gradient|dl_?d\w+|dy_?\w*|output_grad\w*|dh_?\w*|dvalues|err(or)?s?"
    r"|기울기|윗?기울기|출력기울기|흘러온\w*|상류\w*|d출력|델타|\w+_grad(ient)?|adjoint|cotangent"
)
_ROLE = (
    ("target", rf"^({_TARGET})$"),
    ("upstream", rf"^({_UPSTREAM})$"),
    ("rate", r"^(n|l_?r|eta|rate|alpha|l(ea)?rn(ing)?_?rate|l_?rate|step(_?size)?|학습률)$"),
    ("momentum", r"^(m|mu|beta|momentum|모멘텀|관성)$"),
    ("cache", r"^(cache\w*|ctx|context|memory|saved|residuals?|캐시|기억)$"),
)


def first_of(names: tuple[str, ...], functions: Mapping[str, Callable[..., Any]]) -> str | None:
    """Find the first of some names that there is, whatever its capitals."""
    lower = {name.lower(): name for name in functions}
    return next((lower[name.lower()] for name in names if name.lower() in lower), None)


def first_like(kind: str, functions: Mapping[str, Callable[..., Any]]) -> str | None:
    """Find a function whose name has a word for what it does: "loss", "gradient", "train"."""
    found = (n for n in functions if re.search(_LIKE[kind], n))
    return next((n for n in found if not re.search(r"(?i)zero|reset|_?eval|print|plot", n)), None)


def is_input(name: str) -> bool:
    """Tell names that stand for what goes into a network."""
    return bool(_IS_X.match(name))


def is_target(name: str) -> bool:
    """Tell names that stand for what an output is compared with."""
    return name != "T" and roles([name]).get(name) == "target"


def positional(f: Callable[..., Any]) -> Callable[..., Any]:
    """Let what a function needs by name only be given by position too, in its order."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        return f
    only = [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    if not only:
        return f
    first = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = [p for p in first if p.default is p.empty]

    @functools.wraps(f)
    def by_position(*args: Any) -> Any:
        names = [p.name for p in only]
        return f(*args[: len(needed)], **dict(zip(names, args[len(needed) :], strict=False)))

    kinds = [p.replace(kind=p.POSITIONAL_OR_KEYWORD) for p in (*needed, *only)]
    by_position.__signature__ = inspect.Signature(kinds)  # type: ignore[attr-defined]
    return by_position


def once(f: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function that trains for many epochs by default train for one."""
    rounds = [n for n, v in arguments(f)[1].items() if _ROUNDS.match(n) and type(v) is int]
    if not rounds:
        return f

    @functools.wraps(f)
    def of_one(*args: Any, **named: Any) -> Any:
        return f(*args, **{**dict.fromkeys(rounds, 1), **named})

    return of_one


def arguments(f: Callable[..., Any]) -> tuple[list[str], dict[str, Any]]:
    """List the arguments that a function needs, and those that it may be given, with defaults."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return ["x"], {}
    needed = [
        p.name
        for p in parameters
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    rest = {p.name: p.default for p in parameters if p.default is not p.empty}
    if not needed and any(p.kind is p.VAR_POSITIONAL for p in parameters):
        needed = ["*"]
    return needed, rest


def roles(names: list[str]) -> dict[str, str]:
    """Guess from its name what each argument is for; unknown ones are left out."""
    found = {}
    for name in names:
        for role, pattern in _ROLE:
            if re.match(pattern, name, re.IGNORECASE):
                found[name] = role
                break
    return found
