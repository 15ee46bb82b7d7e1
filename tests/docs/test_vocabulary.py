"""The pages of what there is tell all that there is, and of all that Keras has why it is not."""

import importlib
import inspect

import pytest
from docs.pages import LANGUAGES
from docs.vocabulary import write

from clearprop.nn import registry
from clearprop.nn.registry import accepted

PLACES = list(write.GROUPED)
HOLDERS = {"Applied", "Chain", "Functional", "Graph", "Model", "Sequential"}  # of layers
OTHERS = ["ops", "saving", "preprocessing", "backend"]


def untold(place, listed):
    """Name what a part of the library has and a page does not, and the other way round."""
    told = listed | set(write.functions(place)) | write.second_names(place).keys()
    things = write.public(place).keys()
    return sorted(things - told), sorted(listed - things)


@pytest.mark.parametrize("place", PLACES)
def test_a_page_names_all_there_is(place):
    assert untold(place, write.GROUPED[place]) == ([], [])


def test_a_name_without_a_group_is_noticed():
    fewer = write.GROUPED["layers"] - {"LSTM"}
    assert untold("layers", fewer | {"LSTN"}) == (["LSTM"], ["LSTN"])


@pytest.mark.parametrize("kind", ["layers", "initializers", "regularizers", "constraints"])
def test_the_registry_has_nothing_that_its_part_does_not_list(kind):
    known = {name for name, c in getattr(registry, kind.upper()).items()
             if c.__module__.startswith("clearprop.")}  # fmt: skip
    assert known - write.public(kind).keys() <= HOLDERS


def test_nothing_stands_in_two_groups():
    for family in write.FAMILIES:
        names = [name for group in family["group"] for name in group["names"].split()]
        assert len(names) == len(set(names)), family["place"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_are_what_is_written(lang):
    assert not write.PAGES.outdated(lang, write.PAGES.text(lang)), (
        "run python -m docs.vocabulary.write"
    )
    assert write.PAGES.outdated(lang, write.PAGES.text(lang) + "more")


def names_of(part):
    return {name for name in dir(part) if not name.startswith("_")}


def unreasoned(theirs, ours, reasons):
    """Name what Keras has without a reason, and what has a reason although it is here."""
    given = [name for each in reasons for name in each["names"].split()]
    assert len(given) == len(set(given))
    missing = {name for name in theirs if not hasattr(ours, name)}
    return sorted(missing - set(given)), sorted(set(given) - missing)


@pytest.mark.parametrize("place", [*PLACES, *OTHERS])
def test_what_keras_has_and_this_has_not_has_a_reason(place, keras):
    theirs = names_of(importlib.import_module(f"keras.{place}"))
    assert unreasoned(theirs, write.module(place), write.ABSENT.get(place, [])) == ([], [])


@pytest.mark.parametrize("place", sorted(write.ABSENT.keys() - {"arguments"}))
def test_who_asks_for_what_is_not_here_is_told_what_to_do(place):
    part = write.module(place) if place != "parts" else importlib.import_module("clearprop.keras")
    for each in write.ABSENT[place]:
        for name in set(each["names"].split()) - {"src"}:  # where Keras keeps its insides
            with pytest.raises(AttributeError, match=f"{name}, which Keras has: "):
                getattr(part, name)


def test_parts_and_names_of_keras_itself(keras):
    ours = importlib.import_module("clearprop.keras")
    assert unreasoned(names_of(keras), ours, write.ABSENT["parts"]) == ([], [])


def test_a_missing_reason_is_noticed():
    class Theirs:
        old = new = both = None

    class Ours:
        both = None

    told = [{"names": "old both"}]
    assert unreasoned(names_of(Theirs), Ours, told) == (["new"], ["both"])


def refused(keras):
    """Pair each class that Keras has too with the arguments that it does not take."""
    found = {}
    for place in PLACES:
        theirs, ours = importlib.import_module(f"keras.{place}"), write.module(place)
        for name in write.public(place):
            a, b = getattr(theirs, name, None), getattr(ours, name)
            if not inspect.isclass(a) or not inspect.isclass(b):
                continue
            wanted = {
                p.name
                for p in inspect.signature(a).parameters.values()
                if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
            }
            if gone := wanted - {*accepted(b), *inspect.signature(b).parameters}:
                found[name] = gone
    return found


def test_arguments_that_are_refused_are_told(keras):
    told = {}
    for each in write.ABSENT["arguments"]:
        classes, _, arguments = each["names"].partition(":")
        told |= {name: set(arguments.split()) for name in classes.split()}
    assert told.pop("Input") == {"sparse", "ragged", "tensor", "optional"}
    assert told == refused(keras)


def test_the_version_on_the_pages_is_the_one_compared_with(keras):
    assert keras.__version__.startswith(write.KERAS + ".")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_title_and_reason_is_in_that_language(lang):
    groups = [group for family in write.FAMILIES for group in (family, *family["group"])]
    reasons = [each for several in write.ABSENT.values() for each in several if lang in each]
    for each in [*groups, *reasons]:
        assert any("가" <= letter <= "힣" for letter in each[lang]) == (lang == "ko"), each
    assert len(reasons) > 40
