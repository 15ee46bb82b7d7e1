"""One step of all leaves: what every optimizer has in common, around the rule of its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, final

from clearprop.optim.clipping import clipped

if TYPE_CHECKING:
    from clearprop.optim.optimizer import Array, Optimizer, State

__all__ = ["AVERAGE", "GATHERED", "LeafRule", "Update", "memory", "moves"]

# What the common settings remember of a leaf, among what the rule remembers of it.
AVERAGE, GATHERED = "weight_average", "gradient_sum"

Update: TypeAlias = Callable[..., Any]

# What is decided by the count of steps: by a number, a truth; where a step is only described, as
# by the compiler, an array that is one when the step runs, and both ways are gone.
Truth: TypeAlias = Any


@final
@dataclass(frozen=True)
class LeafRule:
    """
    The step of one leaf as one rule: its decay, the optimizer's own rule, and its average.

    Parameters
    ----------
    optimizer : Optimizer
        Whose step it is; an engine holds rules of one, so that it need not be compared.
    decays : bool
    averages : bool
    first : bool, or a truth that `xp` computes
        Whether the average begins here, with the weight.
    """

    optimizer: Optimizer = field(compare=False)
    decays: bool
    averages: bool
    first: Truth

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        """Do what `Optimizer.update` does, and what is done with it."""
        if self.decays:
            w = w - w * ((self.optimizer.weight_decay or 0.0) * lr)
        w, own = self.optimizer.update(xp, w, g, state, step, lr)
        if self.averages:
            own = own | {AVERAGE: self.averaged(xp, w, state)}
        return w, own

    def averaged(self, xp: Any, w: Array, state: State) -> Array:
        """Take a weight into its average."""
        kept = self.optimizer.ema_momentum
        if self.first is True:
            return w
        average = kept * state[AVERAGE] + (1 - kept) * w
        return average if self.first is False else xp.where(self.first, w, average)


def memory(optimizer: Optimizer, xp: Any, w: Array) -> State:
    """Make what the common settings remember of a leaf before its first step."""
    state = {AVERAGE: w} if optimizer.use_ema else {}
    return state | ({GATHERED: xp.zeros_like(w)} if optimizer.gradient_accumulation_steps else {})


def moves(
    optimizer: Optimizer,
    xp: Any,
    leaves: Sequence[Any],
    weights: Sequence[Array],
    gradients: list[Array | None],
    states: Mapping[str, State],
    step: int,
    lr: float,
    update: Update | None,
) -> Iterator[tuple[int, Array, State]]:
    """Do what `Optimizer.moves` says."""
    reached = [i for i, g in enumerate(gradients) if g is not None]
    held = {
        i: states[leaves[i].path] if leaves[i].path in states else optimizer.start(xp, weights[i])
        for i in reached
    }
    # The rule counts the steps in which weights move; the learning rate goes by all of them.
    parts = optimizer.gradient_accumulation_steps or 1
    count, part = (step // parts, step % parts) if parts > 1 else (step, 0)
    if parts > 1:
        gradients = [g if g is None else g + held[i][GATHERED] for i, g in enumerate(gradients)]
    due: Truth = part == parts - 1
    steps: Iterable[tuple[int, Array, State]] = ()
    if due is not False:
        steps = _moved(optimizer, xp, leaves, weights, gradients, held, count, lr, update, parts)
    if due is not True:
        waiting = _gathered(optimizer, xp, weights, gradients, held, first=count == 0)
        steps = waiting if due is False else _either(xp, due, steps, waiting)
    every = optimizer.ema_overwrite_frequency if optimizer.use_ema else None
    for i, w, state in steps:
        if every:
            now: Truth = (count + 1) % every == 0
            if now is True:
                w = state[AVERAGE]
            elif now is not False:
                w = xp.where(now, state[AVERAGE], w)
        constraint = getattr(leaves[i], "constraint", None)
        yield i, w if constraint is None else constraint(xp, w), state


def _moved(
    optimizer: Optimizer,
    xp: Any,
    leaves: Sequence[Any],
    weights: Sequence[Array],
    gradients: list[Array | None],
    held: Mapping[int, State],
    count: int,
    lr: float,
    update: Update | None,
    parts: int,
) -> Iterator[tuple[int, Array, State]]:
    """Let the weights follow the gradients, or their mean over the steps."""
    if parts > 1:
        gradients = [None if g is None else g / parts for g in gradients]
    gradients = clipped(optimizer, xp, gradients)
    for i, state in held.items():
        rule = LeafRule(
            optimizer, optimizer.decays(leaves[i].path), optimizer.use_ema, first=count == 0
        )
        if update is None:
            w, new = rule.update(xp, weights[i], gradients[i], state, count, lr)
        else:
            w, new = update(weights[i], gradients, i, state, count, lr, rule)
        if parts > 1:
            new = new | {GATHERED: xp.zeros_like(w)}
        yield i, w, new


def _either(
    xp: Any,
    due: Truth,
    moved: Iterable[tuple[int, Array, State]],
    gathered: Iterable[tuple[int, Array, State]],
) -> Iterator[tuple[int, Array, State]]:
    """Choose between two steps when it is known which one is due."""
    for (i, w, state), (_, same, kept) in zip(moved, gathered, strict=True):
        chosen = {name: xp.where(due, state[name], kept[name]) for name in state}
        yield i, xp.where(due, w, same), chosen


def _gathered(
    optimizer: Optimizer,
    xp: Any,
    weights: Sequence[Array],
    sums: Sequence[Array | None],
    held: Mapping[int, State],
    *,
    first: Truth,
) -> Iterator[tuple[int, Array, State]]:
    """Keep the sums of the gradients so far; the weights stay."""
    rule = LeafRule(optimizer, decays=False, averages=optimizer.use_ema, first=first)
    for i, state in held.items():
        new = state | {GATHERED: sums[i]}
        if optimizer.use_ema:
            new[AVERAGE] = rule.averaged(xp, weights[i], state)
        yield i, weights[i], new
