"""Data sets to learn on: digits that come along, points in the plane, pictures and reviews."""

from typing import TYPE_CHECKING

from clearprop.core.later import names_of

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop.data.datasets.idx_sets import fashion_mnist, mnist
    from clearprop.data.datasets.optical_digits import digits
    from clearprop.data.datasets.pictures import cifar10
    from clearprop.data.datasets.reviews import imdb
    from clearprop.data.datasets.toy import circles, moons, spiral, xor

__all__ = [
    "digits",
    "xor",
    "moons",
    "circles",
    "spiral",
    "mnist",
    "fashion_mnist",
    "cifar10",
    "imdb",
]

__getattr__, __dir__ = names_of(
    "clearprop.data.datasets",
    [
        f"clearprop.data.datasets.{name}"
        for name in ("toy", "optical_digits", "idx_sets", "pictures", "reviews")
    ],
    __all__,
)
