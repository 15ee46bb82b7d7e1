"""Programs of every style, put into one form: values in, an output and gradients out."""

from clearprop.doctor.submitted.recognising import as_subject
from clearprop.doctor.submitted.subject import Asked, Call, Subject

__all__ = ["Asked", "Call", "Subject", "as_subject"]
