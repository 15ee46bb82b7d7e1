"""Penalties on weights and outputs that are too large."""

from __future__ import annotations

from typing import Any

__all__ = ["get_regularizer"]


def get_regularizer(regularizer: Any) -> Any:
    """Find a regularizer."""
    return regularizer
