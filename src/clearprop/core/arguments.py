"""What goes into a derivative and comes out: arguments opened, results checked, trees refilled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clearprop.core.namespaces import MODE
from clearprop.core.tape import alias
from clearprop.core.tensor import Node, Tensor, as_tensor, not_differentiable, tensor
from clearprop.core.tree import flatten, map_tree, paths, unflatten
from clearprop.errors import GradientError, OptionError, ShapeError


def counted(argnums: Sequence[int], args: Sequence[Any]) -> list[int]:
    """Count the chosen arguments from the front."""
    for n in argnums:
        if not -len(args) <= n < len(args):
            raise OptionError(
                f"grad: argnums has {n}, and the call has {len(args)} positional argument(s),"
                " counted from 0; what is differentiated by must be one of them."
            )
    chosen = [n % len(args) for n in argnums]
    if len(set(chosen)) < len(chosen):
        raise OptionError(f"grad: argnums {tuple(argnums)} names an argument twice.")
    return chosen


def opened(
    args: Sequence[Any], argnums: Sequence[int], what: str, f: Any = None
) -> tuple[list[Any], list[Tensor]]:
    """Replace the chosen arguments by fresh tensors, called as `f` calls its parameters."""
    parts, targets = list(args), []
    names = _parameters(f)
    for n in argnums:
        if args[n] is None:
            raise GradientError(
                f"{what}: argument {n} is None, which has no gradient; give a number or an array"
                " to differentiate by."
            )
        leaves, form = flatten(args[n])
        fresh = []
        for x, path in zip(leaves, paths(args[n]), strict=True):
            start = start_of(x)
            if start.dtype.kind != "f":
                raise not_differentiable(f"{what}: argument {n}{path}", start.dtype)
            again: Tensor = alias(start)
            again.node.needs_grad = True
            again.node.name = start.name or (f"{names[n]}{path}" if n < len(names) else None)
            fresh.append(again)
        parts[n] = unflatten(form, fresh)
        targets.extend(fresh)
    return parts, targets


def _parameters(f: Any) -> tuple[str, ...]:
    """Name the positional parameters of a function that was written in Python; of others, none."""
    code = getattr(f, "__code__", None)
    return () if code is None else code.co_varnames[: code.co_argcount]


def start_of(x: Any) -> Tensor:
    """Hold an argument: as it is if another library's (traced, perhaps), else a copy of it."""
    if isinstance(x, Tensor):
        return x
    foreign = hasattr(x, "dtype") and not isinstance(x, np.ndarray | np.generic)
    return as_tensor(x) if foreign else tensor(x)


def closed(
    args: Sequence[Any], argnums: Sequence[int], gradients: Sequence[Tensor | None],
    targets: Sequence[Tensor],
) -> tuple[Any, ...]:  # fmt: skip
    """Put gradients back into the trees of the arguments; zeros where nothing depends."""
    filled = [zeros_for(t) if g is None else g for g, t in zip(gradients, targets, strict=True)]
    out, at = [], 0
    for n in argnums:
        leaves, form = flatten(args[n])
        out.append(unflatten(form, filled[at : at + len(leaves)]))
        at += len(leaves)
    return tuple(out)


def zeros_for(like: Tensor) -> Tensor:
    """Make the gradient of what nothing depends on."""
    return Tensor(Node(MODE.get().xp.zeros_like(like.data)))


def one_array(result: Any, what: str) -> Tensor:
    """Take what a function gave as one array of floating-point numbers."""
    if result is None or isinstance(result, dict | list | tuple):
        raise ShapeError(
            f"{what}: the function must give one array; it gave {type(result).__name__}."
            + (" Does it lack a return?" if result is None else "")
        )
    y = as_tensor(result)
    if y.dtype.kind != "f":
        raise not_differentiable(f"{what}: the function's result", y.dtype)
    return y


def one_number(result: Any, what: str) -> Tensor:
    """Take what a function gave as one floating-point number."""
    y = one_array(result, what)
    if y.size != 1:
        raise ShapeError(
            f"{what}: the function must give one number; it gave shape {y.shape}."
            " Reduce it (.sum(), .mean()), or use cp.jacobian or cp.vjp."
        )
    return y


def kept(found: Any) -> Any:
    """Give results as they are; under `no_grad` without their history, as any other result."""
    if MODE.get().record:
        return found
    return map_tree(lambda t: t.detach() if isinstance(t, Tensor) else t, found)


def ones_for(like: Tensor) -> Tensor:
    """Make the gradient of an array with respect to itself."""
    return Tensor(Node(MODE.get().xp.ones_like(like.data)))


def empty_for(like: Tensor) -> Tensor:
    """Make no gradients at all, stacked: the Jacobian of an empty array."""
    return Tensor(Node(MODE.get().xp.zeros((0, *like.shape), dtype=like.dtype)))
