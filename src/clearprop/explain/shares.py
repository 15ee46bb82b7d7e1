"""Whose share of a gradient is how large: that of each sample, or of each class of samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from clearprop.errors import OptionError
from clearprop.explain.addresses import Address
from clearprop.explain.explanation import Step
from clearprop.explain.formula import Formula, Quantity, Terms
from clearprop.explain.naming import words_in_latex
from clearprop.explain.network import Recording
from clearprop.explain.sums import cut
from clearprop.explain.weighted import gradients_by, groups
from clearprop.lang import say, told

__all__ = ["BY", "as_terms", "shares"]

BY = ("sample", "class")
REST = "rest"  # what belongs to nobody: penalties on weights


def shares(made: Recording, asked: Address, gradient: Step, by: str, lang: str, top: int) -> Step:
    """
    Write a gradient as the sum of everybody's share, largest first.

    Raises
    ------
    OptionError
        If it is no gradient of a weight, or the targets name no classes.
    """
    if made.weighted is None or asked.tensor not in made.gradients or asked.aspect == "next":
        raise OptionError(told("asking.by_without_gradient", by=repr(by), name=asked.tensor))
    name = made.names.of(made.forward[asked.tensor])
    if name is None or name.role != "weight":
        raise OptionError(told("asking.by_no_weight", by=repr(by), name=asked.tensor))
    group = groups(made.weighted.y, by)
    split = gradients_by(made.weighted, group, [made.forward[asked.tensor]])
    values = {key: float(own[0][asked.index]) for key, own in split.items()}
    formula = as_terms(values, gradient.value, by, lang, top, gradient.address)
    return replace(
        gradient, address=f"{gradient.address}.by_{by}", role=f"by_{by}", formula=formula,
        condition=None, state=None,
    )  # fmt: skip


def as_terms(
    values: Mapping[int, float], total: float, by: str, lang: str, top: int, address: str
) -> Terms:
    """Write shares as a sum that comes to `total`; what belongs to nobody is a term of its own."""
    keys, numbers = list(values), list(values.values())
    kept = cut(numbers, top)
    parts: list[Formula] = [
        Quantity(numbers[k], *_called(f"explain.{by}_numbered", lang, number=keys[k]),
                 address=f"{address}.{by}{keys[k]}")
        for k in kept.kept
    ]  # fmt: skip
    rest = total - float(np.sum(numbers))
    if abs(rest) > 1e-9 * max(abs(total), max(map(abs, numbers), default=0.0)):
        parts.append(Quantity(rest, *_called("explain.nobodys", lang), address=f"{address}.{REST}"))
    return Terms(tuple(parts), kept.others, kept.rest, 1, total)


def _called(key: str, lang: str, **values: object) -> tuple[str, str]:
    word = say(key, lang, **values)
    return word, words_in_latex(word)
