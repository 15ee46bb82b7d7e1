"""Keras's `keras.config`: the kind of number that layers compute with unless told otherwise."""

from clearprop.nn import floatx, set_floatx

__all__ = ["floatx", "set_floatx"]
