"""Ways in which a number may have been calculated: by other conventions, and with slips."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from clearprop.explain.asked import Asked, Guess
from clearprop.explain.conventions import Convention, Ratio, Scale, loss_kind, ratio_of
from clearprop.explain.explanation import Step
from clearprop.explain.formula import Formula, Quantity, leaves
from clearprop.explain.hand import Calculation
from clearprop.explain.lines import Line, bound
from clearprop.explain.slips import SLIPS, Slip
from clearprop.explain.translate import is_derivative
from clearprop.explain.why import why
from clearprop.explain.writing import op
from clearprop.optim import SGD, Adam

__all__ = ["guesses_of_conventions", "guesses_of_slips", "step_of", "steps_of"]

MOST_STEPS = 4
MOST_DECIMALS = 4  # of numbers that are rounded on the way


def guesses_of_conventions(asked: Asked) -> Iterator[Guess]:
    """Give what the number is by other conventions, and by factors that are often confused."""
    step, scale = asked.step, asked.scale
    derived, is_loss = is_derivative(step.address), step.address == "loss"
    if scale is not None and (derived or is_loss or asked.address.aspect == "next"):
        yield from _by_convention(asked, scale, derived, is_loss)
    yield from _by_optimizer(asked)
    yield from _transposed(asked)


def _by_convention(asked: Asked, scale: Scale, derived: bool, is_loss: bool) -> Iterator[Guess]:
    facts, value = asked.explained.facts, asked.step.value
    counts = {"outputs": int(facts["outputs"]), "samples": int(facts["samples"])}
    kind = loss_kind(asked.loss)
    found: dict[float, tuple[Ratio, list[str]]] = {}
    for convention in Convention.presets.values():
        if kind not in convention.losses:
            continue
        ratio = ratio_of(scale, convention.losses[kind], **counts)
        by = ratio.value * (convention.delta_sign if derived else 1)
        if by != 1 and value != 0:
            found.setdefault(by, (ratio, []))[1].append(convention.name)
    for by, (ratio, names) in found.items():
        mentioned = {"names": ", ".join(names)}
        if derived or is_loss:
            yield _scaled(asked, by, ratio, mentioned)
        elif asked.name and (hand := asked.by_hand(Convention.presets[names[0]].losses[kind])):
            yield Guess("convention_step", asked.pick(hand.values[asked.name]), mentioned)
    if not (derived or is_loss) or value == 0:
        return
    for name, count in (("N", counts["samples"]), ("n_out", counts["outputs"]), ("2", 2)):
        for by in (float(count), 1 / count):
            if count > 1 and by not in found and not (name == "2" and counts["outputs"] == 2):
                found[by] = (Ratio(), [])
                said = {"counts": "" if name == "2" else f"{name} = {count}"}
                yield Guess("factor", value * by, said, ratio=by)


def _scaled(asked: Asked, by: float, ratio: Ratio, mentioned: dict[str, str]) -> Guess:
    """Write the number by another convention as the network's own, times the factor."""
    step, own = asked.step, asked.explained.convention
    original = Quantity(step.value, f"{step.symbol} ({own})", step.latex, step.address)
    turned = by * ratio.value < 0
    formula = ratio.times(op("negative", original) if turned else original)
    symbol = step.symbol
    if turned and ".delta" not in step.address:
        symbol = f"−{symbol}"
    shown = replace(
        step, symbol=symbol, value=formula.value, formula=formula, condition=None, state=None
    )
    counts = [q for q in (*ratio.above, *ratio.below) if q.symbol]
    said = {"counts": ", ".join(f"{q.symbol} = {q.value:g}" for q in counts)}
    return Guess("convention", step.value * by, mentioned | said, steps=(shown,), ratio=by)


