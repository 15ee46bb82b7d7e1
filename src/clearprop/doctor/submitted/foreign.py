"""Functions with a derivative of their own: of PyTorch, of JAX, and operations of clearprop."""

from __future__ import annotations

import copy
import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.core.derivatives import vjp
from clearprop.core.op import Op
from clearprop.core.tensor import tensor
from clearprop.doctor.submitted.functions import PairSubject
from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.several import Joined
from clearprop.doctor.submitted.subject import Asked
from clearprop.nn.layer import Layer

__all__ = ["is_foreign", "of_foreign"]


def is_foreign(thing: Any) -> bool:
    """Tell custom functions of libraries; none is imported for it."""
    thing = _of_apply(thing)
    if _is_module_of_torch(thing):
        raise Failed("by_library", "check")
    return isinstance(thing, Op | Layer) or _is_of_torch(thing) or _kind_of_jax(thing) != ""


def _of_apply(thing: Any) -> Any:
    """Give the function of PyTorch of which only ``apply`` was handed in."""
    owner = getattr(thing, "__self__", None)
    return owner if getattr(thing, "__name__", "") == "apply" and _is_of_torch(owner) else thing


def of_foreign(thing: Any, asked: Asked, budget: Budget) -> PairSubject:
    """
    Put a custom function of a library into the form that is judged.

    Parameters
    ----------
    thing : Op, torch.autograd.Function, jax.custom_vjp or jax.custom_jvp
    asked : Asked
    budget : Budget

    Raises
    ------
    Failed
        If it was given no input, or cannot be run.
    """
    if not asked.xs:
        raise Failed("no_input", "check")
    thing, t = _of_apply(thing), asked.t
    asked = replace(asked, x=tuple(_as_numpy(x) for x in asked.xs), t=None)
    if isinstance(thing, Layer):
        return _of_layer(thing, asked, budget)
    moved = [i for i, x in enumerate(asked.xs) if _has_gradient(x)]
    if t is not None:  # the last that it takes, and no gradient is asked of it
        asked = replace(asked, x=(*asked.xs, _as_numpy(t)))
    if isinstance(thing, Op):
        pair = _of_op(thing, asked.xs, moved)
    elif _is_of_torch(thing):
        pair = _of_torch(thing, asked.xs, moved)
    else:
        pair = _of_jax(thing, asked.xs, moved)
    names = _names(thing, len(asked.xs))
    forward = _named(pair[0], [names[i] for i in moved])
    xs = tuple(np.asarray(asked.xs[i], dtype=np.float64) for i in moved)
    return PairSubject(forward, pair[1], replace(asked, x=xs), budget)


def _as_numpy(x: Any) -> Any:
    """Give a tensor of whatever library as an array."""
    if hasattr(x, "detach"):
        x = x.detach()
    return np.asarray(x) if hasattr(x, "shape") and not isinstance(x, np.ndarray) else x


def _has_gradient(x: Any) -> bool:
    """Tell what is differentiated: arrays and numbers with a point, no indices or switches."""
    return isinstance(x, np.ndarray | float | list) and np.asarray(x).dtype.kind == "f"


def _filled(fixed: Sequence[Any], moved: Sequence[int], xs: Sequence[Any]) -> list[Any]:
    if any(type(x).__module__.startswith("clearprop.doctor") for x in xs):
        raise TypeError("a library computes with numbers, not with what stands for them")
    out = list(fixed)
    for i, x in zip(moved, xs, strict=True):
        out[i] = x
    return out


def _names(thing: Any, count: int) -> list[str]:
    f = thing.forward if _is_of_torch(thing) else getattr(thing, "fun", thing)
    f = thing.forward if isinstance(thing, Op) else f
    try:
        names = [p.name for p in inspect.signature(f).parameters.values()
                 if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]  # fmt: skip
    except (TypeError, ValueError):
        names = []
    if names and names[0] in ("ctx", "xp", "self"):
        names = names[1:]
    return names[:count] if len(names) >= count else [f"x{i + 1}" for i in range(count)]


