"""Printed equalities are true as printed, judged here by other means than the library's."""

import math
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from clearprop.errors import FormatError, NumericsError
from clearprop.explain.digits import show
from clearprop.explain.equality import Equality, equate
from clearprop.explain.expression import Num, Rest, Sum, call
from clearprop.explain.sums import cut
from clearprop.explain.typeset import typeset
from clearprop.explain.verify import claims, verify

NUMBERS = (
    st.floats(-100, 100).filter(lambda x: x == 0 or abs(x) > 1e-6)
    | st.integers(-50, 50).map(float)
    | st.decimals(-2, 2, places=2).map(float)
)


def combined(parts):
    pairs = st.tuples(parts, parts)
    return st.one_of(
        pairs.map(lambda ab: ab[0] + ab[1]),
        pairs.map(lambda ab: ab[0] - ab[1]),
        pairs.map(lambda ab: ab[0] * ab[1]),
        pairs.map(lambda ab: ab[0] / ab[1]),
        parts.map(lambda x: -x),
    )


def with_powers(parts):
    powers = st.tuples(parts, st.integers(2, 3)).map(lambda xn: xn[0] ** xn[1])
    return combined(parts) | powers


def with_functions(parts):
    names = st.sampled_from(("tanh", "sigmoid", "exp", "relu"))
    return with_powers(parts) | st.builds(call, names, parts)


FOUR_OPERATIONS = st.recursive(NUMBERS.map(Num), combined, max_leaves=6)
ARITHMETIC = st.recursive(NUMBERS.map(Num), with_powers, max_leaves=6)
FORMULAS = st.recursive(NUMBERS.map(Num), with_functions, max_leaves=6)

# An evaluation of our own: the text is translated to Python, which works it out.
PYTHON = {
    "σ": lambda x: 1 / (1 + math.exp(-x)),
    "relu": lambda x: max(x, 0),
    "tanh": math.tanh,
    "exp": math.exp,
}


def work_out(text, number):
    text = re.sub(r"\(\d+ …: ([^()]*)\)", r"(\1)", text)
    text = text.replace("−", "-").replace("×", " * ").replace("²", "**2").replace("³", "**3")
    text = re.sub(r"(?<![\w*.])\d+(?:\.\d+)?(?:e-?\d+)?", r"number('\g<0>')", text)
    return eval(text, {"__builtins__": {}}, PYTHON | {"number": number})


def in_floats(formula):
    """Compute in floating point, as the library's engines do."""
    try:
        value = work_out(typeset(formula, lambda x: repr(x).replace("-", "−")), float)
    except (ArithmeticError, ValueError):
        reject()
    assume(math.isfinite(value))
    return value


def is_true(equality):
    """Judge by the rule, but take any result with a decimal point as rounded to its last place."""
    computed = Fraction(work_out(equality.left, Fraction))
    stated = Decimal(equality.right.replace("−", "-"))
    unit = Fraction(10) ** stated.as_tuple().exponent
    error = abs(computed - Fraction(stated))
    finitely_many_digits = abs(Fraction(stated)) / 10**28
    if equality.relation == "≈":
        return error <= 10 * unit + finitely_many_digits or stated == 0
    is_whole = "." not in equality.right and "e" not in equality.right
    return error <= finitely_many_digits + (0 if is_whole else unit / 2)


@given(ARITHMETIC, st.integers(1, 17))
@settings(max_examples=300)
def test_arithmetic_is_true_as_printed(formula, digits):
    equality = equate(formula, in_floats(formula), digits)
    assert equality.relation == "→" or is_true(equality), str(equality)
    assert verify(str(equality)) == []
    assert len(list(claims(str(equality)))) == (equality.relation != "→")


@given(FORMULAS, st.integers(2, 12))
@settings(max_examples=200)
def test_functions_are_true_as_printed(formula, digits):
    equality = equate(formula, in_floats(formula), digits)
    assert verify(str(equality)) == []
    if equality.relation != "→" and equality.right != "0":
        computed, stated = work_out(equality.left, float), float(equality.right.replace("−", "-"))
        assert computed == pytest.approx(stated, rel=0.11, abs=1e-300)


@given(FOUR_OPERATIONS, st.integers(1, 17))
def test_each_number_is_printed_rounded_and_in_its_place(formula, digits):
    equality = equate(formula, in_floats(formula), digits)
    written = re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", equality.left)
    assert written == [show(abs(n.value), equality.operand_digits) for n in formula.numbers()]
    assert equality.operand_digits == digits or equality.relation == "≈"


@given(FORMULAS, st.integers(2, 12))
def test_the_result_is_the_value_rounded(formula, digits):
    value = in_floats(formula)
    equality = equate(formula, value, digits)
    assume(equality.right != "0")
    allowed = [show(value, k, zeros=z) for k in range(2, digits + 2) for z in (False, True)]
    assert equality.right in allowed


@given(ARITHMETIC, st.integers(3, 9), st.sampled_from([-3, -2, 2, 3]))
def test_a_changed_digit_is_a_lie_that_is_found(formula, digits, off):
    equality = equate(formula, in_floats(formula), digits)
    assume(equality.relation == "=" and "." in equality.right and equality.right.count("e") == 0)
    printed = Decimal(equality.right.replace("−", "-"))
    lie = printed + off * Decimal(1).scaleb(printed.as_tuple().exponent)
    text = f"y = {equality.left} = {lie}"
    assert [claim.true for claim in claims(text)] == [False]
    assert [claim.text for claim in verify(text)] == [text.removeprefix("y = ")]


