"""Native code: compiled, linked, kept, called; in threads, in copies, for other processors."""

import ctypes
import os
import struct
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled.codegen.emit import build
from clearprop.engines.compiled.machine import native
from clearprop.engines.compiled.machine.cache import VARIABLE, cache
from clearprop.engines.compiled.machine.image import Image, Mapped, linked
from clearprop.engines.compiled.machine.ir import Target
from clearprop.engines.compiled.math.mathlib import FUNCTIONS
from clearprop.engines.compiled.program import NotCompilable
from clearprop.engines.compiled.trace.step import trace_training
from tests.engines.compiled.mapped import applied, text_of
from tests.engines.compiled.stepping import task_of
from tests.engines.compiled.test_mathlib import PAIRS

linux_x86 = sys.platform == "linux" and native.host_target().triple.startswith("x86_64")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))


def adding(number=1, declared="", body=""):
    """Write a function that gives its third argument and a number."""
    return f"""
target triple = "{native.host_target().triple}"
{declared}
define i64 @run(ptr %table, i64 %first, i64 %last, i64 %thread) {{
{body}
%sum = add i64 %last, {number}
ret i64 %sum
}}
"""


def load(text):
    return native.load(text, native.host_target())


def test_a_function_is_called_and_lasts():
    one, two = load(adding(1)), load(adding(2))
    assert (one(0, 0, 40), two(0, 0, 40), one(0, 0, -1)) == (41, 42, 0)
    assert one.address != two.address


def test_what_was_compiled_is_not_compiled_again(monkeypatch):
    first = load(adding(7))
    monkeypatch.setattr(native, "compiled", None)
    assert load(adding(7))(0, 0, 1) == first(0, 0, 1) == 8
    with pytest.raises(TypeError):
        load(adding(8))


def test_other_versions_and_processors_have_code_of_their_own(monkeypatch):
    load(adding(7))
    count = len(list(cache().folder.iterdir()))
    native.load(adding(7), native.host_target(2))
    monkeypatch.setattr(native, "_version", lambda: "another")
    native.load(adding(7), native.host_target())
    monkeypatch.setattr(cp, "__version__", "another")
    native.load(adding(7), native.host_target())
    assert len(list(cache().folder.iterdir())) == count + 3


def test_damaged_code_is_compiled_again():
    load(adding(7))
    for file in cache().folder.iterdir():
        file.write_bytes(file.read_bytes()[:-1] + b"\x00")
    assert load(adding(7))(0, 0, 1) == 8


def test_it_works_without_a_cache(monkeypatch):
    monkeypatch.setenv(VARIABLE, "off")
    assert load(adding(3))(0, 0, 1) == 4


REMAINDER = (
    "declare double @fmod(double, double)",
    """%x = load double, ptr %table
%y = call double @fmod(double %x, double 4.0)
store double %y, ptr %table""",
)
COPY = (
    "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
    """%to = getelementptr i8, ptr %table, i64 4000
call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %table, i64 3000, i1 false)
%behind = getelementptr i8, ptr %table, i64 6992
%x = load double, ptr %behind
store double %x, ptr %table""",
)
OUTSIDE = {"remainder": (*REMAINDER, 7.5, 3.5), "copy": (*COPY, 1.0, 1.0)}


@pytest.mark.parametrize("way", ["image", "linker"])
@pytest.mark.parametrize("name", OUTSIDE)
def test_functions_of_the_c_library(name, way, monkeypatch):
    if way == "linker":
        monkeypatch.setattr(native, "linked", lambda *_: None)
    declared, body, given, expected = OUTSIDE[name]
    room = np.full(1000, given)
    assert load(adding(1, declared, body))(room.ctypes.data, 0, 1) == 2
    assert room[0] == expected


@pytest.mark.parametrize("way", ["image", "linker"])
def test_results_are_the_same_however_it_is_linked(way, monkeypatch):
    if way == "linker":
        monkeypatch.setattr(native, "linked", lambda *_: None)
    x = np.array([0.5, 1e9])
    np.testing.assert_allclose(applied("sin", x), np.sin(x), rtol=1e-15)


def test_a_function_that_is_nowhere_is_named():
    text = adding(1, "declare void @nobody_has_this()", "call void @nobody_has_this()")
    with pytest.raises(NotCompilable, match="nobody_has_this"):
        load(text)


# -- linking ---------------------------------------------------------------------------------------


def code_of(text):
    return native.compiled(text, native.host_target())


