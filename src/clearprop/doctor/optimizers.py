"""Optimizers written by hand: their rule and its constants are told from the steps they take."""

from __future__ import annotations

import itertools
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.findings import Evidence, Finding
from clearprop.doctor.optimizer_holding import made_with_parameters
from clearprop.doctor.optimizer_rules import RULES, Constants, Rule
from clearprop.doctor.optimizer_runs import OPTIMIZER_STEPS, Ran, is_step_of_gradients, run
from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.signature import arguments, first_of
from clearprop.doctor.submitted.snapshot import functions_of
from clearprop.doctor.submitted.subject import Asked

__all__ = ["RULE_NAMES", "is_optimizer", "is_rule", "judge_optimizer"]

RULE_NAMES = tuple(dict.fromkeys(rule.name for rule in RULES))

_SETTINGS = {
    "lr": ("lr", "learning_rate", "eta", "alpha", "rate", "step_size", "learningrate", "학습률"),
    "momentum": ("momentum", "mu", "beta", "m_coef", "gamma", "rho", "decay", "모멘텀", "beta1"),
    "beta1": ("beta1", "beta_1", "b1", "decay1", "rho1", "beta_m"),
    "beta2": ("beta2", "beta_2", "b2", "decay2", "rho2", "beta_v"),
    "rho": ("rho", "decay_rate", "decay", "alpha_", "gamma", "beta", "beta2", "alpha"),
    "eps": ("eps", "epsilon", "e", "eps_", "delta", "fuzz"),
    "weight_decay": ("weight_decay", "wd", "l2", "lam", "lambda_", "lmbda", "decay"),
}
_USUAL = {
    "momentum": (0.9,), "beta1": (0.9,), "beta2": (0.999, 0.99), "rho": (0.9, 0.99, 0.95),
    "eps": (1e-8, 1e-7, 1e-6, 1e-10, 1e-5, 1e-4, 1e-12, 0.0),
}  # fmt: skip
_OTHERS = (  # rules that have names and aren't known here
    "radam", "belief", "bound", "lamb", "lars", "lion", "yogi", "rprop", "sophia", "muon", "ftrl",
    "adafactor", "adamod", "sign", "shampoo", "lookahead", "padam", "qh",
)  # fmt: skip
_HINTS = (
    ("nadam", ("nadam",)),
    ("adadelta", ("adadelta",)), ("adagrad", ("adagrad",)), ("adamax", ("adamax",)),
    ("amsgrad", ("amsgrad",)), ("adam", ("adam",)), ("rms", ("rmsprop",)),
    ("nesterov", ("nesterov",)), ("nag", ("nesterov",)), ("moment", ("momentum", "nesterov")),
    ("sgd", ("sgd", "momentum", "nesterov")),
)  # fmt: skip
_NOT_LINEAR = ("momentum-raw-gradient",)  # in the learning rate
_SCHEDULED = ("sgd", "momentum", "nesterov")


def is_optimizer(thing: Any, asked: Asked) -> bool:
    """Tell optimizers: they have a step, and neither a way forward nor data to go with."""
    if "rule" in asked.options:
        return True
    if asked.x is not None or asked.params is not None or isinstance(thing, tuple | list | dict):
        return False
    if isinstance(thing, types.FunctionType):
        return asked.loss is None and is_step_of_gradients(thing)
    functions = functions_of(thing) if not callable(thing) or hasattr(thing, "__dict__") else {}
    names = {n.lower() for n in functions}
    ways = names & {"forward", "predict", "backward", "backpropagate", "gradient", "loss"}
    return not ways and first_of(OPTIMIZER_STEPS[:-1], functions) is not None


