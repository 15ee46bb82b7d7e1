"""Listings are read as they are marked, and every label is true by measuring."""

from __future__ import annotations

import warnings

import pytest

from tests.doctor.corpus.listing import Program, programs, read, sample
from tests.doctor.corpus.proofs import departs, differs
from tests.doctor.corpus.truth import is_wrong

LISTING = """Words before the first heading are not read.

=== gate | functions | doubling
$K = 2.0 | 3.0
def forward(x):
    return $K * x
    #! factor/sum: return x + x
    #! sound/sum@0: return x + x
def backward(g):
    return $K * g
    #! upstream-ignored: return $K¶g = 0
    #! gone@1:
    #! two+slips: pass
x = 0.5
#! two+slips: x = 1.5
>>> check((forward, backward), x=x)
"""


@pytest.fixture
def listing(tmp_path):
    path = tmp_path / "gates.txt"
    path.write_text(LISTING, encoding="utf-8")
    return list(read(path))


def test_a_listing_gives_a_program_for_each_case_and_mark(listing):
    assert [(p.mistake, p.where.split("/", 2)[2]) for p in listing] == [
        ("sound", "0/sound"), ("factor", "0/factor/sum"), ("sound", "0/sound/sum"),
        ("upstream-ignored", "0/upstream-ignored"), ("two+slips", "0/two+slips"),
        ("sound", "1/sound"), ("factor", "1/factor/sum"),
        ("upstream-ignored", "1/upstream-ignored"), ("gone", "1/gone"),
        ("two+slips", "1/two+slips"),
    ]  # fmt: skip
    assert {(p.family, p.style, p.title) for p in listing} == {("gate", "functions", "doubling")}
    assert {p.call for p in listing} == {"check((forward, backward), x=x)"}


def test_marks_replace_the_line_above_them_and_are_not_left_in_the_text(listing):
    by_mistake = {p.where.split("/", 2)[2]: p for p in listing}
    assert by_mistake["0/sound"].source == (
        "def forward(x):\n    return 2.0 * x\ndef backward(g):\n    return 2.0 * g\nx = 0.5\n"
    )
    assert "    return 3.0\n    g = 0\n" in by_mistake["1/upstream-ignored"].source
    assert "return 3.0 * g" not in by_mistake["1/gone"].source
    two = by_mistake["0/two+slips"]
    assert "    pass\nx = 1.5\n" in two.source
    assert two.mistakes == {"two", "slips"}
    assert not two.sound


def test_a_listing_without_a_call_or_with_odd_cases_is_refused(tmp_path):
    for text in ("=== a | b | c\nx = 1\n", "=== a | b | c\n$N = 1 | 2\n$M = 1\n>>> check(1)\n"):
        path = tmp_path / "odd.txt"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"odd\.txt: c"):
            list(read(path))


def measured_wrong(program: Program) -> bool:
    said = []
    names = {"check": lambda *args, **asked: said.append(is_wrong(*args, **asked))}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(program.source, program.where, "exec"), names)
        if program.proof:
            return bool(eval(program.proof, names | {"differs": differs, "departs": departs}))
        eval(program.call, names)
    return said[-1]


def test_labels_are_true_by_central_differences():
    assert not [p.where for p in sample(programs()) if measured_wrong(p) == p.sound]


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["programs", "held_out"])
def test_all_labels_are_true_by_central_differences(folder):
    assert not [p.where for p in programs(folder) if measured_wrong(p) == p.sound]


def test_a_quarter_is_held_out_and_shares_no_listing():
    seen, held_out = programs(), programs("held_out")
    assert len(held_out) >= len(seen) / 3
    assert not {p.source for p in seen} & {p.source for p in held_out}
    assert {p.family for p in held_out} >= {p.family for p in seen} - {
        "embedding", "layer norm", "numbers",
    }  # fmt: skip


def test_there_are_many_programs_of_many_families_and_styles():
    found = programs()
    broken = [p for p in found if not p.sound]
    assert len({p.where for p in found}) == len(found)
    assert len(broken) >= 450
    assert len(found) - len(broken) >= 100
    assert len({p.family for p in found}) >= 15
    assert len({p.style for p in found}) >= 9
    assert len({m for p in broken for m in p.mistakes}) >= 60
