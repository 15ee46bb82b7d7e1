"""Keras's `keras.backend`, as far as its users still write it."""

from clearprop.nn import floatx, set_floatx

__all__ = ["floatx", "set_floatx"]
