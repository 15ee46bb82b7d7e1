"""A constant in front of a function: left out on the way back, it is a factor of all gradients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from clearprop.doctor.measuring.form import Form, Made, Variant
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage
from clearprop.doctor.traced.running import traced
from clearprop.doctor.traced.tape import Tape

__all__ = ["FORMS", "scales"]


def scales(stage: Stage) -> list[float]:
    """
    List the constants that multiply what goes into a loss, as 1/T does in softmax(z/T).

    Parameters
    ----------
    stage : Stage

    Returns
    -------
    list of float
        Those through which every way from the judged values to the loss leads, with something
        behind them that is not linear: a factor of the loss itself is not one of them.
    """
    if "scales" not in stage.known:
        run = traced(stage.subject, stage.scenes[0].values) if stage.has_loss else None
        stage.known["scales"] = [] if run is None else _found(
            run.tape, [int(u) for u in run.output.ravel()], stage.names
        )  # fmt: skip
    found: list[float] = stage.known["scales"]
    return found


def _found(tape: Tape, outputs: Sequence[int], names: Sequence[str]) -> list[float]:
    depends = [False] * len(tape.op)
    for u, parents in enumerate(tape.parents):
        own = u in tape.leaf and tape.leaf[u][0] in names
        depends[u] = own or any(depends[p] for p in parents)
    bent = [False] * len(tape.op)  # whether something behind it is not linear
    behind = set(outputs)
    for u in range(len(tape.op) - 1, -1, -1):
        if u not in behind or not depends[u]:
            continue
        bends = bent[u] or not _linear(tape, u, depends)
        for p in tape.parents[u]:
            behind.add(p)
            bent[p] = bent[p] or bends
    sizes = Counter(name for name, _ in tape.leaf.values())
    numbers = {u for u, (name, _) in tape.leaf.items() if sizes[name] == 1 and name not in names}
    numbers |= {u for u, op in enumerate(tape.op) if op == "constant"}
    scaled: dict[int, float] = {}
    for u in behind:
        c = _constant(tape, u, depends, numbers) if depends[u] and bent[u] else 0.0
        if c:
            scaled[u] = c
    return [
        c
        for c in sorted(set(scaled.values()))
        if _cut(tape, outputs, {u for u, k in scaled.items() if k == c}, depends)
    ]


def _linear(tape: Tape, u: int, depends: Sequence[bool]) -> bool:
    op, parents = tape.op[u], tape.parents[u]
    if op == "mul":
        return sum(depends[p] for p in parents) < 2
    if op == "div":
        return not depends[parents[1]]
    if op == "dot":
        pairs = zip(parents[::2], parents[1::2], strict=True)
        return not any(depends[a] and depends[b] for a, b in pairs)
    return op in ("add", "sub", "sum", "neg")


def _constant(tape: Tape, u: int, depends: Sequence[bool], numbers: set[int]) -> float:
    """Give the constant by which a number is multiplied or divided; 0 if there is none."""
    op, parents = tape.op[u], tape.parents[u]
    if op == "mul":
        for p, other in (parents, parents[::-1]):
            if depends[p] and other in numbers:
                return round(tape.value[other], 12)
    if op == "div" and depends[parents[0]] and parents[1] in numbers:
        return round(1 / tape.value[parents[1]], 12) if tape.value[parents[1]] else 0.0
    return 0.0


def _cut(tape: Tape, outputs: Sequence[int], nodes: set[int], depends: Sequence[bool]) -> bool:
    """Tell whether nothing that is judged reaches the outputs but through some nodes."""
    seen: set[int] = set()
    waiting = list(outputs)
    while waiting:
        u = waiting.pop()
        if u in seen or u in nodes or not depends[u]:
            continue
        if u in tape.leaf:
            return False
        seen.add(u)
        waiting.extend(tape.parents[u])
    return True


def _left_out(stage: Stage) -> Iterator[Variant]:
    for c in scales(stage):
        counts = {float(s.samples) for s in stage.scenes if s.samples > 1}
        if abs(c) > 1e-6 and not any(abs(c * n - 1) < 1e-9 for n in counts):
            yield _times(1 / c)


def _times(factor: float) -> Variant:
    def made(scene: Scene) -> Made:
        return {n: factor * scene.right[n] for n in scene.names}

    return made


FORMS = (Form("activation-derivative-missing", _left_out),)