def is_rule(name: str) -> bool:
    """Tell whether a rule is known by a name."""
    title = name.lower().replace("_", "")
    return any(word in title for word in (*RULE_NAMES, *(w for w, _ in _HINTS if w != "moment")))


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
        If it cannot be run, or follows no known rule and is called by no known name.
    """
    if isinstance(thing, type):
        thing = _made(thing, asked, budget)
    settings = _settings(thing, asked)
    numbers = _numbers(thing, settings)
    hinted = _rules(thing, asked)
    rules = hinted or RULES
    for size in (1.0, 1e-3):  # small gradients are not cut off
        ran = run(thing, settings.get("lr"), asked.seed, budget, size)
        known = {**settings, **({"lr": ran.lr} if ran.lr is not None else {})}
        found = list(_found(ran, rules, known, numbers))
        if any(not names for names, _, _ in found):
            return True, []
        if found:
            break
    fewest = min((len(names) for names, _, _ in found), default=0)
    sets = list(dict.fromkeys(names for names, _, _ in found if len(names) == fewest))
    if not sets and not hinted:
        raise Failed("no_rule", "update")
    if not sets:
        facts = (("no_rule", {"rules": ", ".join(dict.fromkeys(r.name for r in rules))}),)
        return False, [Finding("unexplained", facts=facts)]
    _, rule, constants = next(f for f in found if f[0] == sets[0])
    evidence = _evidence(ran, rule, {**constants, **known})
    common = frozenset.intersection(*map(frozenset, sets))
    findings = [Finding(n, (), (rule.name,), evidence) for n in sorted(common)]
    rest = sorted({n for names in sets for n in names if n not in common})
    if rest:
        findings.append(Finding(rest[0], tuple(rest[1:]), (rule.name,), evidence))
    return False, findings


def _made(kind: type, asked: Asked, budget: Budget) -> Any:
    """Make an optimizer; of the structures that its parameters may have, take one that runs."""
    failed: Failed | None = None
    for thing in made_with_parameters(kind, budget):
        try:
            run(thing, asked.lr, asked.seed, budget)
        except Failed as why:
            failed = why
            continue
        return thing
    assert failed is not None
    raise failed


# ---- what is known of it ---------------------------------------------------------------------
def _held(thing: Any) -> dict[str, float]:
    """List the numbers that an optimizer holds, by name."""
    out: dict[str, float] = {}
    slots = [n for k in type(thing).__mro__ for n in getattr(k, "__slots__", ())]
    held = {n: getattr(thing, n) for n in slots if hasattr(thing, n)}
    held |= dict(getattr(thing, "__dict__", {}))
    if isinstance(thing, types.FunctionType):
        cells = zip(thing.__code__.co_freevars, thing.__closure__ or (), strict=False)
        held |= {n: c.cell_contents for n, c in cells}
        held |= arguments(thing)[1]
    for name, value in held.items():
        if isinstance(value, tuple | list) and len(value) == 2 and "beta" in name:
            value = {"beta1": value[0], "beta2": value[1]}
        each = value if isinstance(value, Mapping) else {name: value}
        for key, number in each.items():
            if isinstance(number, int | float) and not isinstance(number, bool):
                out[str(key).lower().strip("_")] = float(number)
    return out


def _asks_idly(thing: Any) -> bool:
    """Tell a closure whose maker takes a learning rate that it then doesn't use."""
    if not isinstance(thing, types.FunctionType) or ".<locals>." not in thing.__qualname__:
        return False
    maker = thing.__globals__.get(thing.__qualname__.partition(".")[0])
    if not isinstance(maker, types.FunctionType):
        return False
    needed, usual = arguments(maker)
    rates = [n for n in (*needed, *usual) if n.lower().strip("_") in _SETTINGS["lr"]]
    return bool(rates) and not set(rates) & set(maker.__code__.co_cellvars)


def _settings(thing: Any, asked: Asked) -> dict[str, float]:
    held = _held(thing)
    held |= {k.lower(): v for k, v in dict(asked.options.get("options", {})).items()}
    found: dict[str, float] = {}
    for name, forms in _SETTINGS.items():
        hit = next((form for form in forms if form in held), None)
        if hit is not None:
            found[name] = held[hit]
    if asked.lr is not None:
        found["lr"] = asked.lr
    if "lr" not in found and _asks_idly(thing) and 1.0 not in held.values():
        found["idle"] = 1.0
    return found


