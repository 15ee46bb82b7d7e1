"""Code is found again for the very same program, and for no other; what is kept is not trusted."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from clearprop.engines.compiled import code
from clearprop.engines.compiled.machine import likeness as module
from clearprop.engines.compiled.machine import native
from clearprop.engines.compiled.machine.cache import VARIABLE, cache
from clearprop.engines.compiled.machine.image import Image
from clearprop.engines.compiled.machine.likeness import everything, likeness, sources
from clearprop.engines.compiled.program import Loop, Program, Value
from clearprop.engines.compiled.running import Bound
from tests.engines.compiled.natively import constant, leaf, made
from tests.engines.compiled.test_native import linux_x86
from tests.engines.compiled.test_without_compiler import TRAINING, python


def stepping(*, kind="float64", factor=2.0, axes=(0,), op="add", name="w", turned=False, more=None):
    """Write a step: the sum of examples times a number goes to a state."""
    x, w = leaf("data", (3, 2), kind, "x"), leaf("state", (2,), kind, name)
    if more is not None:
        x.params["density"] = more
    times = made("multiply", x, made("broadcast", constant(factor, kind), axes=(), shape=(3, 2)))
    total = made("sum", times, axes=axes)
    total = total if axes == (0,) else made("slice", total, starts=(0,), steps=(1,), shape=(2,))
    after = made(op, *((total, w) if turned else (w, total)))
    return Program(data=[x], states=[w], after=[after], results=[made("sum", after, axes=(0,))])


def like(program):
    return likeness(program, everything(program))


def test_the_same_step_is_like_itself_whatever_it_is_called():
    assert like(stepping()) == like(stepping()) == like(stepping(name="another"))


@pytest.mark.parametrize(
    "change",
    [{"kind": "float32"}, {"factor": 2.5}, {"axes": (1,)}, {"op": "subtract"}, {"turned": True},
     {"more": 0.2}, {"more": 0.25}, {"factor": -0.0}, {"factor": 0.0}],
    ids=str,
)  # fmt: skip
def test_another_step_is_not_like_it(change):
    others = [{}, {"more": 0.2}, {"factor": 0.0}]
    assert like(stepping(**change)) not in [like(stepping(**o)) for o in others if o != change]


def test_the_order_of_what_is_handed_in_and_out_counts():
    one, other = stepping(), stepping()
    other.results = [*other.results, other.results[0]]
    unread = stepping()
    unread.data = [leaf("data", (3, 2), "float64"), *unread.data]
    assert len({like(each) for each in (one, other, unread)}) == 3


def looping(op):
    x, carried = leaf("data", (2,), "float64"), leaf("carried", (2,), "float64")
    body = Loop(data=[x], states=[carried], after=[made(op, carried, x)])
    given = leaf("data", (5, 2), "float64")
    scan = Value("scan", (given,), {"body": body, "length": 5, "reverse": False}, (), "float64")
    return Program(data=[given], results=[scan])


def test_what_a_loop_does_counts():
    assert like(looping("add")) == like(looping("add")) != like(looping("multiply"))


def test_of_what_is_not_known_nothing_is_said():
    program = stepping()
    program.results[0].params["how"] = object()
    assert like(program) is None


def test_other_sources_are_another_key(monkeypatch, tmp_path):
    assert sources() == sources.__wrapped__()
    (tmp_path / "machine").mkdir()
    file = tmp_path / "machine" / "likeness.py"
    file.write_text("one")
    monkeypatch.setattr(module, "__file__", str(file))
    first = sources.__wrapped__()
    file.write_text("two")
    assert "likeness.py" in first
    assert sources.__wrapped__() != first
    (tmp_path / "new.py").write_text("")
    assert "new.py" in sources.__wrapped__()


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))


def result(machine, factor=2.0):
    state, told = np.zeros(2), np.empty(1)
    x = np.arange(6.0).reshape(3, 2)
    machine.run(Bound([x], None, 0, [], np.empty((1, 0)), [state], [told]), 1)
    np.testing.assert_allclose(state, factor * x.sum(0))
    assert told[0] == factor * 15


def never(*args, **options):
    raise AssertionError("made anew")


def test_code_is_found_without_writing_it_again(monkeypatch):
    result(code.native(stepping(), 3))
    monkeypatch.setattr("clearprop.engines.compiled.codegen.emit.build", never)
    machine = code.native(stepping(), 3)
    result(machine)
    with pytest.raises(AssertionError, match="made anew"):
        code.native(stepping(factor=3.0), 3)
    with pytest.raises(AssertionError, match="made anew"):
        machine.built  # noqa: B018 - what tells of its loops writes it again


@pytest.mark.parametrize("what", ["batch", "sources", "version", "threads", "library", "integers"])
def test_code_for_something_else_is_not_taken(what, monkeypatch):
    if what == "integers":
        monkeypatch.setattr(code, "LARGE", 0)
        monkeypatch.setattr(code, "blas", lambda: SimpleNamespace(integers=64))
    code.native(stepping(), 3)
    monkeypatch.setattr("clearprop.engines.compiled.codegen.emit.build", never)
    if what == "sources":
        monkeypatch.setattr(code, "sources", lambda: "others")
    elif what == "version":
        monkeypatch.setattr(code, "version", lambda: "another")
    elif what == "threads":
        monkeypatch.setattr(code, "SHARED", 0)
        monkeypatch.setattr(code, "thread_count", lambda: 7)
    elif what == "library":
        monkeypatch.setattr(code, "LARGE", 0)
        monkeypatch.setattr(code, "blas", lambda: SimpleNamespace(integers=64))
    elif what == "integers":
        monkeypatch.setattr(code, "blas", lambda: SimpleNamespace(integers=32))
    with pytest.raises(AssertionError, match="made anew"):
        code.native(stepping(), 4 if what == "batch" else 3)


def kept_plans():
    """Give the names under which is kept where a program's code is."""
    found = []
    for file in cache().folder.iterdir():
        content = cache().find(file.name)
        if content is not None and content[:1] == b"[" and json.loads(content)[0].isalnum():
            found.append(file.name)
    return [name for name in found if len(json.loads(cache().find(name))) == 2]


