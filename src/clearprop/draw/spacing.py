"""Things on a line, each as near as possible to where it wants to be, none closer than allowed."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["spaced"]


def spaced(
    wanted: Sequence[float],
    gaps: Sequence[float],
    weights: Sequence[float] | None = None,
) -> list[float]:
    """
    Place things in their given order with least weighted squared distance to where they want to be.

    Take the gaps off, and the condition is only that places do not decrease: isotonic regression,
    solved exactly by pooling neighbours that are out of order.

    Parameters
    ----------
    wanted : sequence of float, length n
        The place that each would like best.
    gaps : sequence of float, length n - 1
        The least distance from each to the next.
    weights : sequence of float, length n, optional
        How much each minds being moved; 1 by default.

    Returns
    -------
    list of float
        The places.

    References
    ----------
    Ayer, Brunk, Ewing, Reid and Silverman, "An empirical distribution function for sampling with
    incomplete information", 1955: the pool adjacent violators algorithm.

    Examples
    --------
    >>> spaced([0.0, 0.0, 9.0], [2.0, 2.0])
    [-1.0, 1.0, 9.0]
    """
    if weights is None:
        weights = [1.0] * len(wanted)
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    blocks: list[tuple[float, float, int]] = []  # mean place, weight, how many
    for place, offset, weight in zip(wanted, offsets, weights, strict=False):
        mean, total, count = place - offset, weight, 1
        while blocks and blocks[-1][0] > mean:
            other, mass, size = blocks.pop()
            mean = (mean * total + other * mass) / (total + mass)
            total, count = total + mass, count + size
        blocks.append((mean, total, count))
    means = [mean for mean, _, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=False)]
