"""Which code reads what nobody can watch; what draws by itself is seen, and put back."""

import functools
import itertools
import os
import random
import time
from os import getenv

import numpy as np
import pytest

import clearprop as cp
from clearprop.train import standing as module
from clearprop.train.outer_chance import stream_of
from clearprop.train.standing import Standing
from clearprop.train.unwatched import class_reads, function_reads

FACTOR, NAMES, TEXT, PAIR = 2.0, ["a"], "relu", (1, [2])


def helper(x):
    return x * FACTOR


def inner_import(x):
    import json

    return x * json.loads("2")


OPEN = {
    "environment": lambda x: x * float(os.environ["A"]),
    "a function of a module": lambda x: x * float(getenv("A", "1")),
    "a function in C": lambda x: x * time.time(),
    "a file": lambda x: x * len(open("/dev/null").read()),  # noqa: SIM115
    "an import": inner_import,
    "inside another": lambda x: (lambda: os.getpid() * x)(),
    "what is not there yet": lambda x: x * LATER,  # noqa: F821
    "a class": lambda x: x * stands_alone_class(1),
}
CLOSED = {
    "numbers": lambda x: x * FACTOR,
    "a list": lambda x: x * len(NAMES),
    "another function": lambda x: helper(x),
    "this library and NumPy": lambda x: cp.ops.mean(x) * np.pi,
    "built in": lambda x: sum(float(each) for each in range(len(x))),
}


class stands_alone_class(int):  # noqa: N801
    pass


@pytest.mark.parametrize("name", OPEN)
def test_functions_that_read_outside(name):
    assert function_reads(OPEN[name]) or name == "a function of a module"  # which is looked into
    assert Standing(OPEN[name]).open


@pytest.mark.parametrize("name", CLOSED)
def test_functions_that_read_what_they_hold(name):
    assert not function_reads(CLOSED[name])
    assert not Standing(CLOSED[name]).open


def layer(call, **attributes):
    return type("Own", (cp.layers.Layer,), {"call": call, "__module__": __name__, **attributes})


class Plain(cp.layers.Layer):
    """Reads numbers, itself and this library."""

    order = 2

    def __init__(self, rate=0.5):
        super().__init__()
        self.rate = rate

    @property
    def twice(self):
        return 2 * self.rate

    @staticmethod
    def apart(x):
        return cp.ops.tanh(x) * FACTOR

    def call(self, x):
        return self.apart(x) * self.twice * self.order


KINDS = {
    "environment": (layer(lambda self, x: x * float(os.environ["A"])), True),
    "a property": (layer(lambda self, x: x, more=property(lambda self: time.time())), True),
    "a function that nobody looks into": (layer(lambda self, x: helper(x)), True),
    "a list that nobody looks into": (layer(lambda self, x: x * len(NAMES)), True),
    "text": (layer(lambda self, x: getattr(cp, TEXT)(x)), False),
    "a pair with a list": (layer(lambda self, x: x * len(PAIR)), True),
    "a list of the class": (layer(lambda self, x: x, kept=[1]), True),
    "plain": (Plain, False),
    "numbers of the class": (layer(lambda self, x: x * self.k, k=3.0), False),
}


@pytest.mark.parametrize("name", KINDS)
def test_classes(name):
    kind, reads = KINDS[name]
    assert class_reads(kind) is reads
    assert Standing(kind()).open is reads


def test_what_cannot_be_looked_into_is_open():
    assert Standing(functools.partial(helper, 1)).open
    assert not Standing(cp.layers.Dense(3)).open
    assert not Standing([1, {"a": (2.0, np.ones(3))}]).open


def test_what_is_too_deep_or_too_much_is_open(monkeypatch):
    nested = [1.0]
    for _ in range(module.DEEPEST + 2):
        nested = [nested]
    assert Standing(nested).open
    monkeypatch.setattr(module, "MOST", 3)
    assert Standing([[1], [2], [3], [4], [5]]).open


def counting():
    k = 0
    while True:
        k += 1
        yield k


STREAMS = {
    "generator": (lambda: np.random.default_rng(1), lambda rng: rng.random(), True),
    "bits": (lambda: np.random.PCG64(1), lambda bits: bits.random_raw(), True),
    "older": (lambda: np.random.RandomState(1), lambda rng: rng.rand(), True),
    "twister": (lambda: np.random.Generator(np.random.MT19937(1)), lambda rng: rng.random(), True),
    "Python": (lambda: random.Random(1), lambda rng: rng.random(), True),
    "count": (itertools.count, next, False),
    "a list": (lambda: iter([1, 2, 3]), next, False),
    "a function": (counting, next, False),
}


@pytest.mark.parametrize("name", STREAMS)
def test_streams(name):
    make, draw, can_be_put_back = STREAMS[name]
    thing = make()
    stream = stream_of(thing)
    was = stream.now()
    assert not stream.moved(was)
    first = draw(thing)
    assert stream.moved(was)
    assert (draw(thing) == first) is can_be_put_back


def test_other_things_are_no_streams():
    assert [stream_of(each) for each in (1, "a", [1], np.ones(3), len, {})] == [None] * 6


def test_a_draw_is_seen_and_put_back():
    held = {"rng": np.random.default_rng(1), "rate": 1.0}
    before = Standing(held)
    assert before.put_back() == ""
    first = held["rng"].random()
    assert before.put_back() == "another"
    assert held["rng"].random() == first
    held["rate"] = 2.0
    assert before.put_back() == "counts"
    assert held["rate"] == 1.0