WRONG = [
    b"", b"[]", b"nonsense", b"\xff\xfe", b"{}", b"[1, 2]", b'["../../x", 64]', b'["a", 64]',
    b'["%s", -1]' % (b"a" * 40), b'["%s", 1e3]' % (b"a" * 40), b'["%s", true]' % (b"a" * 40),
    b'["%s", 99999999999999999999]' % (b"a" * 40), b'["%s", 64]' % (b"a" * 40), b"[[1], 2]",
]  # fmt: skip


@pytest.mark.parametrize("content", WRONG, ids=range(len(WRONG)))
def test_what_says_nothing_sensible_is_made_anew(content):
    code.native(stepping(), 3)
    (name,) = kept_plans()
    right = cache().find(name)
    cache().keep(name, content)
    result(code.native(stepping(), 3))
    assert cache().find(name) == right


def test_code_that_is_gone_or_no_code_is_made_anew():
    code.native(stepping(), 3)
    (name,) = kept_plans()
    key = json.loads(cache().find(name))[0]
    right = cache().find(key)
    cache().keep(key, b"i\x05\x00\x00\x00junk")
    result(code.native(stepping(), 3))
    assert cache().find(key) == right
    (cache().folder / key).unlink()
    result(code.native(stepping(), 3))
    assert cache().find(key) == right


@pytest.mark.parametrize(
    ("entry", "outside"), [(-1, {}), (99, {}), (0, {"exp": 4}), (0, {"exp": -8}), (0, [1]),
                           ("0", {}), (None, {}), (True, {}), (0, {"exp": 1e3})]
)  # fmt: skip
def test_an_image_that_reaches_out_of_itself_is_none(entry, outside):
    head = json.dumps([entry, outside]).encode()
    content = len(head).to_bytes(4, "little") + head + b"\xc3" * 8
    with pytest.raises(OSError, match="no code"):
        Image.unpacked(content)
    if linux_x86:
        cache().keep("a" * 40, b"i" + content)
        assert native.kept("a" * 40) is None


def test_a_later_process_writes_no_code(tmp_path):
    source = f"""{TRAINING}
print([m for m in sys.modules if "compiled.codegen" in m or "compiled.passes" in m])
text = []
model.program(print_fn=text.append)
print(len(text[0]) > 100)
"""
    first, second = (
        python(source, **{VARIABLE: str(tmp_path / "k")}).out.splitlines() for _ in range(2)
    )
    assert first[0] == second[0]
    assert first[1] != second[1] == "[]"
    assert first[2] == second[2] == "True"
