"""An optimizer whose settings are named numbers: its updates are printed with their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from clearprop.core.tensor import Node, Tensor, leaf
from clearprop.explain.naming import AT, Name, latex_of

__all__ = ["named_rule", "name_bias_corrections"]

# By setting: symbol and LaTeX. Others are called as in the code.
SYMBOLS = {
    "beta": ("β", r"\beta"),
    "beta_1": ("β1", r"\beta_1"),
    "beta_2": ("β2", r"\beta_2"),
    "momentum": ("μ", r"\mu"),
    "rho": ("ρ", r"\rho"),
    "epsilon": ("ε", r"\epsilon"),
    "weight_decay": ("λ", r"\lambda"),
}
_OWN_NAMES = ("learning_rate", "loss_scale_factor", "gradient_accumulation_steps")


def named_rule(rule: Any, step: int) -> tuple[Any, Tensor, dict[Node, Name]]:
    """
    Copy an optimizer with its numbers as named tensors.

    Returns
    -------
    rule : Optimizer
    step : Tensor
        The step's number, to be handed to it; the rule counts on from it.
    names : dict of Node to Name
    """
    named = copy(rule)
    names: dict[Node, Name] = {}
    for field in fields(rule) if is_dataclass(rule) else ():
        value = getattr(rule, field.name)
        number = isinstance(value, float) and not isinstance(value, bool)
        if number and value and field.name not in _OWN_NAMES:
            symbol, latex = SYMBOLS.get(field.name, (field.name, latex_of(field.name)))
            made = leaf(np.asarray(value), name=symbol, requires_grad=False)
            names[made.node] = Name(f"optimizer.{field.name}", symbol, latex + AT, "setting")
            named.__dict__[field.name] = made
    count = leaf(np.asarray(float(step)), name="step", requires_grad=False)
    names[count.node] = Name("optimizer.step", "step", latex_of("step") + AT, "setting")
    return named, count, names


def name_bias_corrections(ends: Sequence[Node], step: Node) -> Iterator[tuple[Node, Name]]:
    """
    Find and name, in recorded updates, the time t and the corrections 1 − β^t.

    An average that starts at 0 is too small by this factor at first; what divides by it mends it.
    """
    nodes = list(_reached(ends))
    times = {n for n in nodes if _is(n, "add") and any(each is step for each in n.inputs)}
    for node in times:
        yield node, Name("optimizer.t", "t", "t" + AT, "setting")
    seen: dict[str, int] = {}
    for node in nodes:
        power = node.inputs[1] if _is(node, "subtract") else None
        if not (isinstance(power, Node) and _is(power, "pow")):
            continue
        base, exponent = power.inputs
        if not isinstance(exponent, Node) or exponent not in times:  # it may be an array
            continue
        which = base.name if isinstance(base, Node) and base.name else "β"
        number = which[1:] or str(seen.setdefault(which, len(seen) + 1))
        symbol, latex = f"c{number}", f"c_{{{number}}}"
        yield node, Name(f"optimizer.{symbol}", symbol, latex + AT, "bias_correction")


def _is(node: Node, name: str) -> bool:
    return node.op is not None and node.op.name == name


def _reached(ends: Sequence[Node]) -> Iterator[Node]:
    seen: set[Node] = set()
    stack = list(ends)
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield node
            stack.extend(x for x in node.inputs if isinstance(x, Node))
