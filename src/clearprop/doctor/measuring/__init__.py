"""Names that need no recognition: what central differences alone tell of a wrong gradient."""

from clearprop.doctor.measuring.matching import measured_findings

__all__ = ["measured_findings"]
