"""Sums of products written with letters: ``einsum("ij,jk->ik", a, b)``."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from clearprop.core.cases import case, real
from clearprop.core.op import Shape, op, shape_of
from clearprop.core.reading import Elements, Index, Total
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError

__all__ = ["einsum"]

Array = Any

FEW_PRODUCTS = 4096  # so few are added up sooner than arranged for a matrix product


class Letters(NamedTuple):
    """Subscripts taken apart: a letter for each axis, of the ellipsis too."""

    operands: tuple[str, ...]
    output: str
    free: str  # letters that stand for the ellipsis: their axes broadcast


@lru_cache(maxsize=4096)
def _letters(subscripts: str, ranks: tuple[int, ...]) -> Letters:
    """Read the subscripts for operands with so many axes."""
    text = subscripts.replace(" ", "")
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if set(text.replace("...", "")) - set(string.ascii_letters + ",->") or "->" in right:
        raise OptionError(f"einsum: {subscripts!r}; write letters, one an axis, as in 'ij,jk->ik'.")
    if len(terms) != len(ranks):
        raise ShapeError(f"einsum: {subscripts!r} speaks of {len(terms)} arrays; got {len(ranks)}.")
    unused = [c for c in string.ascii_letters if c not in text]
    spare = [rank - len(t.replace("...", "")) for t, rank in zip(terms, ranks, strict=True)]
    for term, rank, more in zip(terms, ranks, spare, strict=True):
        if more < 0 or (more and "..." not in term):
            raise ShapeError(f"einsum: {term!r} in {subscripts!r} is for an array of {rank} axes.")
    free = "".join(
        unused[: max((m for m, t in zip(spare, terms, strict=True) if "..." in t), default=0)]
    )
    operands = tuple(
        t.replace("...", free[len(free) - m :]) for t, m in zip(terms, spare, strict=True)
    )
    if arrow:
        output = right.replace("...", free)
    else:
        joined = left.replace("...", "").replace(",", "")
        output = free + "".join(sorted(c for c in set(joined) if joined.count(c) == 1))
    if len(set(output)) < len(output) or set(output) - set("".join(operands)):
        raise OptionError(
            f"einsum: the output of {subscripts!r} must name letters of the inputs, each once."
        )
    if set(free) - set(output):
        raise OptionError(f"einsum: the output of {subscripts!r} must have an ellipsis (...) too.")
    return Letters(operands, output, free)


def _sizes(letters: Letters, shapes: Sequence[Shape]) -> dict[str, int]:
    """Tell how many places each letter counts."""
    sizes: dict[str, int] = {}
    for i, (term, shape) in enumerate(zip(letters.operands, shapes, strict=True)):
        for letter, n in zip(term, shape, strict=True):
            known = sizes.setdefault(letter, n)
            if known == n or (n == 1 and letter in letters.free):
                continue
            if known != 1 or letter not in letters.free:
                raise ShapeError(
                    f"einsum: {letter!r} is {known}, but {n} in array {i} of shape {shape}"
                    f" ({','.join(letters.operands)}->{letters.output}); they must be equal."
                )
            sizes[letter] = n
    return sizes


class Plan(NamedTuple):
    """Subscripts and how many places each letter counts; made once for the shapes of a call."""

    operands: tuple[str, ...]
    output: str
    sizes: dict[str, int]
    out: Shape
    products: int  # how many there are to add up


@lru_cache(maxsize=4096)
def _plan(subscripts: str, shapes: tuple[Shape, ...]) -> Plan:
    letters = _letters(subscripts, tuple(map(len, shapes)))
    sizes = _sizes(letters, shapes)
    out = tuple(sizes[c] for c in letters.output)
    return Plan(letters.operands, letters.output, sizes, out, math.prod(sizes.values()))


def _plan_for(operands: Sequence[Array], subscripts: str) -> Plan:
    return _plan(subscripts, tuple(map(shape_of, operands)))


def _summed(*operands: Shape, subscripts: str) -> Shape:
    return _plan(subscripts, operands).out


def _unbroadcast(xp: Any, x: Array, term: str, sizes: dict[str, int]) -> tuple[Array, str]:
    """Leave out the axes of size 1 that an ellipsis would have repeated."""
    kept = [a for a, c in enumerate(term) if x.shape[a] == sizes[c]]
    if len(kept) == len(term):
        return x, term
    return xp.reshape(x, tuple(x.shape[a] for a in kept)), "".join(term[a] for a in kept)


def _diagonals(xp: Any, x: Array, term: str) -> tuple[Array, str]:
    """Keep, of axes with one letter, the places where all are equal."""
    for letter in dict.fromkeys(term):
        while term.count(letter) > 1:
            first, second = term.index(letter), term.rindex(letter)
            rest = [a for a in range(len(term)) if a not in (first, second)]
            n = x.shape[first]
            x = xp.permute_dims(x, axes=(*rest, first, second))
            x = xp.reshape(x, (*x.shape[:-2], n * n))[..., :: n + 1]
            term = "".join(term[a] for a in rest) + letter
    return x, term


def _sum_out(xp: Any, x: Array, term: str, keep: set[str]) -> tuple[Array, str]:
    gone = tuple(a for a, c in enumerate(term) if c not in keep)
    if not gone:
        return x, term
    return xp.sum(x, axis=gone), "".join(c for c in term if c in keep)


def _arranged(xp: Any, x: Array, term: str, order: str) -> Array:
    axes = tuple(term.index(c) for c in order)
    return x if axes == tuple(range(len(axes))) else xp.permute_dims(x, axes=axes)


def _pair(xp: Any, x1: Array, t1: str, x2: Array, t2: str, keep: set[str]) -> tuple[Array, str]:
    """Multiply two arrays and sum over the letters that nobody needs any more: one product."""
    x1, t1 = _sum_out(xp, x1, t1, keep | set(t2))
    x2, t2 = _sum_out(xp, x2, t2, keep | set(t1))
    shared = [c for c in t1 if c in t2]
    stack = "".join(c for c in shared if c in keep)
    inner = "".join(c for c in shared if c not in keep)
    rows = "".join(c for c in t1 if c not in t2)
    columns = "".join(c for c in t2 if c not in t1)
    left = _arranged(xp, x1, t1, stack + rows + inner)
    right = _arranged(xp, x2, t2, stack + inner + columns)
    outer = tuple(left.shape[: len(stack)])
    over, down = left.shape[len(stack) : len(stack + rows)], right.shape[len(stack + inner) :]
    if not inner:
        left = xp.reshape(left, (*outer, *over, *(1,) * len(columns)))
        right = xp.reshape(right, (*outer, *(1,) * len(rows), *down))
        return left * right, stack + rows + columns
    n = math.prod(left.shape[len(stack + rows) :])
    left = xp.reshape(left, (*outer, math.prod(over), n))
    right = xp.reshape(right, (*outer, n, math.prod(down)))
    return xp.reshape(xp.matmul(left, right), (*outer, *over, *down)), stack + rows + columns


def _by_matrices(xp: Any, *operands: Array, subscripts: str) -> Array:
    """Multiply from left to right, each time as one (stack of) matrix product(s)."""
    plan = _plan_for(operands, subscripts)
    parts = [
        _diagonals(xp, *_unbroadcast(xp, x, term, plan.sizes))
        for x, term in zip(operands, plan.operands, strict=True)
    ]
    x, term = parts[0]
    for i, (other, other_term) in enumerate(parts[1:], start=2):
        needed = set(plan.output).union(*(t for _, t in parts[i:]))
        x, term = _pair(xp, x, term, other, other_term, needed)
    x, term = _sum_out(xp, x, term, set(plan.output))
    return _arranged(xp, x, term, plan.output)


def _einsum_numpy(xp: Any, *operands: Array, subscripts: str) -> Array:
    if _plan_for(operands, subscripts).products < FEW_PRODUCTS:
        return np.einsum(subscripts, *operands)
    return _by_matrices(xp, *operands, subscripts=subscripts)


def _einsum_jax(xp: Any, *operands: Array, subscripts: str) -> Array:
    return xp.module.einsum(subscripts, *operands)


@op(
    "einsum({subscripts}; {operands})",
    r"\mathrm{einsum}_{\text{{subscripts}}}({operands})",
    shape=_summed,
    strict=True,
    cases=[
        case(real(2, 3), real(3, 4), subscripts="ij,jk->ik"),
        case(real(2, 3), real(3, 4), subscripts="ij,jk"),
        case(real(2, 3), subscripts="ij->ji"),
        case(real(2, 3), subscripts="ij->i"),
        case(real(3, 3), subscripts="ii"),
        case(real(3, 2, 3), subscripts="iji->ij"),
        case(real(2, 2, 2), real(2), subscripts="iii,i->i"),
        case(real(2, 3), real(2, 3), subscripts="ij,ij->"),
        case(real(3), real(2), real(3, 2), subscripts="i,j,ij->j"),
        case(real(2, 3, 4), real(1, 4, 5), subscripts="...ij,...jk->...ik"),
        case(real(3, 4), real(2, 1, 4), subscripts="...j,...j->..."),
        case(real(2, 3, 4), real(5, 4, 3), subscripts="bij,kji->bk"),
        case(real(2), real(3), subscripts="i,j->"),
        case(real(2, 0), real(0, 3), subscripts="ij,jk->ki"),
        case(real(), real(2), subscripts=",i->i"),
    ],
    impl={"numpy": _einsum_numpy, "jax": _einsum_jax},
)
def einsum_(xp: Any, *operands: Array, subscripts: str) -> Array:
    """Sum of products over all letters that the output does not name."""
    return _by_matrices(xp, *operands, subscripts=subscripts)


def _share(xp: Any, g: Array, y: Array, i: int, *operands: Array, subscripts: str) -> Array:
    plan = _plan_for(operands, subscripts)
    sizes = plan.sizes
    parts = [
        _unbroadcast(xp, x, term, sizes)
        for k, (x, term) in enumerate(zip(operands, plan.operands, strict=True))
        if k != i
    ]
    own = "".join(dict.fromkeys(plan.operands[i]))
    terms = [plan.output, *(t for _, t in parts)]
    reached = [c for c in own if c in "".join(terms)]
    target = "".join(reached)
    if terms == [target]:
        share = g
    else:
        share = xp.einsum([g, *(x for x, _ in parts)], subscripts=f"{','.join(terms)}->{target}")
    if len(reached) < len(own):  # what was summed by itself gets the same everywhere
        share = xp.reshape(share, tuple(sizes[c] if c in reached else 1 for c in own))
        share = xp.broadcast_to(share, tuple(sizes[c] for c in own))
    return _onto_diagonals(xp, share, own, plan.operands[i], sizes)


def _onto_diagonals(xp: Any, x: Array, own: str, term: str, sizes: dict[str, int]) -> Array:
    """Spread axes over the places where axes with one letter are equal; zeros elsewhere."""
    if own == term:
        return x
    fresh = iter(c for c in string.ascii_letters if c not in term)
    inputs, arrays, out = [own], [x], ""
    for c in term:
        if c in out:
            again = next(fresh)
            inputs.append(c + again)
            arrays.append(xp.eye(sizes[c], dtype=x.dtype))
            c = again
        out += c
    return xp.einsum(arrays, subscripts=f"{','.join(inputs)}->{out}")


einsum_.vjp(operands=_share)


@einsum_.read
def _all_letters(index: Index, *operands: Array, subscripts: str) -> Total:
    plan = _plan_for(operands, subscripts)
    sizes = plan.sizes
    inner = [c for c in sizes if c not in plan.output]
    counts = [sizes[c] for c in inner]
    grid = np.indices(counts).reshape(len(inner), math.prod(counts))
    place: dict[str, Any] = dict(zip(plan.output, index, strict=True))
    place |= zip(inner, grid, strict=True)

    def axis(x: Array, a: int, c: str) -> Any:
        return place[c] if x.shape[a] == sizes[c] else 0

    return Total(
        tuple(
            Elements(i, tuple(axis(x, a, c) for a, c in enumerate(plan.operands[i])))
            for i, x in enumerate(operands)
        )
    )


def einsum(subscripts: str, *operands: Any) -> Tensor:
    """
    Multiply arrays and sum, over axes that are named by plan.

    Parameters
    ----------
    subscripts : str
        Letters for the axes of each array, with commas between arrays, and after ``->`` those
        of the result; without ``->``, the letters that come once, in alphabetical order. A
        letter that comes twice in one array takes its diagonal; ``...`` stands for further
        axes, which broadcast.
    *operands : Tensor or array
        As many as there are groups of plan. They are multiplied from left to right.

    Returns
    -------
    Tensor

    Raises
    ------
    OptionError
        If the subscripts cannot be read.
    ShapeError
        If an array has other axes than letters, or a letter two sizes.

    Examples
    --------
    >>> import clearprop as cp
    >>> cp.einsum("ij,j->i", [[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0])
    tensor([21., 43.])
    """
    return einsum_(operands, subscripts=subscripts)  # type: ignore[no-any-return]
