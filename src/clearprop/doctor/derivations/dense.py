"""Dense networks: from a single activation to affine layers with activations and a loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import (
    ACTIVATIONS,
    LOG_SOFTMAX,
    SOFTMAX,
    activation_link,
)
from clearprop.doctor.derivations.chain import (
    FLAT,
    FLAT_TURNED,
    ROW,
    SAME,
    TURNED,
    Chain,
    Env,
    Grid,
    Layout,
    Link,
    Part,
    Ref,
)
from clearprop.doctor.derivations.layouts import Layer, layouts_of, paired, weight_layout
from clearprop.doctor.derivations.losses import LOSSES, LOSSES_OF_SHARES, SUMMED

__all__ = ["AFFINE", "Observed", "chains", "close", "dense_chains", "fitting"]

Observed = tuple[Mapping[str, np.ndarray], np.ndarray]

HIDDEN = ("sigmoid", "tanh", "relu", "leaky relu 0.01", "linear", "leaky relu 0.1",
           "leaky relu 0.2", "elu", "softplus", "swish", "gelu")  # fmt: skip


def _bias(e: Env) -> Any:
    return e.b if hasattr(e, "b") else 0.0


AFFINE = Link(
    "affine",
    "affine",
    lambda e: e.x @ e.W + _bias(e),
    {
        "W": lambda e: e.x.T @ e.g,
        "b": lambda e: e.g.sum(axis=0),
        "x": lambda e: e.g @ e.W.T,
    },
)


def _with_ones(first: bool) -> Link:
    """Give the affine link whose weights have a row for a constant input of 1."""

    def longer(e: Env) -> Any:
        ones = np.ones((len(e.x), 1))
        return np.hstack([ones, e.x] if first else [e.x, ones])

    def back(e: Env) -> Any:
        g = e.g @ e.W.T
        return g[:, 1:] if first else g[:, :-1]

    return Link(
        "affine",
        "affine with a constant input",
        lambda e: longer(e) @ e.W,
        {"W": lambda e: longer(e).T @ e.g, "x": back},
        {"ones": "first" if first else "last"},
    )


WITH_ONES = (_with_ones(False), _with_ones(True))


def dense_chains(
    x: str,
    target: str | None,
    parameters: Sequence[str],
    observed: Sequence[Observed],
    is_loss: bool,
    penalised: bool = False,
) -> Iterator[Chain]:
    """
    Find the dense networks that give what was observed.

    Parameters
    ----------
    x, target : str
        The names of the input and the target.
    parameters : sequence of str
    observed : sequence of (values, output)
    is_loss : bool
        Whether the output is a number to be differentiated.
    penalised : bool
        Whether the loss may have a penalty on the weights added.

    Yields
    ------
    Chain
    """
    values, _ = observed[0]
    if any(values[n].ndim > 2 for n in parameters):
        return
    if not parameters:
        yield from _without_weights(x, target, observed, is_loss)
        return
    for layers in paired(parameters, values):
        for (way, layout), turned in product(layouts_of(values[x]), (False, True)):
            yield from _with_layers(
                x, layout, way, turned, layers, target, observed, is_loss, penalised
            )


def _without_weights(
    x: str, target: str | None, observed: Sequence[Observed], is_loss: bool
) -> Iterator[Chain]:
    values, _ = observed[0]
    layouts = layouts_of(values[x]) if values[x].ndim < 3 else [("row", SAME)]
    for way, layout in layouts:
        for ahead in ([], *([a] for a in activations(tuple(ACTIVATIONS)))):
            if is_loss:
                yield from _ended(Ref(x, layout), ahead, target, observed, way)
            elif ahead:
                yield from fitting(Chain(tuple(ahead), Ref(x, layout), layout), observed)
        if not is_loss:
            for link in (SOFTMAX, LOG_SOFTMAX):
                yield from fitting(Chain((Part(link),), Ref(x, layout), layout), observed)


def activations(names: Sequence[str]) -> list[Part]:
    return [Part(activation_link(ACTIVATIONS[name])) for name in names]


def _affine(
    layer: Layer, values: Mapping[str, np.ndarray], turned: bool, units: int, columns: bool
) -> Part | None:
    w = values[layer.W]
    layout = weight_layout(w, turned)
    if layout is None:
        return None
    shape = layout.there(w).shape
    roles = {"W": Ref(layer.W, layout)}
    if layer.b is not None:
        b = values[layer.b]
        if b.size not in (1, shape[1]):
            return None
        flat = FLAT_TURNED if columns and b.ndim == 2 else FLAT
        roles["b"] = Ref(layer.b, flat)
    if shape[0] == units:
        return Part(AFFINE, roles)
    return None


def _with_layers(  # noqa: C901 - a case a custom
    x: str, layout: Layout, way: str, turned: bool, layers: Sequence[Layer],
    target: str | None, observed: Sequence[Observed], is_loss: bool, penalised: bool,
) -> Iterator[Chain]:  # fmt: skip
    """Try the activations that there may be behind each layer."""
    values, _ = observed[0]
    units = layout.there(values[x]).shape[1]
    parts: list[list[Part]] = []
    for layer in layers:
        w = weight_layout(values[layer.W], turned)
        if w is None:
            return
        rows, outs = w.there(values[layer.W]).shape
        part = _affine(layer, values, turned, units, way == "column")
        if part is not None:
            parts.append([part])
        elif rows == units + 1 and layer.b is None:
            parts.append([Part(link, {"W": Ref(layer.W, w)}) for link in WITH_ONES])
        else:
            return
        units = outs
    hidden = len(layers) - 1
    same = [[a] * hidden for a in activations(HIDDEN)]
    mixed: list[list[Part]] = []
    if hidden == 2:
        mixed = [list(p) for p in product(activations(HIDDEN[:5]), repeat=2)]
    for chosen in product(*parts):
        for between in [*same, *mixed] if hidden else [[]]:
            ahead: list[Part] = []
            for k, affine in enumerate(chosen):
                ahead += [affine, *between[k : k + 1]]
            ref = Ref(x, layout)
            if is_loss:
                yield from _ended(ref, ahead, target, observed, way, penalised)
                for a in activations([n for n in HIDDEN if n != "linear"]):
                    yield from _ended(ref, [*ahead, a], target, observed, way, penalised)
            else:
                ends: list[list[Part]] = [
                    [],
                    *([a] for a in activations(HIDDEN)),
                    [Part(SOFTMAX)],
                ]
                for end in ends:
                    if not end and values[x].shape == observed[0][1].shape:
                        yield from fitting(Chain((*ahead, _SKIP), ref, layout), observed)
                    out = layout if values[x].ndim < 3 else SAME
                    yield from fitting(Chain((*ahead, *end), ref, out), observed)


def _ended(
    ref: Ref | Grid, ahead: Sequence[Part], target: str | None, observed: Sequence[Observed],
    way: str, penalised: bool = False,
) -> Iterator[Chain]:  # fmt: skip
    """Try the losses behind a network."""
    shares = (bool(ahead) and ahead[-1].link.name in ("sigmoid", "linear")) or not ahead
    losses = [*LOSSES, *(LOSSES_OF_SHARES if shares else [])] if target else SUMMED
    envs = Chain((*ahead, NOTHING), ref).run(observed[0][0])
    if not ahead:
        fused = losses
    else:
        fused = losses
    y = envs[-1].y
    for link in fused:
        roles = {}
        if target is not None:
            t = observed[0][0][target]
            turned = t.ndim == 2 and way == "column"
            flat = t.ndim == 1 and t.size == y.size
            roles["t"] = Ref(target, TURNED if turned else ROW if flat and len(y) == 1 else SAME)
        chain = Chain((*ahead, Part(link, roles)), ref)
        if penalised:
            yield from _penalised(chain, observed)
        elif last_fits(chain, envs, observed[0]):
            yield from fitting(chain, observed)
    if penalised:
        return
    if target is not None:
        turned = observed[0][0][target].ndim == 2 and way == "column"
        t_ref = Ref(target, TURNED if turned else SAME)
        for link in LOSSES[:8]:
            chain = Chain((*ahead, Part(SOFTMAX), Part(link, {"t": t_ref})), ref)
            yield from fitting(chain, observed)


_SKIP = Part(
    Link(
        "skip", "skip connection", lambda e: e.x + e.envs[0].x,
        {"x": lambda e: e.g, "skip": lambda e: e.g},
    )
)  # fmt: skip
NOTHING = Part(Link("nothing", "nothing", lambda e: e.x, {"x": lambda e: e.g}))


def _penalised(chain: Chain, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Try a penalty on the weights, or on the biases too, beside a loss."""
    rest = []
    try:
        for values, output in observed:
            rest.append(float(output - chain.forward(values)))
    except (ValueError, IndexError, TypeError):
        return
    every = {n for p in chain.parts for r, ref in p.roles.items() if r != "t" for n in ref.names}
    for names in (chain.weights, frozenset(every)):
        sums = [sum(float(np.sum(v[n] ** 2)) for n in names) for v, _ in observed]
        if not min(sums, default=0.0):
            continue
        c = rest[0] / sums[0]
        same = all(
            abs(r - c * s) <= 1e-6 * abs(c * s) + 1e-9 for r, s in zip(rest, sums, strict=False)
        )
        if same and 1e-7 < c < 1e3 and len(observed) > 1:
            yield Chain(chain.parts, chain.x, chain.output, dict.fromkeys(names, c))
            return


