"""Trees come apart and together again, whatever they are made of."""

from collections import OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.core.tree import flatten, leaves_as_in, map_tree, paths, unflatten
from clearprop.errors import ShapeError

Pair = namedtuple("Pair", "first second")


class Rows(list):
    pass


def branches(children):
    lists = st.lists(children, max_size=4)
    dicts = st.dictionaries(st.text(max_size=3) | st.integers(), children, max_size=4)
    return st.one_of(
        lists,
        lists.map(tuple),
        lists.map(Rows),
        dicts,
        dicts.map(OrderedDict),
        dicts.map(lambda d: defaultdict(int, d)),
        st.tuples(children, children).map(lambda pair: Pair(*pair)),
    )


trees = st.recursive(st.none() | st.floats(allow_nan=False), branches, max_leaves=12)


def same_kinds(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(a) == list(b) and all(same_kinds(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same_kinds, a, b))
    return a == b


@given(trees)
def test_round_trip(tree):
    leaves, form = flatten(tree)
    assert same_kinds(unflatten(form, leaves), tree)
    assert leaves_as_in(form, tree) == leaves
    assert None not in leaves


@given(trees)
def test_paths_are_python(tree):
    found = [eval(f"tree{path}", {"tree": tree}) for path in paths(tree)]
    assert found == flatten(tree)[0]


@given(trees)
def test_map_keeps_the_form(tree):
    twice = map_tree(lambda x, y: (x, y)[0] + 1.0, tree, tree)
    assert flatten(twice)[0] == [x + 1.0 for x in flatten(tree)[0]]
    assert paths(twice) == paths(tree)


@given(trees, trees)
def test_a_tree_is_matched_by_its_own_form_only(tree, other):
    form = flatten(tree)[1]
    if sorted(paths(tree)) != sorted(paths(other)):
        with pytest.raises(ShapeError, match="trees do not match"):
            leaves_as_in(form, other)


def test_the_tree_is_not_changed():
    tree = defaultdict(list, w=[1.0])
    leaves, form = flatten(tree)
    again = unflatten(form, [2.0])
    assert (tree["w"], again["w"], leaves) == ([1.0], [2.0], [1.0])
    assert again.default_factory is list


def test_keys_say_what_is_what_not_their_order():
    w = {"w": 1.0, "b": 2.0}
    g = {"b": 20.0, "w": 10.0}
    assert map_tree(lambda x, y: (x, y), w, g) == {"w": (1.0, 10.0), "b": (2.0, 20.0)}


def test_lists_and_tuples_are_alike_to_match():
    assert map_tree(lambda x, y: x + y, [1, (2, 3)], (10, [20, 30])) == [11, (22, 33)]


def test_arrays_are_leaves():
    a = np.ones((2, 2))
    leaves, form = flatten({"a": a, "rest": [a, None]})
    assert len(leaves) == 2
    assert leaves[0] is a
    assert paths(a) == [""]
    assert unflatten(form, [1, 2]) == {"a": 1, "rest": [2, None]}


@pytest.mark.parametrize(
    ("tree", "other", "said"),
    [
        ({"a": 1}, {"b": 1}, r"match: one has a dict with the keys \['a'\], the other .*\['b'\]"),
        (
            {"a": [1, 2]},
            {"a": [1]},
            r"match at \['a'\]: one has a list of 2, the other a list of 1",
        ),
        ([1, [2]], [1, 2], r"match at \[1\]: one has a list of 1, the other one array"),
        ([1, 2], [1, None], r"match at \[1\]: one has one array, the other nothing \(None\)"),
        ([1, None], [1, 2], r"match at \[1\]: one has nothing \(None\), the other one array"),
        (1, (1,), "match: one has one array, the other a tuple of 1"),
        ({"a": 1}, [1], "the other a list of 1"),
    ],
)
def test_trees_that_do_not_match(tree, other, said):
    with pytest.raises(ShapeError, match=said):
        map_tree(lambda x, y: x, tree, other)


@pytest.mark.parametrize("leaves", [[], [1], [1, 2, 3]])
def test_leaves_that_are_too_few_or_too_many(leaves):
    with pytest.raises(ShapeError, match=f"a tree of 2 leaves cannot hold {len(leaves)}"):
        unflatten(flatten([1, 2])[1], leaves)
