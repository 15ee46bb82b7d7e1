"""A program is recognised again where what was found is not the same at larger inputs."""

from __future__ import annotations

import numpy as np

from clearprop.doctor.derivations.chain import Chain
from clearprop.doctor.recognise import recognised
from clearprop.doctor.submitted.subject import Subject
from clearprop.doctor.trials import Trial, wide
from clearprop.doctor.truth import Measured

__all__ = ["recognised_far"]


def recognised_far(
    subject: Subject, good: list[Trial], truths: list[tuple[Trial, Measured]], seed: int
) -> Chain | None:
    """Recognise a program; again where what was found is not the same at larger inputs."""
    chain = recognised(subject, good, truths)
    far = None if chain is None or good[0].upstream is None else wide(subject, good[0], seed)
    if chain is None or far is None or _same_there(chain, far):
        return chain
    better = recognised(subject, [*good, far], truths)
    return better if better is not None or not subject.parameters else chain


def _same_there(chain: Chain, far: Trial) -> bool:
    with np.errstate(all="ignore"):
        y = chain.forward(far.values)
    top = float(np.max(np.abs(far.output), initial=0.0))
    return y.shape == far.output.shape and bool(np.all(np.abs(y - far.output) <= 1e-5 * top + 1e-9))
