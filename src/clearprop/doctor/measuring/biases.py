"""Which variables are biases: by their names, or by their shares in what weights collect."""

from __future__ import annotations

import re

import numpy as np

from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage

__all__ = ["is_bias"]

_BIAS = re.compile(r"(?i)^(b|bias|beta|offset|shift|intercept|편향|gamma|bn_?b)[^a-z]*.*$")
_VALUE = re.compile(r"(?i)^(data|value|val|values|array|tensor|v)$")
_WEIGHT = re.compile(r"(?i)^(w|weights?|kernel|theta)_?\d*$")


def is_bias(stage: Stage, name: str) -> bool | None:
    """
    Tell a bias from weights.

    Parameters
    ----------
    stage : Stage
    name : str

    Returns
    -------
    bool or None
        None where neither name nor shape nor numbers tell.
    """
    known = stage.known.setdefault("biases", {})
    if name not in known:
        known[name] = _told(stage, name)
    found: bool | None = known[name]
    return found


def _told(stage: Stage, name: str) -> bool | None:
    *before, leaf = re.split(r"[.\[]", name.replace("]", "").replace("'", ""))
    if before and (_VALUE.match(leaf) or before[-1].lower() == "bias"):
        leaf = before[-1]
    shape = [k for k in np.shape(stage.scenes[0].values[name]) if k > 1]
    if name in stage.subject.inputs[:1] or len(shape) > 1:
        return False
    if _BIAS.match(leaf):
        return True
    if _WEIGHT.match(leaf):
        return False
    if _is_row(stage, name) or all(_adds(stage, scene, name) for scene in stage.scenes):
        return True
    return None


def _is_row(stage: Stage, name: str) -> bool:
    """Tell a row as long as those of a matrix: what is added to each row that comes out of it."""
    values = stage.scenes[0].values
    shape = np.shape(values[name])
    others = [np.shape(values[n]) for n in stage.subject.parameters]
    return len(shape) == 2 and shape[0] == 1 < shape[1] and any(
        len(other) == 2 and other[0] > 1 and other[1] == shape[1] for other in others
    )  # fmt: skip


def _adds(stage: Stage, scene: Scene, name: str) -> bool:
    """Tell whether the shares of weights are this one's, times what goes into the weights."""
    shares = _shares(scene)
    if name not in shares:
        return False
    own = shares[name]
    others = [share for n, share in shares.items() if n != name]
    if own.shape[1] > 1:
        return any(_carries(other, own) for other in others)
    for data, axis in _data(stage, scene).items():
        x = np.moveaxis(np.atleast_1d(scene.values[data]), axis, 0)
        for column in x.reshape(scene.samples, -1).T:
            if any(_has(other, own * column[:, None]) for other in others):
                return True
    return False


def _shares(scene: Scene) -> dict[str, np.ndarray]:
    """Give the shares of the samples as rows."""
    shares = scene.shares
    if shares is None or any(len(share) != scene.samples for share in shares.values()):
        return {}
    return {n: share.reshape(scene.samples, -1) for n, share in shares.items()}


def _data(stage: Stage, scene: Scene) -> dict[str, int]:
    """List what goes in, with the axis of its samples."""
    subject = stage.subject
    names = {*subject.inputs, *getattr(subject, "data", ())} - {subject.target}
    return {n: scene.axes.get(n, 0) for n in names
            if n in scene.axes or scene.samples == 1}  # fmt: skip


def _cuts(rows: np.ndarray, width: int) -> list[np.ndarray]:
    """Take rows apart into tables whose columns, or rows, are of a width: (N, count, width)."""
    if rows.shape[1] % width:
        return []
    count = rows.shape[1] // width
    turned = rows.reshape(len(rows), width, count).transpose(0, 2, 1)
    return [rows.reshape(len(rows), count, width), turned]


def _has(share: np.ndarray, part: np.ndarray) -> bool:
    """Tell whether a part stands among the rows of a share."""
    room = 1e-5 * float(np.max(np.abs(part), initial=1e-300))
    return any(
        bool(np.all(np.abs(cut[:, i] - part) < room))
        for cut in _cuts(share, part.shape[1]) for i in range(cut.shape[1])
    )  # fmt: skip


def _carries(share: np.ndarray, part: np.ndarray) -> bool:
    """Tell whether every row of a share is a multiple of a part: what belongs to weights."""
    if not np.any(part) or share.shape[1] <= part.shape[1]:
        return False
    down = np.sum(part * part, axis=1)
    room = 1e-5 * float(np.max(np.abs(share), initial=1e-300))
    for cut in _cuts(share, part.shape[1]):
        times = np.einsum("nij,nj->ni", cut, part) / np.where(down > 0, down, 1.0)[:, None]
        if np.all(np.abs(cut - times[:, :, None] * part[:, None]) < room):
            return True
    return False
