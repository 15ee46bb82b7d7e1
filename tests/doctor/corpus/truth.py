"""Is a program right? Central differences of its own forward, knowing nothing of mistakes.

This is the corpus's own judge of its labels: it shares no code with the doctor and names nothing.
"""

from __future__ import annotations

import copy
import inspect
import re
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.doctor.corpus.books import numbers_are_wrong
from tests.doctor.corpus.rules import optimizer_is_wrong
from tests.doctor.corpus.slots import (
    at,
    attributes,
    flat,
    numbers,
    one_sided,
    put,
    same,
    seeded,
    slopes,
)
from tests.doctor.corpus.truth_of_steps import (
    BACKWARD,
    FORWARD,
    named,
    other_params,
    step_is_wrong,
    stepping_is_wrong,
    values_are_wrong,
)

__all__ = ["is_wrong"]


def is_wrong(subject: Any, x: Any = None, t: Any = None, **asked: Any) -> bool:
    """Judge as ``check`` is asked to, by measuring alone."""
    if "model" in asked:
        return numbers_are_wrong(subject, x=x, **asked)
    if isinstance(subject, (dict, SimpleNamespace)) and "grads" not in asked:
        names = subject if isinstance(subject, dict) else attributes(subject)
        first = "loss" if "loss" in names else "forward"
        second = next(n for n in ("gradient", "grad", "backward") if n in names)
        subject = (names[first], names[second])
    if isinstance(subject, tuple):
        pair_of = loss_pair_is_wrong if asked.get("params") is not None else None
        if pair_of is None or (t is None and returns_output(subject[0], x, asked["params"])):
            return functions_are_wrong(subject, x, t, asked.get("params"))
        return pair_of(subject, x, t, asked["params"])
    if isinstance(subject, type) and x is None:
        return values_are_wrong(subject)
    if isinstance(subject, type):
        subject = subject()
    if inspect.isfunction(subject) and asked.get("params") is None:
        return pullback_is_wrong(subject, x)
    if inspect.isfunction(subject):
        return step_is_wrong(subject, x, t, **asked)
    if x is None:
        return optimizer_is_wrong(subject)
    if named(subject, GRADIENT) and callable(getattr(subject, "loss", None)):
        return network_is_wrong(subject, x, t)
    if asked.get("lr") is not None or hasattr(subject, "backPropagate"):
        return stepping_is_wrong(subject, x, t, **asked)
    return layer_is_wrong(subject, x, t, asked.get("loss"))


GRADIENT = ("gradient", "grad", "gradients", "backward")
STEP = re.compile(r"(\w+)|\[(\d+)\]")


def address(net: Any, key: str) -> tuple[Any, ...]:
    """Say where in a network something called ``layers[0].W``, ``W`` or ``dW`` is."""
    path = tuple(int(i) if i else name for name, i in STEP.findall(key))
    return path if path[0] in attributes(net) else (key[1:],)


def other(x: Any) -> Any:
    """Another input of the same kind."""
    if isinstance(x, tuple):
        return tuple(other(part) for part in x)
    if isinstance(x, list):
        return [other(part) for part in x]
    if isinstance(x, np.ndarray):
        return x if x.dtype.kind in "iu" else 0.6 * (x[::-1] if x.ndim else x) - 0.11
    return 0.6 * x - 0.11


def weigh(y: Any, seed: int = 3) -> Any:
    """Upstream gradients of the form of y."""
    if isinstance(y, (list, tuple)):
        return type(y)(weigh(part, 7 * seed + i) for i, part in enumerate(y))
    rng = np.random.default_rng(seed)
    value = rng.uniform(0.3, 1.7, np.shape(y)) * rng.choice([-1, 1], np.shape(y))
    return value if isinstance(y, np.ndarray) else float(value)


def dot(a: Any, b: Any) -> float:
    """Σ a·b over everything."""
    return float(flat(a) @ flat(b))


def pairs_of(layer: Any) -> list[tuple[str, tuple[Any, ...], tuple[Any, ...]]]:
    """Find parameters and their gradients among the attributes: name, path, path."""
    own = attributes(layer)
    for p, g in (("params", "grads"), ("params", "gradients"), ("weights", "nabla")):
        if isinstance(own.get(p), (dict, list)) and isinstance(own.get(g), (dict, list)):
            keys = own[p] if isinstance(own[p], dict) else range(len(own[p]))
            return [(str(k), (p, k), (g, grad_key(own[g], k))) for k in keys]
    forms = ("d{}", "d_{}", "grad_{}", "{}_grad", "g{}", "g_{}", "{}g", "delta_{}", "{}_gradient")
    boxes = [
        name for name, held in own.items() if {"data", "grad"} <= set(getattr(held, "__dict__", ()))
    ]
    if boxes:
        return [(name, (name, "data"), (name, "grad")) for name in boxes]
    return [
        (name, (name,), (form.format(name),))
        for name in own
        for form in forms
        if form.format(name) in own
    ]


