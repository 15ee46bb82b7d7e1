"""What a check says."""

from __future__ import annotations

from typing import Any

from clearprop.doctor.findings import Finding
from clearprop.doctor.judge import Verdict
from clearprop.doctor.submitted.guard import Failed

__all__ = ["CheckReport"]


class CheckReport:
    """
    The result of `check`.

    Attributes
    ----------
    sound : bool or None
        Whether the gradients are right; None where that cannot be judged.
    findings : tuple of Finding
    """

    def __init__(self, verdict: Verdict, failed: Failed | None = None) -> None:
        self.verdict, self.failed = verdict, failed
        self.sound: bool | None = verdict.sound
        self.findings: tuple[Finding, ...] = tuple(verdict.findings)

    def __bool__(self) -> bool:
        return self.sound is True

    def __str__(self) -> str:
        return f"{self.sound} {self.findings} {self.failed} {self.failed and self.failed.error!r} {self.failed and self.failed.line}"

    def to_json(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {}
