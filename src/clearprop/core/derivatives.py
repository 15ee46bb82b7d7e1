"""Derivatives of functions: gradients, products with Jacobians, Jacobians and Hessians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from clearprop.core.arguments import (
    closed,
    counted,
    empty_for,
    kept,
    one_array,
    one_number,
    ones_for,
    opened,
    zeros_for,
)
from clearprop.core.namespaces import MODE, recording, seeking
from clearprop.core.tape import Backward, alias, order
from clearprop.core.tensor import RECORDED, Node, Tensor, as_tensor
from clearprop.core.tree import LEAF, flatten, leaves_as_in, unflatten
from clearprop.errors import GradientError, ShapeError

__all__ = ["accumulate", "grad", "hessian", "jacobian", "jvp", "value_and_grad", "vjp"]

Function = Callable[..., Any]


def accumulate(root: Tensor, gradient: Any) -> None:
    """Do the work of `Tensor.backward`."""
    if not root.requires_grad:
        raise GradientError(
            "backward() needs a result that was computed from tensors with requires_grad;"
            " this one was made under no_grad, detached, or from whole numbers only."
        )
    if gradient is None and root.size != 1:
        raise ShapeError(
            f"backward() of a tensor of shape {root.shape} needs the upstream gradient of that"
            " shape; or reduce it to one number first, such as y.sum().backward()."
        )
    seed = ones_for(root) if gradient is None else as_tensor(gradient)
    if seed.shape != root.shape:
        raise ShapeError(
            f"backward(gradient): got shape {seed.shape}; this tensor has shape {root.shape}."
        )
    held = []
    for node in order(root.node):
        holder = node.holder() if node.holder is not None else None
        if holder is not None and holder.node is node:
            held.append(holder)
    gradients = Backward(root.node, seed, [h.node for h in held]).gradients()
    with recording():
        for holder, g in zip(held, gradients, strict=True):
            if g is not None:
                holder.grad = g if holder.grad is None else holder.grad + g


def value_and_grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """
    Make a function that gives `f`'s value and its gradient.

    Parameters
    ----------
    f : callable
        Takes arrays, numbers, or nested dicts, lists and tuples of them; gives one number.
    argnums : int or sequence of int
        Which positional arguments to differentiate by.

    Returns
    -------
    callable
        ``(*args, **kwargs) -> (value, gradient)``; the gradient has the structure of the argument
        (a tuple of such for several `argnums`), zeros where `f` does not depend on it.

    Raises
    ------
    GradientError
        For arguments of whole numbers or booleans, and where a rule is missing.
    OptionError
        If `argnums` names no positional argument, or one twice.
    ShapeError
        If `f` gives anything but one number.

    Examples
    --------
    >>> import clearprop as cp
    >>> cp.value_and_grad(lambda p: (p["w"] * p["x"]).sum())({"w": 3.0, "x": 2.0})
    (tensor(6.), {'w': tensor(2.), 'x': tensor(3.)})
    """
    several = isinstance(argnums, Sequence)
    wanted = tuple(argnums) if isinstance(argnums, Sequence) else (int(argnums),)

    def derivative(*args: Any, **kwargs: Any) -> tuple[Tensor, Any]:
        chosen = counted(wanted, args)
        with recording():
            inside, targets = opened(args, chosen, "grad", f)
            with seeking(t.node for t in targets):
                result = f(*inside, **kwargs)
            y = one_number(result, "grad")
            gradients = Backward(y.node, ones_for(y), [t.node for t in targets]).gradients()
        out = closed(args, chosen, gradients, targets)
        return kept(y), kept(out if several else out[0])

    return derivative


def grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """
    Make a function that gives the gradient of `f`; see `value_and_grad`.

    Parameters
    ----------
    f : callable
        It gives one number.
    argnums : int or tuple of int
        By which of its arguments.

    Examples
    --------
    >>> import clearprop as cp
    >>> cp.grad(lambda x: x**3)(2.0)
    tensor(12.)
    >>> cp.grad(cp.grad(lambda x: x**3))(2.0)
    tensor(12.)
    """
    both = value_and_grad(f, argnums)

    def derivative(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return derivative


def vjp(f: Function, *x: Any) -> tuple[Tensor, Callable[[Any], tuple[Any, ...]]]:
    """
    Compute `f` at `x`, and a function that takes an upstream gradient back to `x`.

    Parameters
    ----------
    f : callable
        From arrays (or trees of them) to one array of any shape.
    *x : array or tree of arrays
        Where.

    Returns
    -------
    y : Tensor
        The value.
    pull : callable ``(g) -> tuple``
        For `g` of the shape of `y`, the gradient with respect to each of `x`.

    Examples
    --------
    >>> import clearprop as cp
    >>> import numpy as np
    >>> y, pull = cp.vjp(lambda x: x * x, np.array([1.0, 2.0]))
    >>> pull([1.0, 10.0])
    (tensor([ 2., 40.]),)
    """
    everything = range(len(x))
    with recording():
        inside, targets = opened(x, everything, "vjp", f)
        with seeking(t.node for t in targets):
            result = f(*inside)
        y = one_array(result, "vjp")

    def pull(g: Any) -> tuple[Any, ...]:
        seed = as_tensor(g)
        if seed.shape != y.shape:
            raise ShapeError(f"vjp: got a gradient of shape {seed.shape}; f gave shape {y.shape}.")
        gradients = Backward(y.node, seed, [t.node for t in targets]).gradients()
        out: tuple[Any, ...] = kept(closed(x, everything, gradients, targets))
        return out

    return kept(y), pull


def jvp(f: Function, x: Any, v: Any) -> tuple[Tensor, Tensor]:
    """
    Compute `f` at `x`, and how fast it changes when `x` moves along `v`.

    The rules take gradients back; the way forward is the transpose of that linear map, so it's
    the derivative of the backward walk with respect to its upstream gradient.

    Parameters
    ----------
    f : callable
        From an array (or a tree of arrays) to one array.
    x, v : array or tree of arrays
        Where, and in which direction; of the same structure and shapes.

    Returns
    -------
    y, change : Tensor
        Both of the shape that `f` gives.

    Examples
    --------
    >>> import clearprop as cp
    >>> cp.jvp(lambda x: x * x, 3.0, 0.5)
    (tensor(9.), tensor(3.))
    """
    form = flatten(x)[1]
    with recording():
        inside, targets = opened([x], [0], "jvp", f)
        directions = [as_tensor(d) for d in ([v] if form is LEAF else leaves_as_in(form, v))]
        if [d.shape for d in directions] != [t.shape for t in targets]:
            raise ShapeError(
                f"jvp: x has shapes {[t.shape for t in targets]},"
                f" v has {[d.shape for d in directions]}; they must be the same."
            )
        with seeking(t.node for t in targets):
            result = f(*inside)
        y = one_array(result, "jvp")
        upstream = alias(zeros_for(y))
        upstream.node.needs_grad = True
        back = Backward(y.node, upstream, [t.node for t in targets]).gradients()
        moved = [(g * d).sum() for g, d in zip(back, directions, strict=True) if g is not None]
        change = None
        if moved:
            total = sum(moved[1:], start=moved[0])
            change = Backward(total.node, ones_for(total), [upstream.node]).gradients()[0]
    return kept(y), zeros_for(y) if change is None else kept(change)


def jacobian(f: Function) -> Function:
    """
    Make a function that gives every derivative of every output.

    Parameters
    ----------
    f : callable
        From an array (or a tree of arrays) to an array (or a tree of them).

    Returns
    -------
    callable
        ``(x) -> Tensor`` of shape ``y.shape + x.shape``; for trees the tree of `y`, at each leaf
        of which is the tree of `x`.

    Examples
    --------
    >>> import clearprop as cp
    >>> import numpy as np
    >>> cp.jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """

    def derivative(x: Any, *args: Any, **kwargs: Any) -> Any:
        with recording():
            inside, targets = opened([x], [0], "jacobian", f)
            with seeking(t.node for t in targets):
                result = f(*inside, *args, **kwargs)
            outputs, form = flatten(result)
            if not outputs:
                raise ShapeError("jacobian: the function gave no array. Does it lack a return?")
            of_x = flatten(x)[1]
            found = [unflatten(of_x, _rows(one_array(y, "jacobian"), targets)) for y in outputs]
        return kept(unflatten(form, found))

    return derivative


def _rows(y: Tensor, targets: Sequence[Tensor]) -> list[Tensor]:
    """Compute the Jacobian of one array by each target, one element of the array after another."""
    xp = MODE.get().xp
    basis = xp.reshape(xp.eye(y.size, dtype=y.dtype), (y.size, *y.shape))
    nodes = [t.node for t in targets]
    rows = [Backward(y.node, Tensor(Node(e)), nodes).gradients() for e in basis]
    jacobians = []
    for i, t in enumerate(targets):
        found = [zeros_for(t) if row[i] is None else row[i] for row in rows]
        stacked = RECORDED.stack(found, axis=0) if found else empty_for(t)
        jacobians.append(RECORDED.reshape(stacked, shape=(*y.shape, *t.shape)))
    return jacobians


def hessian(f: Function) -> Function:
    """
    Make a function that gives the second derivatives of a one-number `f`.

    Parameters
    ----------
    f : callable
        Of one argument, an array or a tree of arrays.

    Returns
    -------
    callable
        ``(x) -> Tensor`` of shape ``x.shape + x.shape``; for a tree, at each leaf of it a tree of
        such: ``hessian(f)(p)["w"]["b"]``.

    Examples
    --------
    >>> import clearprop as cp
    >>> import numpy as np
    >>> cp.hessian(lambda x: (x**3).sum())(np.array([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacobian(grad(f))