def _by_optimizer(asked: Asked) -> Iterator[Guess]:
    """Give the next weight by what else the optimizer's words may mean."""
    if asked.address.aspect != "next" or not asked.model.compiled:
        return
    setup = asked.model.setup_for("compare")
    rule, held = setup.optimizer, setup.memory.states.get(asked.address.tensor, {})
    ways = next((own for kind, own in _WAYS if isinstance(rule, kind)), None)
    if ways is None or not rule.plain:
        return
    index = asked.address.index
    weight = next(w for w in asked.model.weights if w.path == asked.address.tensor)
    place = f"{asked.address.tensor}[{','.join(map(str, index))}]"
    gradient = why(asked.model, place, x=asked.x, y=asked.y, depth=1).value
    state = {name: float(array[index]) for name, array in held.items() if np.shape(array)}
    for words, value in ways(rule, float(weight.data[index]), gradient, state, setup.memory.step):
        yield Guess(words, value, {"name": asked.step.symbol})


def _by_momentum(
    rule: SGD, w: float, g: float, state: Mapping[str, float], step: int
) -> Iterator[tuple[str, float]]:
    """Give the next weight by what else momentum may mean."""
    if not (rule.momentum and "velocity" in state):
        return
    rate = float(rule.rate(step))
    plain, kept = w - rate * g, rule.momentum * state["velocity"]
    yield "momentum_forgotten", plain
    yield "nesterov", plain + (kept if rule.nesterov else rule.momentum * (kept - rate * g))
    if step == 1 and rate:  # the velocity is still −lr times the only gradient
        yield "previous_gradient", plain + kept / rate


def _by_adam(
    rule: Adam, w: float, g: float, state: Mapping[str, float], step: int
) -> Iterator[tuple[str, float]]:
    """Give the next weight by Adam without its corrections, and with ε added after them."""
    if rule.amsgrad:
        return
    m, v = state.get("m", 0.0), state.get("v", 0.0)
    m, v = m + (1 - rule.beta_1) * (g - m), v + (1 - rule.beta_2) * (g * g - v)
    c1, c2 = 1 - rule.beta_1 ** (step + 1), 1 - rule.beta_2 ** (step + 1)
    rate = float(rule.rate(step))
    yield "adam_uncorrected", w - rate * m / (v**0.5 + rule.epsilon)
    yield "adam_epsilon", w - rate * (m / c1) / ((v / c2) ** 0.5 + rule.epsilon)


_WAYS: tuple[tuple[type, Callable[..., Iterator[tuple[str, float]]]], ...] = (
    (SGD, _by_momentum),
    (Adam, _by_adam),
)


def _transposed(asked: Asked) -> Iterator[Guess]:
    """Give the number at the transposed place of a weight matrix."""
    tensor, index = asked.address.tensor, asked.address.index
    if not tensor.endswith("/kernel") or len(index) != 2 or index[0] == index[1]:
        return
    shape = next(w.shape for w in asked.model.weights if w.path == tensor)
    if not (index[1] < shape[0] and index[0] < shape[1]):
        return
    other = f"{tensor}[{index[1]},{index[0]}]"
    aspect = f".{asked.address.aspect}" if asked.address.aspect else ""
    there = why(asked.model, other + aspect, x=asked.x, y=asked.y, depth=1)
    yield Guess("layout", there.value, {"other": other, "names": "torch"})


def guesses_of_slips(asked: Asked) -> Iterator[Guess]:
    """Give what comes out with each slip, by the network's convention and then by the book's."""
    if asked.calculation is None:
        if is_derivative(asked.step.address):
            yield Guess("sign", -asked.step.value, {"name": asked.step.symbol})
        return
    yield from _slips_in(asked, asked.calculation, "")
    book = Convention.book.losses.get(loss_kind(asked.loss))
    if book is not None and asked.scale is not None and asked.scale != book:
        hand = asked.by_hand(book)
        own, other = (c.values[asked.name] for c in (asked.calculation, hand or asked.calculation))
        if hand is not None and not np.allclose(own, other):
            yield from _slips_in(asked, hand, "book")


