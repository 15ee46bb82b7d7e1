"""The oracle these tests compare with."""

from tests.oracles import keras

__all__ = ["keras"]
