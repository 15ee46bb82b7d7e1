"""What slides over space: convolution and pooling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import FLAT, SAME, Chain, Env, Layout, Link, Part, Ref
from clearprop.doctor.derivations.dense import Observed, fitting

__all__ = ["ORDER", "chains", "conv_w", "conv_x", "places_of", "pool_back"]

ORDER = 30


def places_of(e: Env, stride: int | None = None) -> list[tuple[int, int, slice, slice]]:
    """List the windows: where each is in the output, and its rows and columns of the input."""
    s, kh, kw = stride or e.about["stride"], e.about["kh"](e), e.about["kw"](e)
    oh, ow = e.y.shape[-2:]
    return [
        (i, j, slice(i * s, i * s + kh), slice(j * s, j * s + kw))
        for i in range(oh) for j in range(ow)
    ]  # fmt: skip


def _padded(e: Env) -> Any:
    p = e.about["pad"]
    return np.pad(e.x, ((0, 0), (0, 0), (p, p), (p, p)))


def _conv(e: Env) -> Any:
    xp, s = _padded(e), e.about["stride"]
    kh, kw = e.W.shape[2:]
    oh, ow = (xp.shape[2] - kh) // s + 1, (xp.shape[3] - kw) // s + 1
    y = np.zeros((len(e.x), len(e.W), oh, ow))
    for i in range(oh):
        for j in range(ow):
            window = xp[:, :, i * s : i * s + kh, j * s : j * s + kw]
            y[:, :, i, j] = np.einsum("nchw,fchw->nf", window, _kernel(e))
    return y + (e.b.reshape(1, -1, 1, 1) if hasattr(e, "b") else 0.0)


def _kernel(e: Env) -> Any:
    return e.W[:, :, ::-1, ::-1] if e.about["turned"] else e.W


def conv_w(e: Env, g: Any, xp: Any = None, stride: int | None = None) -> Any:
    """Give the weights' gradient, of an upstream gradient."""
    xp = _padded(e) if xp is None else xp
    out = np.zeros_like(e.W)
    for i, j, rows, cols in places_of(e, stride):
        out += np.einsum("nf,nchw->fchw", g[:, :, i, j], xp[:, :, rows, cols])
    return out[:, :, ::-1, ::-1] if e.about["turned"] else out


def conv_x(e: Env, g: Any, w: Any = None, stride: int | None = None, how: str = "add") -> Any:
    """Give the gradient of the padded input; `how` says whether windows add up."""
    w = _kernel(e) if w is None else w
    out = np.zeros_like(_padded(e))
    if how == "last filter":
        for f in range(len(w)):
            for i, j, rows, cols in places_of(e, stride):
                out[:, :, rows, cols] = g[:, f, i, j][:, None, None, None] * w[f]
        return out
    for i, j, rows, cols in places_of(e, stride):
        part = np.einsum("nf,fchw->nchw", g[:, :, i, j], w)
        out[:, :, rows, cols] = part + (out[:, :, rows, cols] if how == "add" else 0)
    return out


def _cut(e: Env) -> Any:
    p = e.about["pad"]
    h, w = e.x.shape[2:]
    return e.d["padded"][:, :, p : p + h, p : p + w]


def _conv_link(stride: int, pad: int, *, turned: bool) -> Link:
    return Link(
        "conv",
        "convolution",
        _conv,
        {
            "W": lambda e: conv_w(e, e.g),
            "b": lambda e: e.g.sum(axis=(0, 2, 3)),
            "padded": lambda e: conv_x(e, e.g),
            "x": _cut,
        },
        {
            "stride": stride, "pad": pad, "turned": turned,
            "kh": lambda e: e.W.shape[2], "kw": lambda e: e.W.shape[3],
        },
    )  # fmt: skip