def _slips_in(asked: Asked, hand: Calculation, by: str) -> Iterator[Guess]:
    lines = hand.needs(asked.name)
    right = asked.pick(hand.values[asked.name])

    def guess(key: str, mentioned: Mapping[str, str], instead: dict[str, Formula]) -> Guess | None:
        values = hand.run(instead)
        value = asked.pick(values[asked.name])
        if np.isclose(value, right, rtol=1e-12, atol=0.0):
            return None
        said = dict(mentioned) | {"name": _listed(hand, instead)}
        return Guess(key, value, said, by, steps_of(hand, instead, asked.name, values))

    for slip in SLIPS:
        if slip.habit:
            for each in _habits(slip, hand, lines):
                if found := guess(slip.key, *each):
                    yield found
            continue
        for line in _near(lines, asked.name):
            for formula, mentioned in slip.at(hand, line):
                if found := guess(slip.key, mentioned, {line.name: formula}):
                    yield found
    last = hand.by_name[asked.name]
    if found := guess("sign", {}, {last.name: op("negative", last.formula)}):
        yield found
    yield from _rounded(asked, hand, right, by)


def _habits(
    slip: Slip, hand: Calculation, lines: list[Line]
) -> Iterator[tuple[Mapping[str, str], dict[str, Formula]]]:
    """Give a slip made everywhere, and in one layer only, in each of its variants."""
    written: dict[tuple[tuple[str, str], ...], dict[str, Formula]] = {}
    layers: dict[str, int] = {}
    for line in lines:
        for formula, mentioned in slip.at(hand, line):
            written.setdefault(tuple(mentioned.items()), {})[line.name] = formula
            layers[line.name] = line.layer
    for words, instead in written.items():
        yield dict(words), instead
        present = sorted({layers[name] for name in instead})
        for k in present if len(present) > 1 else ():
            yield dict(words), {n: f for n, f in instead.items() if layers[n] == k}


def _near(lines: list[Line], name: str) -> list[Line]:
    """List the number itself and what it is made of directly: where a single slip is looked for."""
    last = lines[-1]
    made_of = {q.address for q in leaves(last.formula)}
    near = [line for line in lines if line.name in made_of]
    for line in list(near):
        if line.kind == "delta":
            made_of = {q.address for q in leaves(line.formula)}
            near += [each for each in lines if each.name in made_of and each.kind == "arriving"]
    return [*near, last]


def _rounded(asked: Asked, hand: Calculation, right: float, by: str) -> Iterator[Guess]:
    for decimals in range(1, MOST_DECIMALS + 1):
        values = hand.run(after=_rounding(decimals))
        value = asked.pick(values[asked.name])
        if value != np.round(right, decimals):
            said = {"name": asked.step.symbol, "decimals": str(decimals)}
            yield Guess("rounded_on_the_way", value, said, by)


def _rounding(decimals: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda values: np.round(values, decimals)


def _listed(hand: Calculation, instead: Mapping[str, Formula]) -> str:
    symbols = [hand.by_name[name].quantity.symbol for name in instead]
    return ", ".join(symbols[:3]) + (" …" if len(symbols) > 3 else "")


def steps_of(
    hand: Calculation, instead: Mapping[str, Formula], name: str, values: Mapping[str, np.ndarray]
) -> tuple[Step, ...]:
    """Write the lines that differ, and the number itself, with the numbers that come out."""
    if len(hand.x) > 1:
        return ()
    numbers = hand.given | dict(values)
    shown = []
    for line in hand.needs(name):
        is_other = bool(values[line.name][0] != hand.values[line.name][0])
        if line.name in instead or line.name == name or is_other:
            changed = replace(line, formula=instead.get(line.name, line.formula))
            shown.append(step_of(bound(changed, numbers)))
    return tuple(shown if len(shown) <= MOST_STEPS else [*shown[:2], *shown[-2:]])


def step_of(line: Line) -> Step:
    """Give a line of a hand calculation as a step of an explanation."""
    q = line.quantity
    return Step(q.address, q.symbol, q.latex, q.value, line.kind, 1, line.formula)
