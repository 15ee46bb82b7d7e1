"""The oracle these tests compare with."""

from tests.oracles import keras, keras_floatx

__all__ = ["keras", "keras_floatx"]
