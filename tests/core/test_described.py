"""Things are written down by class and arguments, and nothing else is made of what is read."""

import pytest

from clearprop.core.described import Described, read, snake_case, written
from clearprop.errors import OptionError


class Kept(Described):
    def __init__(self, size, dtype=None, **kwargs):
        self.size, self.dtype = size, dtype


class Strict(Described):
    def __init__(self, size=1):
        self._size = size

    @property
    def size(self):
        return self._size


class Forgetful(Described):
    size = 3  # of the class: not what it was made with

    def __init__(self, size=1):
        pass


KINDS = {cls.__name__: cls for cls in (Kept, Strict)}


def test_written_down_and_read_again():
    assert written(Kept(2)) == {"class_name": "Kept", "config": {"size": 2}}
    assert read("thing", written(Kept(2, "float64")), KINDS).dtype == "float64"
    assert read("thing", written(Strict(5)), KINDS).size == 5
    assert repr(Strict(5)) == "Strict(size=5)"
    assert read("thing", {"class_name": "Kept", "config": {"size": 1, "more": 2}}, KINDS).size == 1
    assert snake_case("MeanSquaredError") == "mean_squared_error"


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ("Kept", "is described by class_name and config"),
        ({"class_name": "Kepd", "config": {}}, "did you mean 'Kept'"),
        ({"class_name": ["Kept"]}, "unknown thing"),
        ({"class_name": "Strict", "config": [1]}, "must be a mapping"),
        ({"class_name": "Strict", "config": {1: 2}}, "must be a mapping"),
        ({"class_name": "Strict", "config": {"sise": 2}}, "argument of Strict"),
    ],
)
def test_refused_in_words(description, words):
    with pytest.raises(OptionError, match=words):
        read("thing", description, KINDS)


def test_what_does_not_keep_its_arguments_is_told_so():
    with pytest.raises(OptionError, match=r"write self.size = size"):
        Forgetful().get_config()
