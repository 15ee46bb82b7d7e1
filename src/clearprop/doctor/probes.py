"""Mistakes of numbers, not of derivations: integers, rounding, overflow, numeric slopes."""

from __future__ import annotations

from typing import Any

from clearprop.doctor.findings import Finding

__all__ = ["special_findings"]


def special_findings(case: Any, wrong: dict[str, str]) -> list[Finding]:
    """
    Look for what goes wrong with numbers whatever the derivation.

    Parameters
    ----------
    case : Case
    wrong : dict of str to str
    """
    return []
