"""Formulas read back from text, and worked out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.errors import FormatError, OptionError
from clearprop.explain.digits import show
from clearprop.explain.evaluation import evaluate
from clearprop.explain.expression import Call, Num, Rest, Sum, call
from clearprop.explain.parsing import parse
from clearprop.explain.typeset import typeset


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2×3 + 1×1", 7),
        ("2 * 3 · 4", 24),
        ("12 / 2 ÷ 3", 2),
        ("7 − 2 - 1", 4),
        ("−3²", -9),
        ("(−3)²", 9),
        ("2^-1", 0.5),
        ("2 ** 3", 8),
        ("10⁻²", 0.01),
        ("2^3^2", 512),
        ("0.5 · −0.3", -0.15),
        ("−(1 − 3)", 2),
        ("½(7 − 10)²", 4.5),
        ("½ · 9", 4.5),
        ("1.5e-3 + 1.5e−3", 0.003),
        ("1.23×10⁻¹⁰", 1.23e-10),
        ("12.5%", 0.125),
        ("|2 − 5| × |−2|", 6),
        ("|1 − |2 − 5||", 2),
        ("max(0, −0.3, 0.2) + min(1, 2)", 1.2),
        ("√(16) + sqrt(9)", 7),
        ("0.5 + (97 …: −0.25)", 0.25),
        ("0.5 + (and 97 more: 0.25)", 0.75),
        ("0.5 + (그 밖의 97개: 0.25)", 0.75),
        ("  ( 1 + 2 )  ", 3),
    ],
)
def test_what_is_read(text, value):
    assert evaluate(parse(text)) == Decimal(str(value))


def test_the_digits_printed_are_kept():
    formula = parse("0.0821670 × −1.50e-10 + (3 more: 2.0)")
    assert [str(number.value) for number in formula.numbers()] == ["0.0821670", "-1.50E-10", "2.0"]
    assert isinstance(formula, Sum)
    assert formula.parts[1] == Rest(3, Num(Decimal("2.0")))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "w5",
        "0.5 × w5",
        "0.5w",
        "5 apples",
        "(1 + 2",
        "1 + 2)",
        "1 +",
        "× 2",
        "1 2",
        "1.5.2",
        "1.",
        "max 3",
        "gelu(1)",
        "|1",
        "[1]",
        "½5x",
        "(97 more: x)",
        "(3 more: 1 + 2)",
        "∞",
        "NaN",
    ],
)
def test_what_is_no_formula_with_numbers(text):
    with pytest.raises(FormatError, match="is not a formula with numbers"):
        parse(text)


NUMBERS = st.floats(-1e9, 1e9) | st.integers(-9, 9).map(float)


def grown(parts):
    pairs = st.tuples(parts, parts)
    return st.one_of(
        pairs.map(lambda ab: ab[0] + ab[1]),
        pairs.map(lambda ab: ab[0] - ab[1]),
        pairs.map(lambda ab: ab[0] * ab[1]),
        pairs.map(lambda ab: ab[0] / ab[1]),
        pairs.map(lambda ab: ab[0] ** ab[1]),
        pairs.map(lambda ab: call("max", *ab)),
        parts.map(lambda x: -x),
        parts.map(lambda x: call("tanh", x)),
        st.tuples(parts, NUMBERS).map(lambda xt: Sum((xt[0], Rest(7, Num(xt[1]))))),
    )


def same(a, b):
    try:
        expected = evaluate(b)
    except ArithmeticError:
        with pytest.raises(ArithmeticError):
            evaluate(a)
        return True
    return evaluate(a) == expected


@given(st.recursive(NUMBERS.map(Num), grown, max_leaves=8))
def test_brackets_are_written_wherever_they_are_needed(formula):
    def exactly(x):
        return str(Decimal(x)).replace("-", "−").replace("E", "e").replace("e+", "e")

    assert same(parse(typeset(formula, exactly)), formula)


@pytest.mark.parametrize(
    ("formula", "text", "latex"),
    [
        (Num(2) * 3 + Num(1) * 1, "2×3 + 1×1", r"2 \times 3 + 1 \times 1"),
        (Num(-2) * -3, "−2 × (−3)", r"-2 \times \left(-3\right)"),
        (Num(0.5) - Num(-0.3), "0.5 − (−0.3)", r"0.5 - \left(-0.3\right)"),
        (Num(0.5) + Num(-0.3), "0.5 − 0.3", r"0.5 - 0.3"),
        (Num(0.5) + Num(-0.3) * 2, "0.5 + (−0.3)×2", r"0.5 + \left(-0.3\right) \times 2"),
        (2 - (1 + Num(3)), "2 − (1 + 3)", r"2 - \left(1 + 3\right)"),
        (-(Num(1) + 2), "−(1 + 2)", r"-\left(1 + 2\right)"),
        (Num(1) / (Num(2) * 3), "1 / (2×3)", r"\frac{1}{2 \times 3}"),
        (1 - Num(1) / 2, "1 − 1/2", r"1 - \frac{1}{2}"),
        ((Num(0.01) - 0.75) ** 2, "(0.01 − 0.75)²", r"\left(0.01 - 0.75\right)^{2}"),
        (Num(2) ** -1, "2^(−1)", "2^{-1}"),
        (Num(1.5e-9) ** 2, "(1.5e-9)²", r"\left(1.5\times10^{-9}\right)^{2}"),
        (
            call("sigmoid", Num(2) * -1),
            "σ(2 × (−1))",
            r"\sigma\left(2 \times \left(-1\right)\right)",
        ),
        (call("sqrt", 2), "√(2)", r"\sqrt{2}"),
        (call("abs", Num(1) - 2), "|1 − 2|", r"\left|1 - 2\right|"),
        (call("exp", -0.5), "exp(−0.5)", r"\exp\left(-0.5\right)"),
        (call("relu", -0.5), "relu(−0.5)", r"\operatorname{relu}\left(-0.5\right)"),
        (1 + Rest(97, Num(-2)), "1 + (97 …: −2)", r"1 + \left(\text{97 …: }-2\right)"),
    ],
)
def test_formulas_as_they_are_written(formula, text, latex):
    assert typeset(formula, show) == text
    assert typeset(formula, lambda x: show(x, notation="latex"), latex=True) == latex


def test_an_unknown_function_is_named():
    with pytest.raises(OptionError, match="unknown function 'sqrtt'; did you mean 'sqrt'"):
        evaluate(Call("sqrtt", (Num(1),)))
