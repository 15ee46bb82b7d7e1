"""Names of a program are exchanged only while it is traced, and put back whatever happens."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from clearprop.doctor.submitted import Asked, as_subject
from clearprop.doctor.submitted.guard import Budget
from clearprop.doctor.traced.running import run, traced
from clearprop.doctor.traced.standins import exchanged

SOURCE = """
import math
import numpy as np
from numpy import exp, dot

class Net:
    kept = []
    def __init__(self):
        self.W = np.arange(6.0).reshape(3, 2) / 5
        self.alias = [self.W]
        self.calls = 0
    def forward(self, x):
        self.calls += 1
        self.kept.append(x)
        if self.calls > 100:
            raise RuntimeError("too often")
        {BODY}
    def backward(self, g):
        return g @ self.W.T
"""


def program(body: str) -> dict[str, Any]:
    """Give the namespace of a program."""
    space: dict[str, Any] = {"__name__": "program"}
    exec(SOURCE.replace("{BODY}", body), space)
    return space


def subject_of(space: dict[str, Any]) -> Any:
    net = space["Net"]()
    return as_subject(net, Asked(x=np.ones((4, 3))), Budget(5.0)), net


def names(space: dict[str, Any]) -> list[int]:
    return [id(space.get(n)) for n in ("np", "math", "exp", "dot", "float", "max")]


def test_names_are_put_back() -> None:
    space = program("return np.tanh(dot(x, self.alias[0]))")
    subject, net = subject_of(space)
    before, array = names(space), net.W
    found = traced(subject, dict(subject.start))
    assert found is not None
    assert "tanh" in found.tape.op
    assert names(space) == before
    assert space["np"] is np
    assert space["math"] is math
    assert "float" not in space
    assert net.W is array
    assert net.alias[0] is array
    assert type(array) is np.ndarray
    assert net.calls == 0
    assert space["Net"].kept == []


@pytest.mark.parametrize(
    "error",
    ["raise KeyError('no')", "raise SystemExit", "return x[10]", "assert float(x[0, 0]) > 5"],
)
def test_names_are_put_back_after_exceptions(error: str) -> None:
    space = program("return x @ self.W")
    subject, net = subject_of(space)
    before, array = names(space), net.W
    body = SOURCE.replace("{BODY}", error).replace("import math\nimport numpy as np\n", "")
    exec(body.replace("from numpy import exp, dot\n", ""), space)
    net.__class__.forward = space["Net"].forward
    subject._ahead = net.forward
    assert traced(subject, dict(subject.start)) is None
    with pytest.raises(Exception):  # noqa: B017, PT011 - any
        run(subject, dict(subject.start))
    assert names(space) == before
    assert net.W is array


def test_names_are_put_back_when_the_body_raises() -> None:
    space = program("return x @ self.W")
    before = names(space)

    def broken() -> None:
        with exchanged([space["Net"].forward]):
            assert names(space) != before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert names(space) == before


def test_float_and_max_stay_what_they_are_for_others() -> None:
    space = program("return x @ self.W")
    with exchanged([space["Net"].forward]):
        assert space["float"]("1.5") == 1.5
        assert isinstance(2.0, space["float"])
        assert not isinstance("2", space["float"])
        assert space["max"]([3, 1, 2]) == 3
        assert space["max"]("a", "b") == "b"
        assert space["np"].zeros(3, dtype=int).dtype.kind == "i"
        assert space["np"].random is np.random
        assert space["math"].pi == math.pi


def test_a_program_is_as_it_was_when_traced_twice() -> None:
    subject, _ = subject_of(program("return np.maximum(x @ self.W, 0)"))
    values = dict(subject.start)
    before = subject.forward(values)
    first, second = traced(subject, values), traced(subject, values)
    assert first is not None
    assert second is not None
    assert first.tape.op == second.tape.op
    assert np.array_equal(subject.forward(values), before)
