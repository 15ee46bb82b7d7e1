"""Words and LaTeX are there, mention what they should, and say what the code does."""

import re

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.symbols import SYMBOLS, rule_in_symbols, symbol
from tests.conformance.trials import close, each_op, each_ruled_trial, each_trial


def check_words(op):
    for text in (op.words, op.latex):
        assert text.strip(), f"{op.name} has no words"
        for name in op.inputs:
            assert f"{{{name}}}" in text, f"{op.name}: {text!r} does not mention {name!r}"
    assert (op.__doc__ or "").strip().endswith("."), (
        f"{op.name} has no sentence that says what it is"
    )
    assert not {"g", "y"} & set(op.inputs), f"{op.name}: in rules, g and y mean something else"


def balanced(text):
    """Say whether braces, and LaTeX's paired commands, open and close in order."""
    depth = 0
    for token in re.findall(r"\\[{}]|[{}]", text):
        depth += {"{": 1, "}": -1}.get(token, 0)
        if depth < 0:
            return False
    return depth == 0 and text.count(r"\left") == text.count(r"\right")


def check_plain(text, what):
    assert text, f"{what}: nothing written"
    assert "{" not in text, f"{what}: a place left open in {text!r}"
    assert "<" not in re.sub(r" <=? |≤", "", text), f"{what}: a Python object in {text!r}"


def check_forward_reading(trial):
    """The operation on symbols has words, and they evaluate to its own number."""
    names = [f"x{i + 1}" for i in range(len(trial.arrays))]
    leaves = [symbol(n, x.shape, x.dtype) for n, x in zip(names, trial.arrays, strict=True)]
    call = getattr(SYMBOLS, trial.op.name)
    formula = call(*([leaves] if trial.op.variadic else leaves), **trial.params)
    check_plain(formula.plain(), trial)
    assert balanced(formula.latex()), f"{trial}: braces in {formula.latex()!r}"
    found = formula.evaluate(dict(zip(names, trial.arrays, strict=True)))
    close(found, trial.forward(NUMPY, trial.arrays), 1e-14, str(trial))


def check_rule_reading(trial, i):
    """The rule on symbols has words, and they evaluate to the rule's own number."""
    formula = rule_in_symbols(trial.op, i, trial.arrays, trial.params)
    check_plain(formula.plain(), trial)
    assert balanced(formula.latex()), f"{trial}: braces in {formula.latex()!r}"
    y = trial.forward(NUMPY, trial.arrays)
    g = trial.rng(i).standard_normal(np.shape(y))
    names = trial.op.inputs
    if trial.op.variadic:
        names = [f"{names[0]}{k + 1}" for k in range(len(trial.arrays))]
    found = formula.evaluate({"g": g, "y": y} | dict(zip(names, trial.arrays, strict=True)))
    rule = trial.op.rule(i)(NUMPY, g, y, *trial.arrays, **trial.params)
    close(found, rule, 1e-14, f"{trial}, rule {i} as {formula.plain()!r}")


@each_op
def test_words(op):
    check_words(op)


@each_trial
def test_the_operation_reads_as_it_computes(trial):
    check_forward_reading(trial)


@each_ruled_trial
def test_a_rule_reads_as_it_computes(trial):
    for i in trial.ruled:
        check_rule_reading(trial, i)