def last_fits(chain: Chain, envs: list[Env], seen: Observed) -> bool:
    """Try the loss alone, on the output that is computed already."""
    values, output = seen
    e = envs[-1]
    part = chain.parts[-1]
    try:
        for role, r in part.roles.items():
            setattr(e, role, r.read(values))
        return close(part.link.forward(e), output)
    except (ValueError, IndexError):
        return False


def fitting(chain: Chain, observed: Sequence[Observed], rtol: float = 2e-5) -> Iterator[Chain]:
    """Hold a chain to all that was observed; give it if it agrees."""
    for values, output in observed:
        try:
            if not close(chain.forward(values), output, rtol):
                return
        except (ValueError, IndexError):
            return
    yield chain


def close(a: np.ndarray, b: np.ndarray, rtol: float = 2e-5) -> bool:
    """Tell the same numbers, whatever axes of length 1 there are."""
    a, b = np.squeeze(np.asarray(a)), np.squeeze(np.asarray(b))
    if a.shape != b.shape or not np.isfinite(a).all():
        return False
    scale = float(np.max(np.abs(b), initial=0.0))
    return bool(np.all(np.abs(a - b) <= rtol * (np.abs(b) + 0.01 * scale) + 1e-12))


ORDER = 10  # the commonest forward passes are tried first


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find the dense networks that compute what a program computes."""
    values, _ = observed[0]
    if of_single_numbers(subject, values):
        return  # put together to matrices elsewhere
    if getattr(subject, "traceable", False) and (subject.parameters or len(subject.inputs) > 1):
        return  # its forward pass was read: it is none of these, or was found
    for penalised in (False, True) if subject.is_loss else (False,):
        for x, target, parameters in _arranged(subject, values):
            yield from dense_chains(x, target, parameters, observed, subject.is_loss, penalised)


def of_single_numbers(subject: Any, values: Mapping[str, np.ndarray]) -> bool:
    """Tell programs whose weights are single numbers with names."""
    return subject.is_loss and sum(values[n].ndim == 0 for n in subject.parameters) > 2


def _arranged(  # noqa: C901 - a case a custom
    subject: Any, values: Mapping[str, np.ndarray]
) -> Iterator[tuple[str, str | None, list[str]]]:
    """Tell input and target among what a program was given, or has of itself."""
    inputs, data = list(subject.inputs), list(getattr(subject, "data", ()))
    own = list(subject.parameters)
    if inputs:
        if len(inputs) <= 3:
            yield inputs[0], subject.target, [*inputs[1:], *own]
        return
    if subject.target is not None:
        for x in data:
            yield x, subject.target, own
        if len(own) == 1:
            yield own[0], subject.target, []
        return
    thick = [n for n in data if values[n].ndim]
    for x in thick:
        for t in thick:
            if t != x:
                yield x, t, own
        for t in data:
            if not values[t].ndim:
                yield x, t, own
    for x in thick:
        yield x, None, own
    if len(own) == 1:  # a loss of the output itself
        for t in thick:
            yield own[0], t, []
        yield own[0], None, []
