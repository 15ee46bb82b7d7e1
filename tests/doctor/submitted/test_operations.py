"""Scalar values of any names: what goes wrong between operations is told from what is in one."""

import math

import pytest

from clearprop.doctor import check
from clearprop.doctor.submitted.values import form_of


def sorted_walk(root):
    """Every value after all that were made of it."""
    found = {}

    def visit(v):
        if id(v) not in found:
            for p, _ in v.parents:
                visit(p)
            found[id(v)] = v

    visit(root)
    return reversed(found.values())


def hasty_walk(root):
    """Every value as soon as one that was made of it was met."""
    waiting, found = [root], {}
    while waiting:
        v = waiting.pop(0)
        if id(v) not in found:
            found[id(v)] = v
            waiting += [p for p, _ in v.parents]
    return found.values()


def value_class(mul=None, *, keep=True, look=True, walk=sorted_walk):
    """Make a class of values; the options put a slip in."""

    class Num:
        def __init__(self, val, parents=()):
            self.val, self.g, self.parents = val, 0.0, parents

        def __add__(self, o):
            return Num(self.val + o.val, ((self, 1.0), (o, 1.0)))

        def __mul__(self, o):
            own = (mul or (lambda a, b: (b, a)))(self.val, o.val)
            return Num(self.val * o.val, ((self, own[0]), (o, own[1])))

        def __sub__(self, o):
            return Num(self.val - o.val, ((self, 1.0), (o, -1.0)))

        def tanh(self):
            y = math.tanh(self.val)
            return Num(y, ((self, 1 - y * y),))

        def backprop(self):
            self.g = 1.0
            for v in walk(self):
                for p, local in v.parents:
                    share = (v.g if look else 1.0) * local
                    p.g = p.g + share if keep else share

    return Num


def f(a, b, c):
    d = a * b + c
    return (d - a).tanh() * d + b * d


def ids_of(kind):
    report = check(f, x=(kind(0.4), kind(-0.9), kind(1.2)))
    return report.sound, report.ids


def test_a_sound_class_of_other_names():
    kind = value_class()
    form = form_of(kind(1.0))
    assert (form.data, form.grad, form.back) == ("val", "g", "backprop")
    assert ids_of(kind) == (True, ())


@pytest.mark.parametrize(
    ("slip", "name"),
    [
        ({"keep": False}, "paths-not-summed"),
        ({"look": False}, "upstream-ignored"),
        ({"walk": hasty_walk}, "backward-order"),
        ({"mul": lambda a, b: (a, b)}, "multiply-not-swapped"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_slips(slip, name):
    assert ids_of(value_class(**slip)) == (False, (name,))


def test_what_is_no_value():
    assert form_of(3.0) is None
    assert form_of([1.0]) is None
    assert form_of(value_class()) is None