@given(
    st.floats(0.1, 10), st.floats(0.1, 10), st.integers(3, 9), st.sampled_from([-40, -21, 21, 40])
)
def test_so_is_a_change_beyond_the_last_digit_of_an_approximation(a, b, digits, off):
    equality = equate(Num(a) * b, a * b, digits)
    assume(equality.relation == "≈")
    printed = Decimal(equality.right)
    lie = printed + off * Decimal(1).scaleb(printed.as_tuple().exponent)
    assert verify(f"{equality.left} ≈ {lie}")


@pytest.mark.parametrize(
    ("formula", "value", "text"),
    [
        (Num(2) * 3 + Num(1) * 1, 7, "2×3 + 1×1 = 7"),
        (Num(0.1) + 0.2, 0.1 + 0.2, "0.1 + 0.2 = 0.3"),
        (Num(0.1) + 0.2 - 0.3, 0.1 + 0.2 - 0.3, "0.1 + 0.2 − 0.3 ≈ 0"),
        (Num(0.5) * (Num(7) - 10) ** 2, 4.5, "0.5 × (7 − 10)² = 4.5"),
        (Num(1 / 3) * 3, 1.0, "0.333333 × 3 = 1.00000"),
        (call("relu", -0.31), 0.0, "relu(−0.31) = 0"),
        (1 / (1 + call("exp", -0.3775)), 0.5932699921, "1 / (1 + exp(−0.3775)) = 0.593270"),
        (
            Num(0.74136507) * 0.186815602 * 0.593269992,
            0.74136507 * 0.186815602 * 0.593269992,
            "0.7413651 × 0.1868156 × 0.5932700 ≈ 0.08216704",
        ),
        (  # nearly equal numbers: the difference takes more digits of them
            Num(512.3451234) - 512.3438912,
            512.3451234 - 512.3438912,
            "512.3451234 − 512.3438912 ≈ 0.001232200",
        ),
        (Sum((Num(0.5), Rest(97, Num(-0.25)))), 0.25, "0.5 + (97 …: −0.25) = 0.25"),
        (call("exp", 1000), math.inf, "exp(1000) → ∞"),
        (Num(0) * math.inf, math.nan, "0 × ∞ → NaN"),
        (1 / (Num(0.1) + 0.2 - 0.3), 1 / (0.1 + 0.2 - 0.3), "1 / (0.1 + 0.2 − 0.3) → 1.80144e16"),
    ],
)
def test_what_is_printed(formula, value, text):
    assert str(equate(formula, value)) == text
    assert verify(text) == []


def test_the_classic_weight():
    # 2-2-2 with the sigmoid: three factors of the gradient of w5, and the new w5.
    factors = Num(0.74136507) * 0.186815602 * 0.593269992
    gradient = 0.74136507 * 0.186815602 * 0.593269992
    assert str(equate(factors, gradient, 9)) == (
        "0.74136507 × 0.186815602 × 0.593269992 = 0.0821670407"
    )
    update = Num(0.4) - Num(0.5) * gradient
    assert str(equate(update, 0.4 - 0.5 * gradient, 9)) == "0.4 − 0.5×0.0821670407 = 0.358916480"


@pytest.mark.parametrize(
    ("formula", "value"),
    [(Num(2) * 3, 7), (Num(0.5) * 0.5, 0.26), (Num(1) - 0.99, 0.011), (call("tanh", 1), 0.76)],
)
def test_a_value_of_another_formula_is_refused(formula, value):
    with pytest.raises(NumericsError, match="was not computed by this formula"):
        equate(formula, value)


def test_single_precision_is_shown_as_far_as_it_goes():
    x, w = np.float32([0.7, -1.3, 2.1]), np.float32([1.1, 0.9, 0.1905])
    value = float((x * w).sum(dtype=np.float32))
    terms = Sum(tuple(Num(float(a)) * float(b) for a, b in zip(x, w, strict=True)))
    equality = equate(terms, value)
    assert str(equality) == "0.7×1.1 + (−1.3)×0.9 + 2.1×0.1905 ≈ 5.0008e-5"
    assert verify(str(equality)) == []


def test_whoever_writes_formulas_otherwise_hands_in_how():
    equality = equate(lambda form: f"{form(0.5)} · (1 − {form(0.25)})", 0.375)
    assert str(equality) == "0.5 · (1 − 0.25) = 0.375"
    with pytest.raises(FormatError, match=r"'0.5 · w' is not a formula with numbers"):
        equate(lambda form: f"{form(0.5)} · w", 0.375)


def test_latex_has_the_same_digits():
    formula = Num(2 / 3) * (1 / 7) + Rest(2, Num(-1.5e-9))
    value = 2 / 3 * (1 / 7) - 1.5e-9
    equality = equate(formula, value, rest="and {count} more: {total}")
    assert str(equality) == "0.6666667×0.1428571 + (and 2 more: −1.5e-9) ≈ 0.09523809"
    assert equality.latex(formula, rest="and {count} more: {total}") == (
        r"0.6666667 \times 0.1428571 + \left(\text{and 2 more: }-1.5\times10^{-9}\right)"
        r" \approx 0.09523809"
    )
    infinite = Equality("exp(−1000)", "→", "−∞", 6)
    assert infinite.latex(lambda form: form(-1.5e-10)) == r"-1.5\times10^{-10} \to -\infty"


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=120), st.integers(1, 8))
def test_a_sum_that_is_cut_still_adds_up_as_printed(parts, top):
    kept, others, rest = cut(parts, top)
    shown = tuple(Num(parts[place]) for place in kept)
    formula = Sum((*shown, Rest(others, Num(rest)))) if others else Sum(shown)
    equality = equate(formula, sum(parts))
    assert verify(str(equality)) == []
    assert equality.relation == "→" or is_true(equality)
