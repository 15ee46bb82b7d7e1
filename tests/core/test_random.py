"""Random streams: the same for the same seed, each use for itself."""

import json
import threading

import numpy as np
import pytest

from clearprop.core import random
from clearprop.core.random import (
    draws,
    fresh_number,
    fresh_stream,
    global_seed,
    set_draws,
    set_seed,
    stream,
)
from clearprop.errors import OptionError

PINNED = [94, 50, 78, 20, 50]  # NumPy promises that its PCG64 gives these for ever


@pytest.fixture(autouse=True)
def no_seed(monkeypatch):
    monkeypatch.setattr(random, "_seed", None)
    monkeypatch.setattr(random, "_opened", {})


def first(generator):
    return tuple(generator.integers(0, 2**60, 4).tolist())


def test_the_same_seed_and_use_give_the_same_numbers():
    assert first(stream(7, "shuffle", 3)) == first(stream(7, "shuffle", 3))
    assert first(stream(np.int64(7), "shuffle", np.int32(3))) == first(stream(7, "shuffle", 3))


def test_another_seed_or_use_gives_others():
    uses = [(7, "a"), (8, "a"), (7, "b"), (7, "a", 0), (7, "a", 1), (7,), (7, 0), (0, "a"), (0,)]
    assert len({first(stream(*use)) for use in uses}) == len(uses)


def test_the_numbers_stay_the_same_from_release_to_release():
    assert stream(7, "shuffle", 0).integers(0, 100, 5).tolist() == PINNED


def test_without_any_seed_no_two_are_alike():
    assert first(stream(None, "a")) != first(stream(None, "a"))
    assert global_seed() is None


def test_the_seed_of_the_program():
    set_seed(7)
    assert global_seed() == 7
    assert first(stream(None, "a")) == first(stream(7, "a"))
    assert first(stream(8, "a")) == first(stream(8, "a"))
    set_seed(np.int64(8))
    assert first(stream(None, "a")) == first(stream(8, "a"))


def test_threads_see_the_seed_of_the_program():
    set_seed(7)
    seen = []
    thread = threading.Thread(target=lambda: seen.append(first(stream(None, "a"))))
    thread.start()
    thread.join()
    assert seen == [first(stream(7, "a"))]


def test_fresh_streams_differ_and_come_again_in_the_same_order():
    set_seed(7)
    once = [first(fresh_stream("w")), first(fresh_stream("w")), first(fresh_stream("b"))]
    assert len(set(once)) == 3
    set_seed(7)
    assert [first(fresh_stream("w")), first(fresh_stream("w"))] == once[:2]
    assert first(fresh_stream("b")) == once[2]


def test_fresh_streams_of_threads_are_never_the_same():
    set_seed(7)
    seen = []
    threads = [
        threading.Thread(target=lambda: seen.extend(first(fresh_stream("w")) for _ in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == len(seen) == 200


@pytest.mark.parametrize("seed", [-1, 1.5, "7", True, np.bool(1), [1]], ids=repr)
def test_what_is_no_seed(seed):
    for call in (set_seed, lambda seed: stream(seed, "a")):
        with pytest.raises(OptionError, match="seed must be a whole number of at least 0; got"):
            call(seed)


def test_none_is_no_seed_to_set():
    with pytest.raises(OptionError, match="got None"):
        set_seed(None)


def test_drawing_goes_on_where_it_was():
    set_seed(7)
    fresh_stream("a")
    fresh_stream("a")
    fresh_stream("b/kernel", 3)
    state = json.loads(json.dumps(draws()))
    expected = [first(fresh_stream(*keys)) for keys in (("a",), ("b/kernel", 3), ("c",))]
    set_seed(8)
    set_draws(state)
    assert global_seed() == 7
    assert [first(fresh_stream(*keys)) for keys in (("a",), ("b/kernel", 3), ("c",))] == expected


@pytest.mark.parametrize(
    "state",
    [{}, {"seed": 1}, {"seed": -1, "opened": []}, {"seed": 1, "opened": [["a"]]},
     {"seed": "1", "opened": []},
     {"seed": 1, "opened": [[["a"], -1]]}, {"seed": 1, "opened": [[[[]], 1]]}],
)  # fmt: skip
def test_places_that_are_none_are_refused_and_nothing_changes(state):
    set_seed(7)
    with pytest.raises(OptionError):
        set_draws(state)
    assert draws() == {"seed": 7, "opened": []}


def test_calls_are_counted_by_their_keys():
    set_seed(7)
    assert [fresh_number("a"), fresh_number("a"), fresh_number("a", 0)] == [0, 1, 0]
    fresh_stream("a")
    assert fresh_number("a") == 3
    set_seed(7)
    assert fresh_number("a") == 0
