"""Formulas: parentheses where they are needed and nowhere else, in plain text and LaTeX."""

import re

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.namespaces import NUMPY
from clearprop.core.symbols import SYMBOLS, rule_in_symbols, symbol
from clearprop.errors import ShapeError

a, b, c = symbol("a"), symbol("b"), symbol("c")
s = SYMBOLS

WRITTEN = [
    # Sums.
    (a - (b - c), "a − (b − c)", r"a - \left(b - c\right)"),
    ((a - b) - c, "a − b − c", "a - b - c"),
    (a + (b + c), "a + (b + c)", r"a + \left(b + c\right)"),
    (a - b * c, "a − b · c", r"a - b \cdot c"),
    # Products.
    ((a + b) * c, "(a + b) · c", r"\left(a + b\right) \cdot c"),
    (a * (b + c), "a · (b + c)", r"a \cdot \left(b + c\right)"),
    (a * b * c, "a · b · c", r"a \cdot b \cdot c"),
    (a / (b * c), "a / (b · c)", r"\frac{a}{b \cdot c}"),
    (a / b / c, "a / b / c", r"\frac{\frac{a}{b}}{c}"),
    (a / (b / c), "a / (b / c)", r"\frac{a}{\frac{b}{c}}"),
    ((a - b) / (a + b), "(a − b) / (a + b)", r"\frac{a - b}{a + b}"),
    (1 / (1 + a), "1 / (1 + a)", r"\frac{1}{1 + a}"),
    # Signs.
    (-(a + b), "−(a + b)", r"-\left(a + b\right)"),
    (-a * b, "−a · b", r"-a \cdot b"),
    (-(a * b), "−(a · b)", r"-\left(a \cdot b\right)"),
    (s.negative(-a), "−(−a)", r"-\left(-a\right)"),
    (a - (-b), "a − (−b)", r"a - \left(-b\right)"),
    (a * -b, "a · (−b)", r"a \cdot \left(-b\right)"),
    (a * -2.5, "a · (−2.5)", r"a \cdot \left(-2.5\right)"),
    (a + -2, "a + (−2)", r"a + \left(-2\right)"),
    (-2 * a, "−2 · a", r"-2 \cdot a"),
    (a / -b, "a / (−b)", r"\frac{a}{-b}"),
    (a < -b, "a < −b", "a < -b"),
    # Powers.
    ((a + b) ** 2, "(a + b)^2", r"\left(a + b\right)^{2}"),
    (a ** (b + c), "a^(b + c)", "a^{b + c}"),
    ((a**b) ** c, "(a^b)^c", r"\left(a^{b}\right)^{c}"),
    (-(a**2), "−a^2", "-a^{2}"),
    ((-a) ** 2, "(−a)^2", r"\left(-a\right)^{2}"),
    (a**-b, "a^(−b)", "a^{-b}"),
    (s.square(s.square(a)), "(a²)²", r"\left(a^2\right)^2"),
    (s.square(-a), "(−a)²", r"\left(-a\right)^2"),
    (-s.square(a), "−a²", "-a^2"),
    ((a * b) ** 2, "(a · b)^2", r"\left(a \cdot b\right)^{2}"),
    # Brackets of one's own.
    (s.exp(a + b), "exp(a + b)", r"\exp({a + b})"),
    (s.exp(-a), "exp(−a)", r"\exp({-a})"),
    (abs(a - b), "|a − b|", r"\left|{a - b}\right|"),
    (s.maximum(a - b, -c), "max(a − b, −c)", r"\max({a - b}, {-c})"),
    # Comparisons.
    (a + b < c, "a + b < c", "a + b < c"),
    ((a < b) & (b < c), "a < b and b < c", r"a < b \wedge b < c"),
    # Numbers.
    (a + 2, "a + 2", "a + 2"),
    (a + 0.1, "a + 0.1", "a + 0.1"),
    (a * 1e-7, "a · 1e−07", r"a \cdot 1e-07"),
    (a + float("inf"), "a + ∞", r"a + \infty"),
    # Elements and shapes.
    (symbol("x", (3, 4))[0, 1:], "x[0, 1:]", None),
    (symbol("x", (3, 4))[::-1], "x[::−1]", None),
    (symbol("x", (3, 4))[..., None], "x[..., None]", None),
    (symbol("x", (3, 4)).T @ symbol("y", (3, 2)), "xᵀ @ y", r"x^{\mathsf{T}} \, y"),
    (
        symbol("x", (3, 4)) @ (symbol("y", (4,)) + 1),
        "x @ (y + 1)",
        r"x \, \left(y + 1\right)",
    ),
]