def _convolutions(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    values, output = observed[0]
    names = [*subject.inputs[1:], *subject.parameters]
    x = values[subject.inputs[0]]
    thick = [n for n in names if values[n].ndim == x.ndim]
    if len(thick) != 1 or len(names) > 2:
        return
    (kernel,) = thick
    biases = [n for n in names if n != kernel]
    for arranged, weights, out in _arrangements(x, values[kernel]):
        try:
            h, k = arranged.there(x).shape[2:], weights.there(values[kernel]).shape[2:]
        except ValueError:
            continue
        o = out.there(output).shape[2:]
        for stride in (1, 2, 3):
            for pad in range(max(k)):
                if any(
                    (a + 2 * pad - b) // stride + 1 != c for a, b, c in zip(h, k, o, strict=False)
                ):
                    continue
                for turned in (False, True):
                    roles = {"W": Ref(kernel, weights)}
                    if biases:
                        roles["b"] = Ref(biases[0], FLAT)
                    part = Part(_conv_link(stride, pad, turned=turned), roles)
                    chain = Chain((part,), Ref(subject.inputs[0], arranged), out)
                    yield from fitting(chain, observed)


def _arrangements(x: np.ndarray, w: np.ndarray) -> list[tuple[Layout, Layout, Layout]]:
    """List how pictures and kernels may be laid out, against (N, C, H, W) and (F, C, h, w)."""
    if x.ndim == 4:
        last = Layout(lambda a: a.transpose(0, 3, 1, 2), _moved_back((0, 2, 3, 1)))
        kernels = Layout(lambda a: a.transpose(3, 2, 0, 1), _moved_back((2, 3, 1, 0)))
        return [(SAME, SAME, SAME), (last, kernels, last)]
    if x.ndim == 3:  # (N, C, L) with (F, C, k), or (C, H, W) with one picture
        line = Layout(lambda a: a[:, :, None, :], lambda a: a[:, :, 0] if a.ndim == 4 else a)
        return [(line, line, line)]
    if x.ndim in (1, 2):
        lead = (None, None, None)[: 4 - x.ndim]
        plain = Layout(lambda a: a[lead], lambda a: a.reshape(a.shape[4 - x.ndim :]))
        return [(plain, plain, plain)]
    return []


def _moved_back(axes: tuple[int, ...]) -> Any:
    return lambda a: a.transpose(axes) if a.ndim == 4 else a


def _pool(kind: str) -> Any:
    def forward(e: Env) -> Any:
        s, k = e.about["stride"], e.about["size"]
        h, w = e.x.shape[-2:]
        oh, ow = (h - k) // s + 1, (w - k) // s + 1
        y = np.zeros((*e.x.shape[:-2], oh, ow))
        for i in range(oh):
            for j in range(ow):
                window = e.x[..., i * s : i * s + k, j * s : j * s + k]
                y[..., i, j] = getattr(window, kind)(axis=(-2, -1))
        return y

    return forward


def pool_back(e: Env, how: str) -> Any:
    """
    Give the gradient back to the windows.

    Parameters
    ----------
    e : Env
    how : str
        To whom: "first" maximum, "last", "shared", "all", "none" of ties, or "even" to all; with
        "/assign", "/1", "/swapped" where windows overwrite, or stand elsewhere ("/1 read": where
        they are read there, too).
    """
    how, _, where = how.partition("/")
    out = np.zeros_like(e.x)
    k = e.about["size"]
    for i, j, rows, cols in places_of(e):
        if where in ("1 read", "swapped read"):
            s = 1 if where == "1 read" else e.about["stride"]
            a, b = (i, j) if where == "1 read" else (j, i)
            rows, cols = slice(a * s, a * s + k), slice(b * s, b * s + k)
        window = e.x[..., rows, cols]
        flat = window.reshape(*window.shape[:-2], -1)
        part = (_shares(flat, how) * e.g[..., i, j][..., None]).reshape(window.shape)
        if where == "1":
            rows, cols = slice(i, i + k), slice(j, j + k)
        elif where == "swapped":
            s = e.about["stride"]
            rows, cols = slice(j * s, j * s + k), slice(i * s, i * s + k)
        out[..., rows, cols] = _put(out[..., rows, cols], part, where, part != 0)
    return out


def _put(old: Any, part: Any, where: str, hit: Any) -> Any:
    if where == "assign":
        return np.where(hit, part, old)
    return part if where == "over" else old + part


def _shares(flat: Any, how: str) -> Any:
    n = flat.shape[-1]
    if how == "even":
        return np.full(flat.shape, 1 / n)
    if how == "undivided":
        return np.ones(flat.shape)
    top = (flat == flat.max(axis=-1, keepdims=True)) * 1.0
    count = top.sum(axis=-1, keepdims=True)
    if how == "all":
        return top
    if how == "none":
        return top * (count == 1)
    if how == "shared":
        return top / count
    index = flat.argmax(-1) if how == "first" else n - 1 - flat[..., ::-1].argmax(-1)
    return np.eye(n)[index]


def _pool_link(kind: str, size: int, stride: int) -> Link:
    how = "first" if kind == "max" else "even"
    return Link(
        "pool",
        f"{'maximum' if kind == 'max' else 'average'} pooling",
        _pool(kind),
        {"x": lambda e: pool_back(e, how)},
        {"kind": kind, "size": size, "stride": stride, "kh": lambda e: size, "kw": lambda e: size,
         "also": ("shared", "last") if kind == "max" else ()},
    )  # fmt: skip


def _pools(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    values, output = observed[0]
    x = values[subject.inputs[0]]
    if x.ndim < 2 or x.ndim != output.ndim:
        return
    arrangements = [SAME]
    if x.ndim == 4:
        arrangements.append(Layout(lambda a: a.transpose(0, 3, 1, 2), _moved_back((0, 2, 3, 1))))
    for layout in arrangements:
        a, b = layout.there(x).shape, layout.there(output).shape
        if a[:-2] != b[:-2]:
            continue
        for size in range(2, min(a[-2:]) + 1):
            for stride in range(1, size + 1):
                if any((m - size) // stride + 1 != n for m, n in zip(a[-2:], b[-2:], strict=False)):
                    continue
                for kind in ("max", "mean"):
                    part = Part(_pool_link(kind, size, stride))
                    yield from fitting(
                        Chain((part,), Ref(subject.inputs[0], layout), layout), observed
                    )


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find the convolution or the pooling that a program computes."""
    if not subject.inputs or subject.is_loss:
        return
    if len(subject.inputs) > 1 or subject.parameters:
        yield from _convolutions(subject, observed)
    else:
        yield from _pools(subject, observed)
