"""Whatever is registered is compared with Keras somewhere: a new thing without it is noticed."""

import json
import subprocess
import sys
from collections import Counter

import pytest

from tests.conformance import counts


@pytest.fixture(scope="module")
def rows():
    command = [sys.executable, "-m", "tests.conformance.counts", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=counts.ROOT, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("family", counts.FILES)
def test_everything_is_compared_somewhere(family, rows):
    assert rows[family]["nowhere"] == []
    assert rows[family]["comparisons"] >= rows[family]["names"]


def test_what_is_compared_in_several_configurations(rows):
    """Layers and losses in three or more, most often with two kinds of number each."""
    each = Counter({**rows["layers"]["each"], **rows["losses"]["each"]})
    assert sum(count >= 2 for count in each.values()) >= 0.9 * len(each)


def watched(tests):
    watching = counts.Counting()
    watching.about = tests
    return watching


def test_a_thing_that_is_compared_nowhere_is_noticed():
    known = counts.registered()["losses"]
    tests = {("losses", "a test"): known - {"Huber"}}
    assert counts.table(watched(tests), ran=False)["losses"]["nowhere"] == ["Huber"]


class Asking:
    """A test as pytest collects it."""

    def __init__(self, name, *fixtures):
        self.name = self.originalname = name
        self.fixturenames = fixtures


def test_only_tests_that_ask_keras_count():
    assert counts.compares(Asking("test_values", "keras"))
    assert not counts.compares(Asking("test_values"))
    assert not counts.compares(Asking("test_a_wrong_one_is_noticed", "keras"))


def test_what_stands_apart_is_registered():
    for family in ("losses", "activations", "initializers"):
        names = counts.registered()[family]
        assert not names & counts.APART[family]