def grad_key(grads: Any, key: Any) -> Any:
    """What a gradient is called where the parameter is called `key`."""
    if isinstance(grads, dict) and key not in grads and f"d{key}" in grads:
        return f"d{key}"
    return key


def layer_is_wrong(layer: Any, x: Any, t: Any, loss: Any = None) -> bool:
    """Judge an object with forward and backward, at two inputs, one after the other."""
    xs = list(x) if isinstance(x, tuple) else [x]
    forward_of = lambda one: named(one, FORWARD)
    backward_of = lambda one: named(one, BACKWARD)

    def run(one: Any, given: list[Any]) -> Any:
        y = forward_of(one)(*given, *([] if t is None else [t]))
        return y

    def measured(box: dict[str, Any]) -> float:
        y = run(box["layer"], box["xs"])
        return dot(up, y) if up is not None else float(loss(y, t) if loss else y)

    early, own = copy.deepcopy(layer), set(attributes(layer))
    for given in (xs, [other(part) for part in xs]):
        layer = copy.deepcopy(early)
        y = seeded(run, early, copy.deepcopy(given))
        takes = len(inspect.signature(backward_of(early)).parameters)
        number = not np.ndim(y) and (t is not None or not takes)
        up = None if number else weigh(y)
        given_back = [1.0 if up is None else up][:takes]
        back = backward_of(early)(*(up if takes > 1 and isinstance(up, tuple) else given_back))
        returned = list(back) if isinstance(back, tuple) else [back]
        claims = [np.asarray(r) if isinstance(r, np.ndarray) else r for r in returned]
        box = {"layer": layer, "xs": given}
        places = [("xs", i) for i in range(len(xs))]
        found = [pair for pair in pairs_of(early) if pair[1][0] in own]
        claims = claims[: len(places)] + [grad_at(early, g) for _, _, g in found]
        if len(returned) > len(xs) and not found:
            claims = returned
            names = [k for k in attributes(layer) if is_weight(attributes(layer)[k])]
            places += [("layer", k) for k in names[: len(returned) - len(xs)]]
        places += [("layer", *p) for _, p, _ in found]
        for place, claim in zip(places, claims, strict=True):
            if not agrees(measured, box, place, claim):
                return True
    return shares_memory(layer, xs, t, forward_of, backward_of)


def grad_at(layer: Any, path: tuple[Any, ...]) -> Any:
    """Read a gradient; None if there is none."""
    try:
        return at(layer, path)
    except (KeyError, IndexError):
        return None


def is_weight(value: Any) -> bool:
    """Whether an attribute may be a parameter."""
    return isinstance(value, (np.ndarray, list)) and len(flat(value)) > 0


def grad_of(measured: Any, box: Any, place: tuple[Any, ...]) -> Any:
    """Measure the gradient of one place in its own form."""
    value = at(box, place)
    paths = [(*place, *p) for p in numbers(value)] if not isinstance(value, float) else [place]
    if isinstance(value, np.ndarray) and value.dtype.kind in "iu":
        return None
    row = slopes(measured, box, paths)
    return np.reshape(row, value.shape) if isinstance(value, np.ndarray) else row


def agrees(measured: Any, box: Any, place: tuple[Any, ...], claim: Any) -> bool:
    """Whether a claimed gradient is the measured one, or one of those that fit at a kink."""
    true = grad_of(measured, box, place)
    if same(claim, true):
        return True
    value, given = at(box, place), flat(claim)
    paths = [(*place, *p) for p in numbers(value)]
    shaped = isinstance(value, np.ndarray) and np.shape(claim) != value.shape
    if shaped or isinstance(value, float) or len(given) != len(paths):
        return False
    left, right = (np.array(one_sided(measured, box, paths, h)) for h in (-1e-6, 1e-6))
    bent = np.abs(left - right) > 1e-3
    low, high = np.minimum(left, right), np.maximum(left, right)
    between = np.all((given >= low - 1e-3) & (given <= high + 1e-3))
    smooth = same(np.where(bent, 0.0, given), np.where(bent, 0.0, flat(true)))
    ends = []
    for step in (1e-5, -1e-5):
        other_box = copy.deepcopy(box)
        for path in paths:
            put(other_box, path, at(other_box, path) + step)
        ends.append(seeded(measured, other_box))
    along = (ends[0] - ends[1]) / 2e-5
    return bool(bent.any() and between and smooth and abs(along - np.sum(given)) < 1e-4)


def shares_memory(layer: Any, xs: Any, t: Any, forward_of: Any, backward_of: Any) -> bool:
    """See whether a second object's forward changes the first one's backward."""
    if t is not None:
        return False
    claims = []
    for between in (False, True):
        one, two = copy.deepcopy(layer), copy.deepcopy(layer)
        y = seeded(forward_of(one), *copy.deepcopy(xs))
        if between:
            forward_of(two)(*[other(part) for part in xs])
        takes = len(inspect.signature(backward_of(one)).parameters)
        up = weigh(y)
        spread = takes > 1 and isinstance(up, tuple)
        returned = flat(backward_of(one)(*(up if spread else [up][:takes])))
        kept = [flat(grad_at(one, g)) for _, _, g in pairs_of(one)]
        claims.append(np.concatenate([returned, *kept]))
    return not same(*claims)