def _numbers(thing: Any, settings: Constants) -> tuple[float, ...]:
    """List numbers that may be constants of the rule: held ones, and those written into code."""
    found = dict.fromkeys([*settings.values(), *_held(thing).values()])
    waiting = [f.__code__ for f in _functions(thing) if hasattr(f, "__code__")]
    while waiting:
        code = waiting.pop()
        waiting += [c for c in code.co_consts if isinstance(c, types.CodeType)]
        found |= dict.fromkeys(c for c in code.co_consts if isinstance(c, float))
    return tuple(found)


def _functions(thing: Any) -> list[Any]:
    if isinstance(thing, types.FunctionType):
        return [thing]
    return [getattr(f, "__func__", f) for f in functions_of(thing).values()]


def _rules(thing: Any, asked: Asked) -> tuple[Rule, ...]:
    """Give the rules that it may follow by its name or its settings; none: they say nothing."""
    wanted = asked.options.get("rule")
    own = thing.__name__ if isinstance(thing, types.FunctionType) else type(thing).__name__
    title = str(wanted or own).lower().replace("_", "")
    if any(word in title for word in _OTHERS):
        return ()
    for word, names in _HINTS:
        if word in title:
            return tuple(r for r in RULES if r.name in names)
    held = _held(thing)
    named = {n for n in ("beta1", "beta2") if any(f in held for f in _SETTINGS[n])}
    if len(named) == 2:
        return tuple(r for r in RULES if "beta1" in r.needs)
    return ()


# ---- fitting -----------------------------------------------------------------------------------
def _found(
    ran: Ran, rules: Sequence[Rule], known: Constants, numbers: Sequence[float]
) -> Iterator[tuple[tuple[str, ...], Rule, Constants]]:
    """Yield mistakes with which a rule takes the steps that were seen; none: it is right."""
    deltas = {
        n: [w - ran.before(n, t) for t, w in enumerate(path, 1)] for n, path in ran.path.items()
    }
    for rule in rules:
        for constants in _constants(rule, known, numbers):
            for mistake in ("", *rule.mistakes):
                fixed = mistake in _NOT_LINEAR
                if fixed and "lr" not in known:
                    continue
                lr = known["lr"] if fixed else 1.0
                due = _deltas(rule, {**constants, "lr": lr}, ran, mistake)
                shrunk = known.get("lr", 0.0) * constants.get("apart", 0.0)
                seen = _without(deltas, ran, shrunk) if shrunk else deltas
                scale = _scale(seen, due, rule.name in _SCHEDULED and not mistake)
                if scale is None or (fixed and abs(abs(scale) - 1) > 1e-6):
                    continue
                factor = scale if fixed else scale / known["lr"] if "lr" in known else None
                if factor is not None and shrunk and _near(abs(factor), 1 - shrunk):
                    factor = factor / abs(factor)  # the weights shrink after the step
                damped = scale * (1 - constants.get("momentum", 0.0))
                if "idle" in known and not _near(abs(scale), 1.0) and _near(abs(damped), 1.0):
                    continue  # the same numbers without a rate in them
                names = _of_factor(factor, scale, known, rule, fixed)
                if names is not None:
                    own = (mistake.partition("/")[0],) if mistake else ()
                    yield (*own, *names), rule, constants


def _of_factor(
    factor: float | None, scale: float, known: Constants, rule: Rule, fixed: bool
) -> tuple[str, ...] | None:
    """Name what a rate does that isn't the one that is known; None where it has no name."""
    sign = () if scale > 0 else ("sign-update",)
    if "idle" in known and _near(abs(scale), 1.0):
        return (*sign, "learning-rate-missing")
    if factor is None or _near(abs(factor), 1.0):
        return sign
    if rule.name == "adadelta" and _near(abs(scale), 1.0):
        return sign
    if not fixed and _near(abs(scale), 1.0):
        return (*sign, "learning-rate-missing")
    if not fixed and _near(abs(factor), known["lr"]):
        return (*sign, "learning-rate-twice")
    return None


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * abs(b)


