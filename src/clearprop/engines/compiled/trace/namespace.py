"""The namespace `xp` of the compiler: what rules compute with it becomes a program."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from clearprop.core.namespaces import STANDARD, ArrayNamespace
from clearprop.engines.compiled.program import Value
from clearprop.engines.compiled.trace import arranging, lowerings
from clearprop.engines.compiled.trace.functions import FUNCTIONS

__all__ = ["COMPILER"]


def _module() -> ModuleType:
    """Collect the standard's functions on values, and its constants and kinds of numbers."""
    made = ModuleType("values")
    own: dict[str, Any] = FUNCTIONS | {
        name: getattr(arranging, name) for name in arranging.__all__ if name in STANDARD
    }
    plain = "e inf nan newaxis pi bool int8 int16 int32 int64 uint8 uint16 uint32 uint64"
    for name in [*plain.split(), "float32", "float64"]:
        own[name] = getattr(np, name)
    vars(made).update(own, **lowerings.STANDARD)
    return made


COMPILER = ArrayNamespace(_module(), "compiled")
lowerings.register()

Value._xp = COMPILER
