"""What errors of every part have in common: a name that is none, two messages in one."""

from collections.abc import Mapping

from clearprop import errors

WORDS: Mapping[str, Mapping[str, str]] = {
    **errors.WORDS,
    "also": {"en": "{first}; {second}", "ko": "{first}, {second}"},
    "then": {"en": "{first} {second}", "ko": "{first} {second}"},
}