def _constants(rule: Rule, known: Constants, numbers: Sequence[float]) -> Iterator[Constants]:
    """Yield constants that a rule may have: named ones first, then the code's, then usual ones."""
    choices: list[list[float]] = []
    for need in rule.needs:
        mine = [known[need]] if need in known else []
        inside = (lambda v: 0 <= v <= 1e-2) if need == "eps" else (lambda v: 0 < v < 1)
        mine += [v for v in numbers if inside(v)] if need not in known or need == "momentum" else []
        mine += _USUAL[need] if need not in known else ()
        choices.append(list(dict.fromkeys(mine))[:10])
    wd = known.get("weight_decay", 0.0)
    for values in itertools.product(*choices):
        constants = dict(zip(rule.needs, values, strict=True))
        if constants.get("beta1", 0.0) > constants.get("beta2", 1.0):
            continue
        yield constants
        if wd:
            yield from ({**constants, how: wd} for how in ("coupled", "beside", "apart"))


def _without(
    deltas: Mapping[str, list[np.ndarray]], ran: Ran, shrunk: float
) -> dict[str, list[np.ndarray]]:
    """Give steps without the part by which weights shrink."""
    return {
        n: [d + shrunk * ran.before(n, t) for t, d in enumerate(row, 1)]
        for n, row in deltas.items()
    }


def _deltas(
    rule: Rule, constants: Constants, ran: Ran, mistake: str = ""
) -> dict[str, list[np.ndarray]]:
    out: dict[str, list[np.ndarray]] = {}
    for name in ran.path:
        state: dict[str, Any] = {}
        mine = []
        for t, gradients in enumerate(ran.gradients, 1):
            w, g = ran.before(name, t), gradients[name]
            with np.errstate(all="ignore"):
                step = rule.step(
                    state, g + constants.get("coupled", 0.0) * w, t, constants, mistake
                )
            mine.append(step - constants["lr"] * constants.get("beside", 0.0) * w)
        out[name] = mine
    return out


def _scale(
    seen: Mapping[str, list[np.ndarray]], due: Mapping[str, list[np.ndarray]], scheduled: bool
) -> float | None:
    """Give the factor between two rows of steps; of a schedule that falls, its first one."""
    rows = [
        (np.concatenate([seen[n][t].ravel() for n in seen]),
         np.concatenate([due[n][t].ravel() for n in seen]))
        for t in range(len(next(iter(seen.values()))))
    ]  # fmt: skip
    dead = np.logical_or.accumulate([~np.isfinite(d) for _, d in rows])  # by a root of less than 0
    if any(np.any(np.isfinite(s) == gone) for (s, _), gone in zip(rows, dead, strict=True)):
        return None
    rows = [(s[~gone], d[~gone]) for (s, d), gone in zip(rows, dead, strict=True)]
    rows = [row for row in rows if row[0].size]
    if not rows or not all(np.any(d) for _, d in rows):
        return None
    scales = [float(s @ d / (d @ d)) for s, d in rows]
    whole = float(np.median(scales))

    def fits(scale: float, s: np.ndarray, d: np.ndarray) -> bool:
        return bool(np.all(np.abs(s - scale * d) <= 1e-6 * np.abs(scale * d) + 4e-15))

    if whole and all(fits(whole, s, d) for s, d in rows):
        return whole
    falling = all(0 < b / a <= 1 + 1e-9 for a, b in itertools.pairwise(scales) if a)
    each = zip(scales, rows, strict=True)
    if scheduled and all(scales) and falling and all(fits(c, s, d) for c, (s, d) in each):
        return scales[0]
    return None


def _evidence(ran: Ran, rule: Rule, constants: Constants) -> tuple[Evidence, ...]:
    if "lr" not in constants:
        return ()
    due = _deltas(rule, constants, ran)
    name = next(iter(ran.path))
    for t, yours in enumerate(ran.path[name], 1):
        right = ran.before(name, t) + due[name][t - 1]
        if not np.allclose(yours, right, rtol=1e-7, atol=1e-10):
            index = np.unravel_index(int(np.argmax(np.abs(yours - right))), yours.shape)
            where = f"{name}[{', '.join(map(str, index))}], t = {t}"
            return (Evidence(where, float(yours[index]), float(right[index])),)
    return ()