@pytest.mark.skipif(not linux_x86, reason="others have LLVM link")
class TestImages:
    def test_an_image_survives_being_packed(self):
        image = linked(code_of(adding(1, *REMAINDER)), "run")
        assert list(image.outside) == ["fmod"]
        assert Image.unpacked(image.packed()) == image

    def test_an_image_in_memory_cannot_be_written_to(self):
        mapped = Mapped(linked(code_of(adding()), "run"), native.address_of)
        maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
        lines = [line.split() for line in maps]
        spans = {tuple(int(n, 16) for n in line[0].split("-")): line[1] for line in lines}
        assert [r for (a, b), r in spans.items() if a <= mapped.address < b] == ["r-xp"]

    @pytest.mark.parametrize("offset", [0, 5, 18])
    def test_other_formats_are_left_to_llvm(self, offset):
        code = bytearray(code_of(adding()))
        code[offset] ^= 1
        assert linked(bytes(code), "run") is None

    def test_what_is_not_known_is_left_to_llvm(self):
        writable = "@count = internal global i64 0"
        body = "%n = load volatile i64, ptr @count\nstore volatile i64 %n, ptr @count"
        assert linked(code_of(adding(1, writable, body)), "run") is None
        outside = "@environ = external global ptr"
        body = "%n = load volatile ptr, ptr @environ"
        assert linked(code_of(adding(1, outside, body)), "run") is None
        assert linked(code_of(adding()), "another") is None

    def test_an_unknown_relocation_is_seen(self):
        code = code_of(adding(1, *REMAINDER))
        known = struct.pack("<I", 4)  # a call, among relocations of 24 bytes
        places = [i for i in range(0, len(code), 8) if code[i : i + 4] == known]
        changed = [code[:i] + struct.pack("<I", 1) + code[i + 4 :] for i in places]
        assert None in [_or_nothing(each) for each in changed]


def _or_nothing(code):
    try:
        return linked(code, "run")
    except (ValueError, struct.error, UnicodeDecodeError, StopIteration, IndexError):
        return 0


# -- processes and threads -------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # JAX, if another test loaded it
@pytest.mark.skipif(not hasattr(os, "fork"), reason="other systems copy no processes")
def test_a_copied_process_runs_and_compiles():
    before = load(adding(5))
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if before(0, 0, 1) == 6 and load(adding(6))(0, 0, 1) == 7 else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert load(adding(9))(0, 0, 1) == 10


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # JAX, if another test loaded it
@pytest.mark.skipif(not hasattr(os, "fork"), reason="other systems copy no processes")
def test_a_process_is_copied_while_others_compile():
    going = threading.Event()

    def compile_on():
        number = 100
        while not going.is_set():
            load(adding(number))
            number += 1

    thread = threading.Thread(target=compile_on)
    thread.start()
    try:
        for number in range(3):
            child = os.fork()
            if child == 0:
                os._exit(0 if load(adding(50 + number))(0, 0, 1) == 51 + number else 1)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        going.set()
        thread.join()


def test_threads_compile_and_run_at_the_same_time():
    got = {}

    def work(number):
        got[number] = [load(adding(k))(0, 0, number) for k in (number % 2, number)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert got == {n: [n + n % 2, 2 * n] for n in range(6)}


def test_other_threads_go_on_meanwhile():
    """One waits in native code for what only another thread of Python does."""
    waiting = load(adding(0, "", """br label %look
look:
%now = load atomic i64, ptr %table acquire, align 8
%over = icmp ne i64 %now, 0
br i1 %over, label %done, label %look
done:"""))  # fmt: skip
    flag = ctypes.c_int64(0)
    thread = threading.Thread(target=waiting, args=(ctypes.addressof(flag), 0, 0))
    thread.start()
    flag.value = 1
    thread.join(20)
    assert not thread.is_alive()


# -- machines --------------------------------------------------------------------------------------


def test_the_machine_is_the_same_from_the_cache(monkeypatch):
    first = native.host_target()
    native._host.cache_clear()
    assert native.host_target() == first
    native._host.cache_clear()
    assert native.host_target(2, guarded=True) == first._replace(threads=2, guarded=True)
    native._host.cache_clear()
    monkeypatch.setattr(native, "_described", lambda: "")
    assert native.host_target() == first
    assert first.bytes in (16, 32, 64)


def other(triple, cpu="generic"):
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    return Target(triple, cpu, "", 16, 2)


ARM = {"linux": b"\x7fELF", "apple": b"\xcf\xfa\xed\xfe"}
TRIPLES = {"linux": "aarch64-unknown-linux-gnu", "apple": "arm64-apple-macosx"}


@pytest.mark.parametrize("system", ARM)
def test_functions_for_arm64(system):
    target = other(TRIPLES[system])
    for name in FUNCTIONS:
        inputs = 2 if name in PAIRS else 1
        code = native.compiled(text_of(name, np.dtype("float32"), inputs, target, 4), target)
        assert code[:4] == ARM[system]
        assert linked(code, "run") is None


@pytest.mark.parametrize("system", ARM)
@pytest.mark.parametrize("width", [2, 70])
def test_steps_for_arm64(system, width):
    target = other(TRIPLES[system])
    model = cp.Sequential([cp.layers.Dense(width, "tanh"), cp.layers.Dense(3, "softmax")])
    model.compile("adam", "categorical_crossentropy")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 5)).astype("float32"), np.eye(3, dtype="float32")[[0, 1, 2, 0] * 2]
    task, data = task_of(model, x, y, batch_size=4)
    program = trace_training(task, data.x[:4], data.y[:4], None).program
    text = build(program, target, batch_rows=4).text
    assert native.compiled(text, target)[:4] == ARM[system]


def test_a_text_with_a_mistake_is_refused_with_its_place():
    with pytest.raises(RuntimeError, match="ret i64 %nothing"):
        load(adding(1, "", "ret i64 %nothing"))
