"""Bounds that weights are held within."""

from __future__ import annotations

from typing import Any

__all__ = ["get_constraint"]


def get_constraint(constraint: Any) -> Any:
    """Find a constraint."""
    return constraint
