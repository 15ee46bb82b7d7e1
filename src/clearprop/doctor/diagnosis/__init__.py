"""Why training does not work: measured, said in words, with what to try."""

from clearprop.doctor.diagnosis.diagnosing import diagnose
from clearprop.doctor.diagnosis.report import Diagnosis, Finding, Unjudged

__all__ = ["diagnose", "Diagnosis", "Finding", "Unjudged"]
