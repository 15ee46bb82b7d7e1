"""Products of traced arrays: each output of a matrix product is one node."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from clearprop.doctor.traced.numbers import ids_of, made, plain_of
from clearprop.doctor.traced.tape import current

__all__ = ["contracted", "dot", "einsum", "inner", "matmul", "outer", "tensordot"]


def contracted(labels: str, *args: Any) -> Any:
    """Multiply and add up as `numpy.einsum` does; of two arrays, in one node an output."""
    terms, result = _labels(labels, [np.ndim(plain_of(a)) for a in args])
    if len(args) > 2:
        first = sorted({c for t in terms[:2] for c in t} & set("".join(terms[2:]) + result))
        head = contracted(f"{terms[0]},{terms[1]}->{''.join(first)}", *args[:2])
        rest = ",".join(["".join(first), *terms[2:]])
        return contracted(f"{rest}->{result}", head, *args[2:])
    summed = sorted({c for t in terms for c in t} - set(result))
    order = [*result, *summed]
    sizes: dict[str, int] = {}
    views = []
    for term, a in zip(terms, args, strict=True):
        ids = ids_of(a)
        for c in sorted(set(term)):  # a label that stands twice: the diagonal
            while term.count(c) > 1:
                i, j = term.index(c), term.rindex(c)
                ids = np.diagonal(ids, axis1=i, axis2=j)
                term = "".join(x for k, x in enumerate(term) if k not in (i, j)) + c
        sizes.update(
            {c: n for c, n in zip(term, ids.shape, strict=True) if n != 1 or c not in sizes}
        )
        ids = ids.transpose([term.index(c) for c in order if c in term])
        views.append((term, ids))
    shape = [sizes[c] for c in order]
    cells = prod(sizes[c] for c in result)
    spread = []
    for term, ids in views:
        own = [sizes[c] if c in term else 1 for c in order]
        spread.append(
            np.broadcast_to(ids.reshape([o if o else 1 for o in own]), shape).reshape(cells, -1)
        )
    tape = current()
    value = tape.value
    new = []
    if len(spread) == 1:
        rows = spread[0].tolist()
        for row in rows:
            v = sum(value[i] for i in row)
            new.append(row[0] if len(row) == 1 else tape.make("sum", tuple(row), v))
    else:
        for left, right in zip(spread[0].tolist(), spread[1].tolist(), strict=True):
            v = sum(value[i] * value[j] for i, j in zip(left, right, strict=True))
            if len(left) == 1:
                new.append(tape.make("mul", (left[0], right[0]), v))
            else:
                pairs = tuple(k for ij in zip(left, right, strict=True) for k in ij)
                new.append(tape.make("dot", pairs, v))
    return made(np.array(new, dtype=np.int64).reshape([sizes[c] for c in result]))


def _labels(labels: str, ndims: Sequence[int]) -> tuple[list[str], str]:
    """Take the first argument of einsum apart."""
    labels = labels.replace(" ", "")
    left, arrow, result = labels.partition("->")
    terms = left.split(",")
    if "..." in labels:
        extra = max(n - len(t.replace("...", "")) for n, t in zip(ndims, terms, strict=True))
        fill = "".join(c for c in "ZYXWVU" if c not in labels)[:extra]
        terms = [
            t.replace(
                "...", fill[len(fill) - (n - len(t.replace("...", ""))) :] if "..." in t else ""
            )
            for n, t in zip(ndims, terms, strict=True)
        ]
        if not arrow:
            raise ValueError("dots without an arrow")
        result = result.replace("...", fill)
    if not arrow:
        together = "".join(terms)
        result = "".join(sorted(c for c in set(together) if together.count(c) == 1))
    return terms, result


def einsum(*args: Any, **named: Any) -> Any:
    """Multiply as `numpy.einsum` does."""
    if not isinstance(args[0], str):
        raise TypeError("einsum with lists of axes")
    return contracted(args[0], *args[1:])


def matmul(a: Any, b: Any, *rest: Any, **named: Any) -> Any:
    """Multiply matrices, or rows of them."""
    n, m = np.ndim(plain_of(a)), np.ndim(plain_of(b))
    if n == 1 or m == 1:
        if n > 2 or m > 2:
            raise TypeError("a row times a row of matrices")
        return contracted({(1, 1): "i,i->", (1, 2): "i,ij->j", (2, 1): "ij,j->i"}[n, m], a, b)
    return contracted("...ij,...jk->...ik", a, b)


def dot(a: Any, b: Any, out: Any = None) -> Any:
    """Multiply as `numpy.dot` does."""
    n, m = np.ndim(plain_of(a)), np.ndim(plain_of(b))
    if n == 0 or m == 0:
        return np.multiply(a, b)
    letters = "abcdefgh"
    left = letters[: n - 1] + "z"
    right = "z" if m == 1 else "stuvw"[: m - 2] + "z" + "y"
    return contracted(f"{left},{right}->{(left + right).replace('z', '')}", a, b)


def inner(a: Any, b: Any) -> Any:
    """Multiply along the last axes."""
    n, m = np.ndim(plain_of(a)), np.ndim(plain_of(b))
    if n == 0 or m == 0:
        return np.multiply(a, b)
    left, right = "abcd"[: n - 1] + "z", "stuv"[: m - 1] + "z"
    return contracted(f"{left},{right}->{left[:-1]}{right[:-1]}", a, b)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Multiply along chosen axes."""
    n, m = np.ndim(plain_of(a)), np.ndim(plain_of(b))
    if isinstance(axes, int):
        axes = (list(range(n - axes, n)), list(range(axes)))
    one, two = ([x] if isinstance(x, int) else list(x) for x in axes)
    left, right = list("abcdefgh"[:n]), list("stuvwxyz"[:m])
    for i, j in zip(one, two, strict=True):
        right[j] = left[i]
    both = [c for c in left if c in right]
    result = [c for c in [*left, *right] if c not in both]
    return contracted(f"{''.join(left)},{''.join(right)}->{''.join(result)}", a, b)


def outer(a: Any, b: Any, out: Any = None) -> Any:
    """Multiply each number with each."""
    return contracted("i,j->ij", _row(a), _row(b))


def _row(a: Any) -> Any:
    """Give numbers in one row."""
    return made(ids_of(a).ravel())
