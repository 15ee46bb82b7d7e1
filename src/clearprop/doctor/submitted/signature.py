"""What a function of a program takes: inputs, a target, an upstream gradient, a rate."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["BACKWARD", "FORWARD", "arguments", "first_of", "roles"]

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
LOSS = (
    "loss", "compute_loss", "cost", "compute_cost", "calculate_loss", "criterion",
    "loss_and_grad", "loss_and_grads", "loss_grad", "error", "loss_fn", "loss_function",
    "calc_loss", "get_loss", "objective", "total_error", "손실",
)  # fmt: skip
GRADIENT = (
    "gradient", "gradients", "grad", "compute_gradient", "compute_gradients",
    "compute_grads", "get_gradient", "calc_gradient", "grads", "backprop", "backward",
    "backpropagate", "back_propagate", "기울기",
)  # fmt: skip
TRAIN = (
    "train", "train_step", "fit_one", "train_one", "learn", "step", "fit", "train_on",
    "train_sample", "train_batch", "partial_fit", "learn_one", "adjust", "correct", "teach",
    "update_weights", "train_once", "optimize", "sgd_step", "train_on_sample", "update",
    "학습",
)  # fmt: skip

_TARGET = (
    r"t|ts|targets?(_\w+)?|labels?(_\w+)?|y_?true|y_?target\w*|truth|answers?|desired\w*"
    r"|expected\w*|teacher|tt|yt|t_\w+|true_\w+"
)
_UPSTREAM = (
    r"d_?(out|y|z|a|l|s|h|prev|out_?put|next|x)?|g|gy|grad(_?out(put)?)?|upstream|delta"
    r"|dout_?\w*|grad_\w+|gradient|dl_?d\w+|dy_?\w*|output_grad\w*|dh_?\w*|dvalues|err(or)?s?"
)
_ROLE = (
    ("target", rf"^({_TARGET})$"),
    ("upstream", rf"^({_UPSTREAM})$"),
    ("rate", r"^(n|lr|eta|rate|alpha|learning_?rate|step_?size)$"),
    ("momentum", r"^(m|mu|beta|momentum)$"),
    ("cache", r"^(cache\w*|ctx|context|memory|saved|residuals?)$"),
)


def first_of(names: tuple[str, ...], functions: Mapping[str, Callable[..., Any]]) -> str | None:
    """Find the first of some names that there is, whatever its capitals."""
    lower = {name.lower(): name for name in functions}
    return next((lower[name.lower()] for name in names if name.lower() in lower), None)


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