def _named(f: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    kinds = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_ONLY) for n in names]
    f.__signature__ = inspect.Signature(kinds)  # type: ignore[attr-defined]
    return f


Pair = tuple[Callable[..., Any], Callable[[Any, Any], Any]]


# ---- clearprop ---------------------------------------------------------------------------------
def _of_op(op: Op, fixed: Sequence[Any], moved: Sequence[int]) -> Pair:
    def forward(*xs: Any) -> Any:
        y, pull = vjp(lambda *given: op(*_filled(fixed, moved, given)), *xs)
        return np.asarray(y), pull

    def backward(dout: Any, cache: Any) -> Any:
        return _several([np.asarray(g) for g in cache(dout)])

    return forward, backward


def _several(given: list[Any]) -> Any:
    return given[0] if len(given) == 1 else tuple(given)


def _of_layer(layer: Layer, asked: Asked, budget: Budget) -> PairSubject:
    """Take a copy of a layer, with its weights beside the input."""
    layer = copy.deepcopy(layer)
    budget.call("forward", layer, *asked.xs)
    weights = list(layer.trainable_weights)
    names = [re.sub(r"\W", "_", str(w.name).rpartition("/")[2]) for w in weights]
    names = names if len(set(names)) == len(names) else [f"w{i + 1}" for i in range(len(names))]
    count = len(asked.xs)

    def forward(*given: Any) -> Any:
        for w, value in zip(weights, given[count:], strict=True):
            w.assign(value)
            w.grad = None
        xs = [tensor(np.asarray(x, dtype=np.float64), requires_grad=True) for x in given[:count]]
        y = layer(*xs)
        return y.numpy(), (xs, y)

    def backward(dout: Any, cache: Any) -> Any:
        xs, y = cache
        y.backward(np.asarray(dout, dtype=y.dtype))
        return _several([None if v.grad is None else np.asarray(v.grad) for v in (*xs, *weights)])

    ins = ["x"] if count == 1 else [f"x{i + 1}" for i in range(count)]
    params = {n: np.asarray(w.numpy(), float) for n, w in zip(names, weights, strict=True)}
    asked = replace(asked, params=params or None)
    return PairSubject(_named(forward, [*ins, *names]), backward, asked, budget)


# ---- PyTorch -----------------------------------------------------------------------------------
def _is_of_torch(thing: Any) -> bool:
    torch = sys.modules.get("torch")
    return (
        torch is not None and isinstance(thing, type) and issubclass(thing, torch.autograd.Function)
    )


def _is_module_of_torch(thing: Any) -> bool:
    torch = sys.modules.get("torch")
    kind = thing if isinstance(thing, type) else type(thing)
    return torch is not None and issubclass(kind, torch.nn.Module)


