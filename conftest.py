"""What every test, docstring and documentation page runs under.

It stands at the root because examples in `src`, `docs` and the README are tests too, and takes
effect before NumPy, JAX or Keras is loaded.
"""

import doctest
import re

import pytest
from hypothesis import HealthCheck, settings

from tests.isolation import close_the_network, heed_interrupts, settle_environment

settle_environment()
close_the_network()
heed_interrupts()

# The same examples on every run and machine; how long one takes says nothing while JAX compiles.
settings.register_profile(
    "clearprop",
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("clearprop")

parse_examples = doctest.DocTestParser.parse
FENCED = re.compile(r"(?ms)^[ \t]*(```|~~~)[^\n]*\n(.*?)^[ \t]*\1[ \t]*$")
EMPTY_IN_OUTPUT = re.compile(r"(?m)^[ \t]*$(?=\n\s*(?!>>>)\S)")


def parse_fenced_examples(self, string, name="<string>"):
    """Read examples as doctest does, but let a Markdown fence end the output, and no empty line."""

    def block(fenced):
        return "\n" + EMPTY_IN_OUTPUT.sub("<BLANKLINE>", fenced[2])

    return parse_examples(self, FENCED.sub(block, string), name)


doctest.DocTestParser.parse = parse_fenced_examples


@pytest.fixture(autouse=True)
def examples_write_elsewhere(request):
    """Run each documented example in an empty folder, so that what it saves does not stay here."""
    if isinstance(request.node, pytest.DoctestItem):
        request.getfixturevalue("monkeypatch").chdir(request.getfixturevalue("tmp_path"))
