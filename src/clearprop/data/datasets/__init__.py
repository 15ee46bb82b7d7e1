"""Data sets to learn on: digits that come along, made-up points in the plane, and MNIST."""

from clearprop.data.datasets.idx_sets import mnist
from clearprop.data.datasets.optical_digits import digits
from clearprop.data.datasets.toy import circles, moons, spiral, xor

__all__ = ["digits", "xor", "moons", "circles", "spiral", "mnist"]
