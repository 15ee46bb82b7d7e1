"""A program that was made, told to whoever uses the model: a heading, and its loops in words."""

from __future__ import annotations

from clearprop.engines.compiled.code import Machine
from clearprop.engines.compiled.loops import Loop
from clearprop.engines.compiled.text.words import described
from clearprop.lang import in_language, language, say

__all__ = ["told"]


def told(kind: str, loop: Loop) -> str:
    """
    Say what a program does.

    Parameters
    ----------
    kind : str
        "train", "judge" or "answer".
    loop : Loop
    """
    if not isinstance(loop.runner, Machine):
        return say("train.program_interpreted")
    built = loop.runner.built
    head = say(
        "train.program_head",
        kind=say(f"train.program_{kind}"), batch=loop.batch, memory=_bytes(built.arena),
        threads=loop.runner.threads,
    )  # fmt: skip
    lines = [
        f"{'  ' * (line.depth + 1)}{in_language(line.text, language())}"
        for line in described(built)
    ]
    primes = [say("train.program_primes")] if any("′" in line for line in lines) else []
    return "\n".join([head, *primes, *lines])


def _bytes(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"
