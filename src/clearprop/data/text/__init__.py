"""Text as numbers: which words or characters there are, and where they stand."""

from clearprop.data.text.jamo import compose, decompose
from clearprop.data.text.vectorization import TextVectorization

__all__ = ["TextVectorization", "decompose", "compose"]
