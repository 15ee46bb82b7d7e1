"""Measured hypotheses are held against what was submitted; what fits everywhere is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np

import clearprop.doctor.measuring as families
from clearprop.doctor.findings import Evidence, Finding
from clearprop.doctor.measuring.form import Form, Variant
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage
from clearprop.doctor.submitted.guard import Failed

__all__ = ["fitting", "forms", "measured_findings"]

_UNFIT = (ArithmeticError, LookupError, TypeError, ValueError, Failed)


@cache
def forms() -> tuple[Form, ...]:
    """Give all forms: those of every module of this package that lists ``FORMS``."""
    found: list[Form] = []
    for module in sorted(m.name for m in iter_modules(families.__path__)):
        found += getattr(import_module(f"{families.__name__}.{module}"), "FORMS", ())
    return tuple(found)


def measured_findings(case: Any, wrong: Mapping[str, str]) -> list[Finding]:
    """
    Name what can be named without knowing the forward pass.

    Parameters
    ----------
    case : Case
    wrong : mapping of str to str
        The gradients that are not right.

    Returns
    -------
    list of Finding
        Empty where no mistake explains all gradients at all points.
    """
    with np.errstate(all="ignore"):
        try:
            stage = Stage.of(case, wrong)
            if stage is None:
                return []
            ids = fitting(stage)
        except (TimeoutError, Failed):
            return []
    if not ids:
        return []
    sets = sorted(ids, key=sorted)
    common = frozenset.intersection(*sets)
    evidence = _evidence(stage)
    places = tuple(wrong)
    found = [Finding(i, (), places, evidence) for i in sorted(common)]
    rest = sorted(frozenset.union(*sets) - common)
    if rest:
        found.append(Finding(rest[0], tuple(rest[1:]), places, evidence))
    return found


def fitting(stage: Stage) -> list[frozenset[str]]:
    """List the mistakes, or pairs of them, that explain all gradients at all points."""
    if not _firm(stage):
        return []
    found = {
        form.id: form for form in forms() if any(_fits(stage, v) for v in _variants(form, stage))
    }
    singles = [i for i, form in found.items() if not set(form.gives_way_to) & (set(found) - {i})]
    if singles:
        return [frozenset((i,)) for i in singles]
    return list(_pairs(stage))


def _variants(form: Form, stage: Stage) -> Iterator[Variant]:
    try:
        yield from form.variants(stage)
    except _UNFIT:
        return  # arrays of forms that it is not made for


def _pairs(stage: Stage) -> Iterator[frozenset[str]]:
    """Find a factor of all gradients together with another mistake."""
    seen: set[frozenset[str]] = set()
    varied = len({scene.samples for scene in stage.scenes}) > 1
    for a in (f for f in forms() if f.whole):
        if not varied and not a.id.startswith("sign"):
            continue  # too many products of factors are one number
        for factor in _variants(a, stage):
            if not (ratios := _ratios(stage, factor)):
                continue
            for b in forms():
                key = frozenset((a.id, b.id))
                if b.id == a.id or key in seen or (b.whole and (b.id < a.id or not varied)):
                    continue
                if any(_fits(stage, v, ratios) for v in _variants(b, stage)):
                    seen.add(key)
    yield from seen


def _ratios(stage: Stage, factor: Variant) -> list[float]:
    """Give by what a factor multiplies all gradients, point by point."""
    out = []
    for scene in stage.scenes:
        made, name = factor(scene), stage.names[0]
        if set(made) != set(stage.names):
            return []
        right = scene.right[name]
        at = int(np.nanargmax(np.abs(right)))
        out.append(float(np.ravel(made[name])[at] / np.ravel(right)[at]))
    return out


def _firm(stage: Stage) -> bool:
    """Tell whether what was measured is firm enough to say anything, and something is wrong."""
    for scene in stage.scenes:
        for name in stage.names:
            right = scene.right[name]
            if np.isnan(right).mean() > 0.5 or scene.off[name] > 3e-3:
                return False
    return any(
        not same(scene, name, scene.right[name], stage)
        for scene in stage.scenes for name in stage.names
    )  # fmt: skip


def _fits(stage: Stage, variant: Variant, ratios: list[float] | None = None) -> bool:
    """Tell whether a variant explains all gradients at all points, and changes something."""
    changed = False
    for k, scene in enumerate(stage.scenes):
        c = ratios[k] if ratios else 1.0
        others = [n for n in stage.names if n not in getattr(variant, "names", stage.names)]
        if not all(same(scene, n, c * scene.right[n], stage) for n in others):
            return False
        try:
            made = variant(scene)
        except _UNFIT:
            return False
        for name in stage.names:
            right = made.get(name, scene.right[name])
            if right is None or not same(scene, name, c * np.asarray(right), stage):
                return False
            if name in made and not changed:
                changed = not alike(made[name], scene.right[name], 1e-3, 2 * stage.band)
    return changed


def same(scene: Scene, name: str, computed: Any, stage: Stage) -> bool:
    """Tell whether a submitted gradient is a computed one, so far as that is known."""
    given = scene.given(name)
    if given is None:
        return not np.any(computed)
    return alike(given, computed, max(2e-5, 4 * stage.rtol, 8 * scene.off[name]), stage.band)


def alike(given: Any, computed: Any, rtol: float, band: float = 0.0) -> bool:
    """Tell arrays of the same numbers, axes of length 1 aside; NaN where one is not known."""
    a, b = np.squeeze(np.asarray(given, float)), np.squeeze(np.asarray(computed, float))
    if a.shape != b.shape:
        return False
    known = np.isfinite(b)
    if not np.isfinite(a).all() or (b.size and not known.any()):
        return False
    a, b = a[known], b[known]
    scale = float(np.max(np.abs(b), initial=0.0))
    return bool(np.all(np.abs(a - b) <= rtol * (np.abs(b) + scale) + 1e-9 + band))


def _evidence(stage: Stage, most: int = 3) -> tuple[Evidence, ...]:
    scene, found = stage.scenes[0], []
    for name in stage.wrong:
        given, right = scene.given(name), scene.right.get(name)
        if given is None or right is None or np.shape(given) != np.shape(right):
            continue
        off = np.abs(given - right)
        if not np.isfinite(off).any():
            continue
        index = np.unravel_index(int(np.nanargmax(off)), off.shape)
        where = f"∂L/∂{name}" + (f"[{', '.join(map(str, map(int, index)))}]" if index else "")
        found.append(Evidence(where, float(np.asarray(given)[index]), float(right[index])))
    return tuple(found[:most])
