"""Programs that misbehave get a clear answer, in time, and leave nothing behind."""

from __future__ import annotations

import time

import pytest

from clearprop.doctor import check
from tests.doctor.corpus.unruly import UNRULY


@pytest.mark.parametrize("program", UNRULY, ids=lambda program: program.name)
def test_answer(program, capsys):
    names = {"__name__": "program"}
    exec(compile(program.source, program.name, "exec"), names)
    began = time.perf_counter()
    report = check(names["Layer"](), x=names["x"], seconds=1)
    assert time.perf_counter() - began < 5
    assert capsys.readouterr().out == ""
    assert report.sound in program.verdicts, str(report)
    assert {f.name for f in report.findings} - {"unexplained"} == set(program.names), str(report)
    assert program.says.lower() in str(report).lower()
    assert str(report)