class _Context(SimpleNamespace):
    """What `forward` leaves for `backward`."""

    def __init__(self, count: int) -> None:
        super().__init__(needs_input_grad=(True,) * count, saved_tensors=())

    def save_for_backward(self, *tensors: Any) -> None:
        self.saved_tensors = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Forward mode isn't looked at."""

    def mark_dirty(self, *tensors: Any) -> None:
        """Every call has tensors of its own."""

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Nothing here asks for it."""

    def set_materialize_grads(self, value: bool) -> None:
        """Every gradient that comes in is an array."""


def _of_torch(function: Any, fixed: Sequence[Any], moved: Sequence[int]) -> Pair:
    torch = sys.modules["torch"]

    def tensor(x: Any) -> Any:
        return torch.as_tensor(x) if isinstance(x, np.ndarray) else x

    def forward(*xs: Any) -> Any:
        given = [tensor(x) for x in _filled(fixed, moved, [np.array(x, float) for x in xs])]
        context = _Context(len(given))
        with torch.no_grad():
            if function.setup_context is not torch.autograd.Function.setup_context:
                y = function.forward(*given)
                function.setup_context(context, tuple(given), y)
            else:
                y = function.forward(context, *given)
        outputs = y if isinstance(y, tuple) else (y,)
        context.outputs = outputs
        smooth = [v.numpy() for v in outputs if v.is_floating_point()]
        context.joined = Joined(smooth) if len(smooth) > 1 else None
        return smooth[0] if context.joined is None else context.joined.whole, context

    def backward(dout: Any, cache: Any) -> Any:
        parts = [np.asarray(dout)] if cache.joined is None else cache.joined.parted(dout)
        coming = iter(parts)
        with torch.no_grad():
            ups = [torch.as_tensor(np.asarray(next(coming))) if v.is_floating_point()
                   else torch.zeros_like(v) for v in cache.outputs]  # fmt: skip
            given = function.backward(cache, *ups)
        given = given if isinstance(given, tuple) else (given,)
        mine = [given[i] if i < len(given) else None for i in moved]
        return _several([None if g is None else np.asarray(g.numpy()) for g in mine])

    return forward, backward


# ---- JAX ---------------------------------------------------------------------------------------
def _kind_of_jax(thing: Any) -> str:
    jax = sys.modules.get("jax")
    if jax is None:
        return ""
    kinds = {"vjp": jax.custom_vjp, "jvp": jax.custom_jvp}
    return next((name for name, kind in kinds.items() if isinstance(thing, kind)), "")


def _of_jax(function: Any, fixed: Sequence[Any], moved: Sequence[int]) -> Pair:
    jax = sys.modules["jax"]
    precise = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64
    whole = tuple(getattr(function, "nondiff_argnums", ()))

    def arrays(xs: Sequence[Any]) -> list[Any]:
        given = _filled(fixed, moved, xs)
        return [jax.numpy.asarray(x) if isinstance(x, np.ndarray) else x for x in given]

    def forward(*xs: Any) -> Any:
        with precise(True):
            given = arrays(xs)
            if _kind_of_jax(function) == "jvp":
                return np.asarray(function.fun(*given)), given
            y, rest = function.fun(*given), function.fwd(*given)[1]
            joined = Joined([np.asarray(v) for v in y]) if isinstance(y, tuple | list) else None
            return np.asarray(y) if joined is None else joined.whole, (rest, joined)

    def backward(dout: Any, cache: Any) -> Any:
        with precise(True):
            if _kind_of_jax(function) == "jvp":
                return _turned_round(jax, function, cache, moved, dout)
            rest, joined = cache
            g = jax.numpy.asarray(dout)
            if joined is not None:
                g = tuple(jax.numpy.asarray(part) for part in joined.parted(dout))
            given = function.bwd(*(fixed[i] for i in whole), rest, g)
            given = given if isinstance(given, tuple | list) else (given,)
            places = [i for i in range(len(fixed)) if i not in whole]
            by_place: Mapping[int, Any] = dict(zip(places, given, strict=False))
            mine = [by_place.get(i) for i in moved]  # None is a gradient of zero here
            return _several([np.zeros(np.shape(fixed[i])) if g is None else np.asarray(g)
                             for i, g in zip(moved, mine, strict=True)])  # fmt: skip

    return forward, backward


def _turned_round(
    jax: Any, function: Any, given: Sequence[Any], moved: Sequence[int], dout: Any
) -> Any:
    """Give a forward rule's gradients: what each entry's change does to the output, by dout."""
    grads = []
    for i in moved:
        g = np.zeros(np.shape(given[i]))
        for index in np.ndindex(g.shape):
            ways = [jax.numpy.zeros_like(x) if hasattr(x, "shape") else 0.0 for x in given]
            way = np.zeros(g.shape)
            way[index] = 1.0
            ways[i] = jax.numpy.asarray(way)
            whole = tuple(getattr(function, "nondiff_argnums", ()))
            rest = [k for k in range(len(given)) if k not in whole]
            parts = (tuple(given[k] for k in rest), tuple(ways[k] for k in rest))
            _, change = function.jvp(*(given[k] for k in whole), *parts)
            g[index] = float(np.sum(np.asarray(change) * np.asarray(dout)))
        grads.append(g)
    return _several(grads)
