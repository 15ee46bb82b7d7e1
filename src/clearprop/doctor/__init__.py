"""Checks of derivatives, named bugs of backward passes, diagnoses of training."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from clearprop.doctor.checking import check
from clearprop.doctor.gradcheck import gradcheck

if TYPE_CHECKING:  # what `__getattr__` finds
    from clearprop.doctor.diagnosis import Diagnosis as Diagnosis
    from clearprop.doctor.diagnosis import Finding as Finding
    from clearprop.doctor.diagnosis import diagnose as diagnose
    from clearprop.doctor.diagnosis.callback import Doctor as Doctor

# Whoever checks a derivative does not wait for what training needs.
_LATER = {
    "diagnose": "clearprop.doctor.diagnosis",
    "Diagnosis": "clearprop.doctor.diagnosis",
    "Finding": "clearprop.doctor.diagnosis",
    "Doctor": "clearprop.doctor.diagnosis.callback",
}

__all__ = ["check", "gradcheck", "diagnose", "Diagnosis", "Finding", "Doctor"]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
