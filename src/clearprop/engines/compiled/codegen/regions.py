"""Arrays put together from others: joined end to end, or laid into a frame."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence

from clearprop.core.op import Shape
from clearprop.engines.compiled.codegen.affine import Affine, contiguous, strides, turns, whole
from clearprop.engines.compiled.codegen.maps import memory
from clearprop.engines.compiled.machine.ir import Function, Reg, literal, vector
from clearprop.engines.compiled.program import Value

__all__ = ["REGIONS", "alone", "concat", "pad"]


def concat(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Join arrays along an axis."""
    axis, step = value.params["axis"], strides(value.shape)
    start = 0
    for source, x in zip(inputs, value.inputs, strict=True):
        _copy(f, value, x.shape, (start * step[axis], *step), source, out)
        start += x.shape[axis]


def pad(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Lay an array into a frame of one number."""
    (x,) = value.inputs
    params = value.params
    step = strides(value.shape)
    fill = literal(params["value"], memory(value.dtype))
    with alone(f):
        _fill(f, value, fill, out)
        start = sum(low * s for low, s in zip(params["low"], step, strict=True))
        apart = (s * (i + 1) for s, i in zip(step, params["interior"], strict=True))
        thread, f.thread = f.thread, None
        _copy(f, value, x.shape, (start, *apart), inputs[0], out)
        f.thread = thread


@contextlib.contextmanager
def alone(f: Function) -> Iterator[None]:
    """Write what only the first thread does."""
    if f.thread is None or f.target.threads == 1:
        yield
    else:
        with f.when(f.compare("icmp eq", f.thread, f.index(0))):
            yield


def _lanes(f: Function, element: str, n: int) -> int:
    lanes = f.target.lanes(element)
    while lanes > max(n, 1):
        lanes //= 2
    return lanes


def _fill(f: Function, value: Value, number: Reg, out: Reg) -> None:
    n, element = value.size, number.type
    lanes = _lanes(f, element, n)
    full = n - n % lanes
    with f.loop(full, 0, lanes) as i:
        f.store(f.splat(number, lanes), f.at(out, i, element))
    with f.loop(n, full) as i:
        f.store(number, f.at(out, i, element))


def _copy(f: Function, value: Value, shape: Shape, to: Affine, source: Reg, out: Reg) -> None:
    """Copy an array to where its axes lie so far apart."""
    element = memory(value.dtype)
    if not math.prod(shape):
        return
    read = whole(shape)
    groups = contiguous([read, to], shape, 0, len(shape)) or [[0]] if shape else []
    with contextlib.ExitStack() as stack:
        a, b = f.index(0), f.index(to[0])
        for k, group in enumerate(groups[:-1]):
            count = turns(group, shape)
            first, last = f.share(count) if k == 0 else (f.index(0), f.index(count))
            i = stack.enter_context(f.loop(last, first))
            a, b = (f.add(p, f.mul(i, s[group[-1] + 1])) for p, s in ((a, read), (b, to)))
        if len(groups) < 2:
            stack.enter_context(alone(f))
        group = groups[-1] if groups else []
        n = turns(group, shape)
        apart = to[group[-1] + 1] if group else 1
        lanes = _lanes(f, element, n) if apart == 1 else 1
        full = n - n % lanes
        for width, begin, end in ((lanes, 0, full), (1, full, n)):
            if begin < end:
                with f.loop(end, begin, width) as i:
                    made = f.load(vector(element, width), f.at(source, f.add(a, i), element))
                    f.store(made, f.at(out, f.add(b, f.mul(i, apart)), element))


REGIONS = {"concat": concat, "pad": pad}
