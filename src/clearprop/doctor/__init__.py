"""Checks of derivatives, named bugs of backward passes, diagnoses of training."""

from clearprop.doctor.check import check
from clearprop.doctor.gradcheck import gradcheck

__all__ = ["check", "gradcheck"]
