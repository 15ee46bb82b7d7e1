"""Products cut into blocks: the same as in one piece, whatever the blocks are."""

import numpy as np
import pytest

from clearprop.engines.compiled.machine.native import host_target
from clearprop.engines.compiled.operations import blocked, blocks
from tests.engines.compiled.alone import targets
from tests.engines.compiled.test_structured import agree, product

TARGETS = targets()
each_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


@pytest.fixture
def small(monkeypatch):
    """Blocks so small that little products have many."""
    for name, size in (("DEPTH", 7), ("ACROSS", 5), ("LEFT", 300), ("MADE", 2000)):
        monkeypatch.setattr(blocks, name, size)
    monkeypatch.setattr(blocks, "REUSED", 2)


@each_target
@pytest.mark.parametrize("right", [100, 1 << 17], ids=["in parts", "whole"])
@pytest.mark.parametrize("turned", [(0, 0), (1, 0), (0, 1), (1, 1)], ids=str)
def test_blocks_of_every_form(turned, right, target, small, monkeypatch):
    monkeypatch.setattr(blocks, "RIGHT", right)
    ta, tb = map(bool, turned)
    agree(*product(37, 150, 33, ta=ta, tb=tb, dtype=np.float64, target=target))
    agree(*product(61, 67, 70, ta=ta, tb=tb, target=target))
    agree(*product(1, 45, 23, ta=ta, tb=tb, target=target))


def test_blocks_are_as_even_as_can_be():
    sizes = blocks.Sizes(2048, 128, 2048, True, False, (2048, 128, 128))
    cut = blocks.blocks(host_target()._replace(bytes=64), "float", sizes)
    assert cut.depth <= blocks.ACROSS
    assert 2048 - 18 * cut.depth <= cut.depth
    assert cut.rows % cut.plan.rows == 0


def test_what_is_read_as_it_lies_needs_no_room():
    host = host_target()._replace(bytes=64)
    assert blocks.room(host, "float", blocks.Sizes(5, 64, 9, False, False, (9, 64, 64))) == 0
    assert blocks.room(host, "float", blocks.Sizes(5, 64, 9, False, True, (9, 9, 64))) > 0


def test_sums_that_forget_the_turns_before_are_noticed(small, monkeypatch):
    monkeypatch.setattr(blocked.Function, "select", lambda f, first, total, more: total)
    with pytest.raises(AssertionError, match="Not equal"):
        agree(*product(37, 50, 33, tb=True, target=TARGETS["host"]))


def test_rows_that_are_added_to_twice_are_noticed(small, monkeypatch):
    compare = blocked.Function.compare

    def forgetful(f, op, a, b):
        return blocked.Reg("true", "i1") if op == "icmp sge" else compare(f, op, a, b)

    monkeypatch.setattr(blocked.Function, "compare", forgetful)
    with pytest.raises(AssertionError, match="Not equal"):
        agree(*product(37, 50, 33, tb=True, target=TARGETS["host"]))
