"""Optimizers written by hand: run on gradients that are given, held against the known rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.findings import Evidence, Finding
from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.signature import arguments, first_of, roles
from clearprop.doctor.submitted.snapshot import Snapshot, functions_of
from clearprop.doctor.submitted.subject import Asked
from clearprop.doctor.submitted.variables import plain

__all__ = ["OPTIMIZER_STEPS", "Ran", "is_optimizer", "judge_optimizer"]

OPTIMIZER_STEPS = ("update", "step", "apply", "apply_gradients", "optimize", "__call__")
_STEPS = 6

_SETTINGS = {
    "lr": ("lr", "learning_rate", "eta", "alpha", "rate", "step_size", "learningrate"),
    "momentum": ("momentum", "mu", "beta", "m_coef", "gamma"),
    "beta1": ("beta1", "beta_1", "b1"),
    "beta2": ("beta2", "beta_2", "b2"),
    "rho": ("rho", "decay_rate", "decay", "alpha_", "gamma", "beta"),
    "eps": ("eps", "epsilon", "e", "eps_"),
}

Step = Callable[[dict[str, Any], np.ndarray, int, Mapping[str, float], str], np.ndarray]


def _sgd(s: dict[str, Any], g: np.ndarray, t: int, h: Mapping[str, float], m: str) -> np.ndarray:
    return -h["lr"] * g


def _momentum(form: str) -> Step:
    def step(
        s: dict[str, Any], g: np.ndarray, t: int, h: Mapping[str, float], m: str
    ) -> np.ndarray:
        b, lr, v = h["momentum"], h["lr"], s.get("v", np.zeros_like(g))
        if m == "momentum-sign":
            b = -b
        if form == "velocity":  # v = βv − ηg; w += v
            new = b * v - lr * g
            s["v"] = -g if m == "momentum-raw-gradient" else new
            if m == "momentum-raw-gradient/lr":
                s["v"] = -lr * g
            return new
        if form == "sum":  # v = βv + g; w −= ηv
            new = b * v + g
            s["v"] = g if m.startswith("momentum-raw-gradient") else new
            return -lr * new
        if form == "mean":  # v = βv + (1 − β)g; w −= ηv
            new = b * v + (1 - abs(b)) * g
            s["v"] = g if m.startswith("momentum-raw-gradient") else new
            return -lr * new
        new = b * v - lr * g  # Nesterov: look ahead by the velocity
        s["v"] = new
        if form == "nesterov":
            return b * new - lr * g
        return -b * v + (1 + b) * new

    return step


def _adagrad(inside: bool) -> Step:
    def step(
        s: dict[str, Any], g: np.ndarray, t: int, h: Mapping[str, float], m: str
    ) -> np.ndarray:
        squares = np.abs(g) if m == "second-moment-not-squared" else g * g
        s["a"] = s.get("a", 0.0) + squares
        root = np.sqrt(s["a"] + h["eps"]) if inside else np.sqrt(s["a"]) + h["eps"]
        return np.asarray(-h["lr"] * g / root)

    return step


def _rmsprop(inside: bool) -> Step:
    def step(
        s: dict[str, Any], g: np.ndarray, t: int, h: Mapping[str, float], m: str
    ) -> np.ndarray:
        squares = np.abs(g) if m == "second-moment-not-squared" else g * g
        s["a"] = h["rho"] * s.get("a", 0.0) + (1 - h["rho"]) * squares
        root = np.sqrt(s["a"] + h["eps"]) if inside else np.sqrt(s["a"]) + h["eps"]
        return np.asarray(-h["lr"] * g / root)

    return step


def _adam(form: str) -> Step:
    def step(
        s: dict[str, Any], g: np.ndarray, t: int, h: Mapping[str, float], m: str
    ) -> np.ndarray:
        b1, b2, lr, eps = h["beta1"], h["beta2"], h["lr"], h["eps"]
        squares = np.abs(g) if m == "second-moment-not-squared" else g * g
        s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
        s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * squares
        t = 1 if m == "adam-step-stuck" else t
        c1, c2 = 1 - b1**t, 1 - b2**t
        if m == "adam-step-stuck/0":
            c1 = c2 = 1.0
        if m == "adam-without-bias-correction" or m == "adam-without-bias-correction/first":
            c1 = 1.0
        if m == "adam-without-bias-correction" or m == "adam-without-bias-correction/second":
            c2 = 1.0
        if form == "short":  # ηₜ = η√c₂/c₁; ε not corrected
            root = (
                np.sqrt(s["v"] + eps) if m == "adam-epsilon-inside-root" else np.sqrt(s["v"]) + eps
            )
            return np.asarray(-lr * np.sqrt(c2) / c1 * s["m"] / root)
        v = s["v"] / c2
        root = np.sqrt(v + eps) if m == "adam-epsilon-inside-root" else np.sqrt(v) + eps
        return np.asarray(-lr * s["m"] / c1 / root)

    return step


@dataclass(frozen=True)
class Rule:
    """One way to write a rule, and the mistakes that it can have."""

    name: str
    step: Step
    needs: tuple[str, ...]
    mistakes: tuple[str, ...] = ()


_SECOND = ("second-moment-not-squared",)
_ADAM = ("adam-without-bias-correction", "adam-without-bias-correction/first",
         "adam-without-bias-correction/second", "adam-epsilon-inside-root", "adam-step-stuck",
         *_SECOND)  # fmt: skip
_RAW = ("momentum-raw-gradient", "momentum-raw-gradient/lr", "momentum-sign")
RULES = (
    Rule("adam", _adam("long"), ("beta1", "beta2", "eps"), _ADAM),
    Rule("adam", _adam("short"), ("beta1", "beta2", "eps"), _ADAM),
    Rule("rmsprop", _rmsprop(inside=False), ("rho", "eps"), _SECOND),
    Rule("rmsprop", _rmsprop(inside=True), ("rho", "eps"), _SECOND),
    Rule("momentum", _momentum("velocity"), ("momentum",), _RAW),
    Rule("momentum", _momentum("sum"), ("momentum",), _RAW),
    Rule("momentum", _momentum("mean"), ("momentum",), ("momentum-sign",)),
    Rule("nesterov", _momentum("nesterov"), ("momentum",)),
    Rule("nesterov", _momentum("look ahead"), ("momentum",)),
    Rule("adagrad", _adagrad(inside=False), ("eps",), _SECOND),
    Rule("adagrad", _adagrad(inside=True), ("eps",), _SECOND),
    Rule("sgd", _sgd, ()),
)


def is_optimizer(thing: Any, asked: Asked) -> bool:
    """Tell optimizers: they have a step, and neither a way forward nor data to go with."""
    if "rule" in asked.options:
        return True
    if asked.x is not None or asked.params is not None or isinstance(thing, tuple | list | dict):
        return False
    functions = functions_of(thing) if not callable(thing) or hasattr(thing, "__dict__") else {}
    names = {n.lower() for n in functions}
    ways = names & {"forward", "predict", "backward", "backpropagate", "gradient", "loss"}
    return not ways and first_of(OPTIMIZER_STEPS[:5], functions) is not None


@dataclass(frozen=True)
class Ran:
    """The weights of each step, of two parameters."""

    path: dict[str, list[np.ndarray]]
    first: dict[str, np.ndarray]
    gradients: list[dict[str, np.ndarray]]


def judge_optimizer(thing: Any, asked: Asked, budget: Budget) -> tuple[bool | None, list[Finding]]:
    """
    Judge an optimizer.

    Parameters
    ----------
    thing : object
    asked : Asked
    budget : Budget

    Raises
    ------
    Failed
        If it cannot be run.
    """
    if isinstance(thing, type):
        thing = budget.call("made", thing)
    snapshot = Snapshot(thing)
    try:
        ran = _run(thing, asked, budget, snapshot)
    finally:
        snapshot.restore()
    settings = _settings(thing, asked)
    rules = [r for r in RULES if _may_be(r, settings, asked)]
    for rule in rules:
        if _same(ran, _computed(rule, settings, ran)):
            return True, []
    names: dict[str, None] = {}
    for rule in rules:
        for mistake, path in _mistaken(rule, settings, ran):
            if _same(ran, path):
                names[mistake.partition("/")[0]] = None
    if not names:
        facts = (("no_rule", {"rules": ", ".join(dict.fromkeys(r.name for r in rules))}),)
        return False, [Finding("unexplained", facts=facts)]
    first, *others = names
    right = _computed(rules[0], settings, ran)
    return False, [Finding(first, tuple(others), (rules[0].name,), _evidence(ran, right))]


def _settings(thing: Any, asked: Asked) -> dict[str, float]:
    held = (
        {n.lower().strip("_"): v for n, v in vars(thing).items()}
        if hasattr(thing, "__dict__")
        else {}
    )
    held |= {k.lower(): v for k, v in dict(asked.options.get("options", {})).items()}
    found = {}
    for name, forms in _SETTINGS.items():
        for form in forms:
            value = held.get(form)
            if isinstance(value, int | float) and not isinstance(value, bool):
                found[name] = float(value)
                break
    if asked.lr is not None:
        found["lr"] = asked.lr
    found.setdefault("lr", 0.01)
    return found


def _may_be(rule: Rule, settings: Mapping[str, float], asked: Asked) -> bool:
    wanted = asked.options.get("rule")
    if wanted is not None:
        return rule.name == wanted and all(n in settings for n in rule.needs)
    if not all(n in settings for n in rule.needs):
        return False
    kinds = ("beta1", "rho", "momentum")
    given = [k for k in kinds if k in settings]
    if "beta1" in given:
        return rule.name == "adam"
    if "rho" in given and "eps" in settings:
        return rule.name == "rmsprop"
    if "momentum" in given:
        return rule.name in ("momentum", "nesterov")
    return rule.name == ("adagrad" if "eps" in settings else "sgd")


def _run(thing: Any, asked: Asked, budget: Budget, snapshot: Snapshot) -> Ran:
    """Let it take some steps, on a dict of two arrays, on a list of them, or on one."""
    rng = np.random.default_rng(asked.seed)
    first = {"W": rng.normal(size=(2, 3)), "b": rng.normal(size=3)}
    gradients = [
        {n: rng.normal(size=w.shape) * (1 + k % 3) for n, w in first.items()} for k in range(_STEPS)
    ]
    functions = functions_of(thing)
    name = first_of(OPTIMIZER_STEPS, functions)
    if name is None:
        raise Failed("no_step", "update")
    f = functions[name]
    last: Failed | None = None
    for way in (_on_dict, _on_list, _on_one):
        snapshot.restore()
        try:
            path = way(f, first, gradients, budget)
        except Failed as failed:
            if failed.kind == "endless":
                raise
            last = failed
            continue
        if path is not None:
            return Ran(path, first, gradients)
    raise last or Failed("no_step", name)


def _ordered(f: Callable[..., Any], params: Any, grads: Any) -> list[Any]:
    """Give parameters and gradients in the order in which they are asked for."""
    needed = arguments(f)[0][:2]
    turned = len(needed) == 2 and (
        roles(needed).get(needed[0]) == "upstream" or needed[0].lower().startswith("g")
    )
    return [grads, params] if turned else [params, grads]


def _on_dict(f: Any, first: Any, gradients: Any, budget: Budget) -> Any:
    params: Any = {n: w.copy() for n, w in first.items()}
    path: dict[str, list[np.ndarray]] = {n: [] for n in first}
    for g in gradients:
        given = {n: v.copy() for n, v in g.items()}
        result = budget.call("update", f, *_ordered(f, params, given))
        if isinstance(result, Mapping):
            params = dict(result)
        elif result is not None:
            return None
        for n in first:
            path[n].append(plain(params[n]))
    return path if any(not np.array_equal(p[-1], first[n]) for n, p in path.items()) else None


def _on_list(f: Any, first: Any, gradients: Any, budget: Budget) -> Any:
    params: Any = [w.copy() for w in first.values()]
    path: dict[str, list[np.ndarray]] = {n: [] for n in first}
    for g in gradients:
        result = budget.call("update", f, *_ordered(f, params, [v.copy() for v in g.values()]))
        if isinstance(result, list | tuple) and len(result) == len(params):
            params = list(result)
        elif result is not None:
            return None
        for n, p in zip(first, params, strict=True):
            path[n].append(plain(p))
    return path if any(not np.array_equal(p[-1], first[n]) for n, p in path.items()) else None


def _on_one(f: Any, first: Any, gradients: Any, budget: Budget) -> Any:
    w, path = first["W"].copy(), []
    for g in gradients:
        result = budget.call("update", f, *_ordered(f, w, g["W"].copy()))
        w = w if result is None else plain(result)
        path.append(plain(w))
    return {"W": path}


def _computed(
    rule: Rule, settings: Mapping[str, float], ran: Ran, mistake: str = "", sign: float = 1.0
) -> dict[str, list[np.ndarray]]:
    out: dict[str, list[np.ndarray]] = {}
    for name in ran.path:
        w, state, path = ran.first[name], dict[str, Any](), []
        for t, g in enumerate(ran.gradients, 1):
            with np.errstate(all="ignore"):
                w = w + sign * rule.step(state, g[name], t, settings, mistake)
            path.append(w)
        out[name] = path
    return out


def _mistaken(
    rule: Rule, settings: Mapping[str, float], ran: Ran
) -> Iterator[tuple[str, dict[str, list[np.ndarray]]]]:
    for mistake in rule.mistakes:
        yield mistake, _computed(rule, settings, ran, mistake)
    yield "sign-update", _computed(rule, settings, ran, sign=-1.0)
    yield "learning-rate-missing", _computed(rule, {**settings, "lr": 1.0}, ran)
    yield "learning-rate-twice", _computed(rule, {**settings, "lr": settings["lr"] ** 2}, ran)
    if rule.name == "momentum":
        yield "momentum-sign", _against(settings, ran)


def _against(settings: Mapping[str, float], ran: Ran) -> dict[str, list[np.ndarray]]:
    """Keep the velocity right, and step by its remembered part turned round."""
    b, lr = settings["momentum"], settings["lr"]
    out: dict[str, list[np.ndarray]] = {}
    for name in ran.path:
        w, v, path = ran.first[name], np.zeros_like(ran.first[name]), []
        for g in ran.gradients:
            w = w - lr * g[name] - b * v
            v = b * v - lr * g[name]
            path.append(w)
        out[name] = path
    return out


def _same(ran: Ran, path: Mapping[str, list[np.ndarray]]) -> bool:
    return all(
        np.allclose(a, b, rtol=1e-7, atol=1e-10)
        for name, own in ran.path.items() for a, b in zip(own, path[name], strict=True)
    )  # fmt: skip


def _evidence(ran: Ran, right: Mapping[str, list[np.ndarray]]) -> tuple[Evidence, ...]:
    name = next(iter(ran.path))
    for t, (yours, due) in enumerate(zip(ran.path[name], right[name], strict=True), 1):
        if not np.allclose(yours, due, rtol=1e-7, atol=1e-10):
            index = np.unravel_index(int(np.argmax(np.abs(yours - due))), yours.shape)
            where = f"{name}[{', '.join(map(str, index))}], t = {t}"
            return (Evidence(where, float(yours[index]), float(due[index])),)
    return ()