@pytest.mark.parametrize(("formula", "plain", "latex"), WRITTEN, ids=[row[1] for row in WRITTEN])
def test_written(formula, plain, latex):
    assert formula.plain() == repr(formula) == plain
    if latex is not None:
        assert formula.latex() == latex


def in_python(text):
    """Rewrite a plain formula so that Python reads it."""
    text = text.replace("−", "-").replace("·", "*").replace("²", "**2").replace("^", "**")
    text = text.replace("∞", "inf").replace("√(", "sqrt(").replace("max(", "maximum(")
    return re.sub(r"\|(.*)\|", r"abs(\1)", text)


READABLE = [row for row in WRITTEN if not re.search(r"[\[ᵀ@]|and", row[1])]


@pytest.mark.parametrize(("formula", "plain", "_"), READABLE, ids=[row[1] for row in READABLE])
def test_what_is_written_is_what_is_computed(formula, plain, _):
    values = {"a": np.float64(1.7), "b": np.float64(0.6), "c": np.float64(2.3)}
    names = {"exp": np.exp, "maximum": np.maximum, "inf": np.inf, "abs": abs, **values}
    assert formula.evaluate(values) == pytest.approx(eval(in_python(plain), {}, names), 1e-15)


def test_shapes_and_kinds_of_numbers_are_known():
    x, y = symbol("x", (3, 4), "float32"), symbol("y", (4,))
    z = x * y
    assert (z.shape, z.ndim, z.size, z.dtype) == ((3, 4), 2, 12, np.float64)
    assert (x * 2.0).dtype == np.float32
    assert (x > 0).dtype == np.bool
    assert s.argmax(x).dtype == np.int64
    with pytest.raises(ShapeError, match="do not broadcast"):
        x * symbol("w", (3,))


def test_constants():
    x = symbol("x", (2, 2), "float32")
    for made, plain, value in [
        (s.zeros_like(x), "0", np.zeros((2, 2))),
        (s.ones((3,)), "1", np.ones(3)),
        (s.eye(2), "I", np.eye(2)),
        (s.full((2,), -2.5), "−2.5", np.full(2, -2.5)),
        (s.arange(3), "arange(3)", np.arange(3)),
    ]:
        assert made.plain() == plain
        np.testing.assert_array_equal(made.evaluate({}), value)
    assert s.zeros_like(x).dtype == np.float32
    assert s.full((1,), -2.0).latex() == "-2"
    assert s.float32 is np.float32
    assert s.pi == np.pi
    assert s.result_type(x, x) == np.float32
    with pytest.raises(AttributeError, match="no operation 'no_such_thing'"):
        s.no_such_thing(x)


def test_evaluation_in_another_namespace_and_without_a_value():
    formula = s.exp(a) * 2
    assert formula.evaluate({"a": np.float64(0.0)}, NUMPY) == 2.0
    with pytest.raises(KeyError, match="a"):
        formula.evaluate({})


def test_names_in_latex():
    w = symbol("w5", latex="w_{5}")
    assert (w * a).plain() == "w5 · a"
    assert (w * a).latex() == r"w_{5} \cdot a"


def test_rules_are_read_off_the_code():
    assert rule_in_symbols(cp.multiply, 0, [1.0, 1.0], {}).plain() == "g · x2"
    assert rule_in_symbols(cp.multiply, 0, [1.0, 1.0], {}).latex() == r"\bar{y} \cdot x2"
    assert rule_in_symbols(cp.tanh, 0, [1.0], {}).plain() == "g · (1 − y · y)"
    x = np.ones((3, 2))
    assert rule_in_symbols(cp.sum, 0, [x], {"axis": 0}).shape == (3, 2)
    with pytest.raises(LookupError, match="equal has no rule for input 0"):
        rule_in_symbols(cp.equal, 0, [1.0, 1.0], {})


def test_the_inputs_of_a_sequence_have_numbers():
    formula = rule_in_symbols(cp.concat, 1, [np.ones(2), np.ones(3)], {})
    assert formula.shape == (3,)
    g = np.arange(5.0)
    np.testing.assert_array_equal(formula.evaluate({"g": g}), g[2:])


def test_a_formula_is_itself_as_a_key():
    assert len({a, b, a}) == 2
