"""Threads that wait for each other in native code."""

import os
import threading
import time

import numpy as np
import pytest

from clearprop.engines.compiled.machine import threads
from clearprop.engines.compiled.machine.ir import I64, PTR, Function, Module, Reg
from clearprop.engines.compiled.machine.native import host_target, load
from clearprop.engines.compiled.machine.threads import Team, barrier, meeting, team, thread_count
from clearprop.errors import OptionError
from tests.engines.compiled.mapped import ARGUMENTS


def exchanging(size, *, waiting=True):
    """Write that each thread writes a number a step, and adds what the next one wrote."""
    target = host_target(size)
    module = Module(target)
    f = Function(module, "run", ARGUMENTS, returns=I64)
    f.thread = ARGUMENTS[3]
    wrote, summed, place = (f.load(PTR, f.at(ARGUMENTS[0], k, PTR)) for k in range(3))
    following = f.add(f.thread, 1)
    last = f.compare("icmp eq", following, f.index(size))
    other = f.select(last, f.index(0), following)
    mine, theirs = (f.at(wrote, f.mul(who, 16), I64) for who in (f.thread, other))
    total = f.at(summed, f.mul(f.thread, 16), I64)
    with f.loop(ARGUMENTS[2], ARGUMENTS[1]) as i:
        f.put(f"store volatile i64 {i.text}, ptr {mine.text}")
        if waiting:
            barrier(f, place)
        read = f.give(I64, f"load volatile i64, ptr {theirs.text}")
        f.store(f.add(f.load(I64, total), read), total)
        if waiting:
            barrier(f, place)
    f.done(Reg("0", I64))
    return load(module.text(), target)


def exchanged(size, steps, native):
    wrote, summed, place = np.zeros((size, 16), int), np.zeros((size, 16), int), meeting()
    table = np.array([each.ctypes.data for each in (wrote, summed, place)], np.int64)
    team(size).run(lambda thread: native(table.ctypes.data, 0, steps, thread))
    return summed[:, 0]


@pytest.mark.parametrize("size", [2, 3, 5])
def test_all_see_what_the_others_wrote(size):
    native = exchanging(size)
    for _ in range(3):
        assert list(exchanged(size, 200, native)) == [200 * 199 // 2] * size


def test_without_waiting_they_do_not():
    native = exchanging(3, waiting=False)
    wrong = 20_000 * 19_999 // 2
    assert any(list(exchanged(3, 20_000, native)) != [wrong] * 3 for _ in range(20))


def test_one_thread_has_no_barrier():
    module = Module(host_target(1))
    f = Function(module, "run", ARGUMENTS, returns=I64)
    barrier(f, ARGUMENTS[0])
    f.done(Reg("0", I64))
    assert "call" not in module.text()


def test_a_meeting_begins_a_cache_line():
    for _ in range(20):
        place = meeting()
        assert place.ctypes.data % 64 == 0
        assert place.nbytes == 128
        assert not place.any()


def test_a_team_runs_each_number_once_at_the_same_time():
    size, seen = 4, []
    together = threading.Barrier(size, timeout=20)

    def work(number):
        together.wait()
        seen.append((number, threading.get_ident()))

    for _ in range(3):
        seen.clear()
        team(size).run(work)
        assert sorted(number for number, _ in seen) == [0, 1, 2, 3]
        assert len({who for _, who in seen}) == size
    assert team(size) is team(size)


def test_callers_take_turns():
    small, inside, most = Team(2), [], []

    def work(number):
        inside.append(number)
        most.append(len(inside))
        time.sleep(0.001)
        inside.remove(number)

    callers = [threading.Thread(target=small.run, args=(work,)) for _ in range(4)]
    for each in callers:
        each.start()
    for each in callers:
        each.join()
    assert len(most) == 8
    assert max(most) <= 2


def test_an_interrupt_comes_when_all_have_ended():
    ended = []

    def work(number):
        if number == 0:
            raise KeyboardInterrupt
        time.sleep(0.05)
        ended.append(number)

    with pytest.raises(KeyboardInterrupt):
        Team(3).run(work)
    assert sorted(ended) == [1, 2]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_error_in_any_thread_is_the_callers(number):
    three, seen = Team(3), []

    def work(each):
        if each == number:
            raise ArithmeticError(f"in {each}")
        seen.append(each)

    for _ in range(2):  # the thread goes on to serve
        with pytest.raises(ArithmeticError, match=f"in {number}"):
            three.run(work)
    assert sorted(seen) == sorted([each for each in range(3) if each != number] * 2)


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # JAX, if another test loaded it
@pytest.mark.skipif(not hasattr(os, "fork"), reason="other systems copy no processes")
def test_a_team_works_in_a_copied_process():
    native = exchanging(2)
    assert list(exchanged(2, 50, native)) == [1225] * 2
    child = os.fork()
    if child == 0:
        os._exit(0 if list(exchanged(2, 50, native)) == [1225] * 2 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert list(exchanged(2, 50, native)) == [1225] * 2


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # JAX, if another test loaded it
def test_a_process_copied_while_a_team_runs_gets_its_own():
    going = threading.Event()
    busy = threading.Thread(target=Team.run, args=(team(2), lambda _: going.wait(20)))
    busy.start()
    time.sleep(0.02)
    child = os.fork()
    if child == 0:
        seen = []
        team(2).run(seen.append)
        os._exit(0 if sorted(seen) == [0, 1] else 1)
    going.set()
    busy.join()
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize(
    ("asked", "others", "expected"),
    [("3", "", 3), ("", "1", 1), ("", "2,4", 2), ("", "100", 8), ("", "", 8), ("", "word", 8)],
)
def test_how_many(monkeypatch, asked, others, expected):
    monkeypatch.setattr(threads, "_processors", lambda: 8)
    monkeypatch.setenv("CLEARPROP_THREADS", asked)
    monkeypatch.setenv("OMP_NUM_THREADS", others)
    assert thread_count() == expected


@pytest.mark.parametrize("asked", ["0", "-1", "two", "1.5"])
def test_how_many_must_be_a_number(monkeypatch, asked):
    monkeypatch.setenv("CLEARPROP_THREADS", asked)
    with pytest.raises(OptionError, match="CLEARPROP_THREADS must be a number from 1 on"):
        thread_count()


@pytest.mark.parametrize(
    ("quota", "expected"),
    [("max 100000", 4), ("150000 100000", 2), ("50000 100000", 1), ("900000 100000", 4), ("?", 4)],
)
def test_a_container_may_allow_fewer(monkeypatch, quota, expected):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)), raising=False)
    monkeypatch.setattr("pathlib.Path.read_text", lambda *_, **__: quota)
    assert threads._processors() == expected
