"""A state that was damaged or forged is refused, wherever it was touched."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.data import Preprocessor
from clearprop.errors import FormatError
from tests.data.tables.making import PEOPLE, table

CLASSES = Preprocessor.fit(table(PEOPLE), "buys").to_json_dict()
AMOUNTS = Preprocessor.fit(table(PEOPLE), "income").to_json_dict()


def put(*path, value):
    """A spoiler that sets one place of a state."""

    def spoil(state):
        for step in path[:-1]:
            state = state[step]
        state[path[-1]] = value

    return spoil


def drop(*path):
    """A spoiler that removes one place of a state."""

    def spoil(state):
        for step in path[:-1]:
            state = state[step]
        del state[path[-1]]

    return spoil


FAULTS = {
    "version": (put("version", value=2), "preprocessor, 'version': expected 1; got 2"),
    "no version": (drop("version"), "'version' is missing"),
    "unknown field": (put("run", value="rm"), "preprocessor: unknown 'run'"),
    "features text": (put("features", value="abc"), "'features': expected a list"),
    "no features": (put("features", value=[]), "at least one feature"),
    "feature number": (put("features", 0, value=3), "feature 0: expected an object; got 3"),
    "feature kind": (put("features", 0, "kind", value="code"), "feature 0, 'kind': expected 'num"),
    "name number": (put("features", 0, "name", value=5), "feature 0, 'name': expected a text"),
    "percent text": (
        put("features", 0, "percent", value="no"),
        "'percent': expected true or",
    ),
    "median nan": (put("features", 0, "median", value=float("nan")), "'median': expected a finite"),
    "median true": (put("features", 0, "median", value=True), "'median': expected a finite number"),
    "scale zero": (
        put("features", 0, "scale", value=0),
        "'scale': expected a finite number abo",
    ),
    "scale negative": (put("features", 0, "scale", value=-1.0), "above 0; got -1.0"),
    "shift huge": (put("features", 0, "shift", value=10**400), "'shift': expected a finite number"),
    "extra in feature": (put("features", 0, "extra", value=1), "feature 0: unknown 'extra'"),
    "no categories": (
        put("features", 1, "categories", value=[]),
        "1 or more texts that",
    ),
    "category twice": (put("features", 1, "categories", value=["a", "a"]), "that all differ"),
    "category number": (put("features", 1, "categories", value=["a", 1]), "that all differ"),
    "category list": (put("features", 1, "categories", value=["a", []]), "that all differ"),
    "name twice": (put("features", 0, "name", value="city"), "each column only once"),
    "target among features": (put("features", 0, "name", value="buys"), "each column only once"),
    "left out and used": (put("left_out", value=["city"]), "each column only once"),
    "left out number": (put("left_out", value=[1]), "'left_out': expected 0 or more texts"),
    "target list": (put("target", value=[]), "preprocessor, target: expected an object"),
    "target kind": (put("target", "kind", value="x"), "target, 'kind': expected 'classes' or"),
    "one class": (put("target", "classes", value=["a"]), "'classes': expected 2 or more texts"),
    "numeric number": (put("target", "numeric", value=1), "'numeric': expected true or false"),
    "no target": (drop("target"), "'target' is missing"),
    "no name": (drop("target", "name"), "target: 'name' is missing"),
}


@pytest.mark.parametrize(("spoil", "words"), FAULTS.values(), ids=FAULTS)
def test_a_spoilt_state_is_refused(spoil, words):
    state = copy.deepcopy(CLASSES)
    Preprocessor.from_json_dict(state)
    spoil(state)
    with pytest.raises(FormatError, match=words):
        Preprocessor.from_json_dict(state)


@pytest.mark.parametrize("field", ["percent", "shift", "scale"])
def test_a_spoilt_amount_is_refused(field):
    state = copy.deepcopy(AMOUNTS)
    state["target"][field] = None
    with pytest.raises(FormatError, match=f"target, '{field}': expected .* got None"):
        Preprocessor.from_json_dict(state)


def test_a_long_value_is_cut_in_the_message():
    with pytest.raises(FormatError) as caught:
        Preprocessor.from_json_dict("x" * 10_000)
    assert len(str(caught.value)) < 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@st.composite
def spoilt_states(draw):
    """A state in which one place, anywhere, holds something else."""
    state = copy.deepcopy(draw(st.sampled_from([CLASSES, AMOUNTS])))
    parent, key = state, draw(st.sampled_from(sorted(state)))
    while isinstance(parent[key], dict | list) and parent[key] and draw(st.booleans()):
        parent = parent[key]
        keys = sorted(parent) if isinstance(parent, dict) else range(len(parent))
        key = draw(st.sampled_from(list(keys)))
    parent[key] = draw(JSON)
    return state


@given(state=spoilt_states() | JSON)
def test_any_state_is_read_soundly_or_refused_in_words(state):
    try:
        read = Preprocessor.from_json_dict(state)
    except FormatError:
        return
    again = json.loads(json.dumps(read.to_json_dict(), allow_nan=False))
    assert Preprocessor.from_json_dict(again).features == read.features