def returns_output(forward: Any, x: Any, params: Any) -> bool:
    """Whether a function with parameters gives outputs, not a loss."""
    if x is None or not isinstance(params, dict):
        return False
    xs = x if isinstance(x, tuple) else (x,)
    takes = [p for p in inspect.signature(forward).parameters.values() if p.default is p.empty]
    if len(takes) != len(xs) + len(params):
        return False
    result = forward(*xs, *params.values())
    return isinstance(result, tuple) or np.ndim(result) > 0


def functions_are_wrong(pair: Any, x: Any, t: Any, params: Any) -> bool:
    """Judge forward(x, *params) → out or (out, cache), backward(dout[, cache])."""
    forward, backward = pair
    xs = list(x) if isinstance(x, tuple) else [x]
    for given in (xs, [other(part) for part in xs]):
        args = [*given, *(params or {}).values(), *([] if t is None else [t])]
        result = seeded(forward, *copy.deepcopy(args))
        cached = isinstance(result, tuple)
        y = result[0] if cached else result
        up = None if t is not None else weigh(y)
        back = backward(*([] if up is None else [up]), *([result[1]] if cached else []))
        wanted = args if t is None else args[:-1]
        claims = list(back.values()) if isinstance(back, dict) else back
        row = isinstance(back, list) and len(wanted) == 1 and not np.ndim(back[0])
        claims = list(claims) if isinstance(claims, (tuple, list)) and not row else [claims]

        def measured(box: Any, up: Any = up, cached: bool = cached) -> float:
            out = forward(*box)
            out = out[0] if cached else out
            return dot(up, out) if up is not None else float(out)

        alone = isinstance(back, np.ndarray) and len(wanted) > 1
        if len(claims) != (1 if alone else len(wanted)):
            return True
        if not all(agrees(measured, args, (i,), claim) for i, claim in enumerate(claims)):
            return True
    return False


def pullback_is_wrong(f: Any, x: Any) -> bool:
    """Judge f(x) → (y, back)."""
    xs = list(x) if isinstance(x, tuple) else [x]
    for given in (xs, [other(part) for part in xs]):
        y, back = seeded(f, *copy.deepcopy(given))
        up = weigh(y)
        claims = back(up)
        claims = list(claims) if isinstance(claims, tuple) and len(xs) > 1 else [claims]
        measured = lambda box, up=up: dot(up, f(*box)[0])
        if len(claims) != len(xs):
            return True
        if not all(agrees(measured, given, (i,), claim) for i, claim in enumerate(claims)):
            return True
    return False


def loss_pair_is_wrong(pair: Any, x: Any, t: Any, params: Any) -> bool:
    """Judge loss(params), grad(params), with data or without, twice."""
    loss, grad = pair
    data = [part for part in (x, t) if part is not None]
    call = lambda f, p: f(p) if not data else f(*data, *(p.values() if isinstance(p, dict) else p))
    takes = len(inspect.signature(loss).parameters)
    if data and takes == 1 + len(data):
        call = lambda f, p: f(p, *data)
    elif not data and isinstance(params, list) and takes == len(params) > 1:
        call = lambda f, p: f(*p)
    for given in (params, other_params(params)):
        claim = call(grad, copy.deepcopy(given))
        claim = [claim[grad_key(claim, k)] for k in given] if isinstance(claim, dict) else claim
        if isinstance(given, dict) and len(given) == 1 and not isinstance(claim, (list, tuple)):
            claim = [claim]
        keys = list(given) if isinstance(given, dict) else range(len(given))
        if isinstance(given, np.ndarray):
            true = grad_of(lambda b: float(call(loss, b["p"])), {"p": given}, ("p",))
            if not same(claim, true):
                return True
            continue
        trues = [grad_of(lambda b: float(call(loss, b)), given, (k,)) for k in keys]
        if claim is None or len(claim) != len(trues):
            return True
        if not all(same(c, r) for c, r in zip(claim, trues, strict=True)):
            return True
    return False


def network_is_wrong(net: Any, x: Any, t: Any) -> bool:
    """Judge loss(x, t) and gradient(x, t), called twice."""
    net, early = copy.deepcopy(net), copy.deepcopy(net)
    for inputs in (x, other(x)):
        if named(net, GRADIENT[:-1]) is None:
            early.loss(copy.deepcopy(inputs), t)
        claim = seeded(named(early, GRADIENT), copy.deepcopy(inputs), t)
        holder = (
            "params" if "params" in attributes(net) else "p" if "p" in attributes(net) else None
        )
        for key, value in claim.items():
            name = key if holder is None or key in attributes(net)[holder] else key[1:]
            place = (holder, name) if holder else address(net, key)
            true = grad_of(lambda one, i=inputs: float(one.loss(i, t)), net, place)
            if not same(value, true):
                return True
        if holder and len(claim) != len(attributes(net)[holder]):
            return True
    return False
