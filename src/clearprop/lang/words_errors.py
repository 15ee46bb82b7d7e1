"""What errors of every part have in common: a name that is none, an argument that is none."""

from clearprop.errors import WORDS

__all__ = ["WORDS"]
