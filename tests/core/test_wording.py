"""Templates of words: what is a place and what is LaTeX's own, and where parentheses go."""

import pytest

from clearprop.core.op import ATOM, LOGIC, POWER, PRODUCT, RELATION, SIGN, SUM
from clearprop.core.wording import Worded, fill

WORDS = {
    "x": Worded("x"),
    "indexed": Worded("w_1"),
    "sum": Worded("a + b", SUM),
    "product": Worded("a · b", PRODUCT),
    "minus": Worded("−a", SIGN),
    "power": Worded("a²", POWER),
    "compared": Worded("a < b", RELATION),
}


def filled(template, level, latex=False, **given):
    return fill(template, tuple(given), {k: WORDS[v] for k, v in given.items()}.__getitem__,
                level, latex=latex)  # fmt: skip


@pytest.mark.parametrize(
    ("template", "level", "inside", "expected"),
    [
        ("{p} + {q}", SUM, ("sum", "x"), "a + b + x"),
        ("{p} + {q}", SUM, ("x", "sum"), "x + (a + b)"),
        ("{p} + {q}", SUM, ("product", "product"), "a · b + a · b"),
        ("{p} · {q}", PRODUCT, ("sum", "x"), "(a + b) · x"),
        ("{p} · {q}", PRODUCT, ("product", "x"), "a · b · x"),
        ("{p} · {q}", PRODUCT, ("x", "product"), "x · (a · b)"),
        ("{p} · {q}", PRODUCT, ("minus", "minus"), "−a · (−a)"),
        ("{p} · {q}", PRODUCT, ("power", "power"), "a² · a²"),
        ("−{p}", SIGN, ("product",), "−(a · b)"),
        ("−{p}", SIGN, ("minus",), "−(−a)"),
        ("−{p}", SIGN, ("power",), "−a²"),
        ("{p}²", POWER, ("power",), "(a²)²"),
        ("{p}²", POWER, ("minus",), "(−a)²"),
        ("{p}²", POWER, ("x",), "x²"),
        ("f({p})", ATOM, ("sum",), "f(a + b)"),
        ("f({p}, {q})", ATOM, ("sum", "minus"), "f(a + b, −a)"),
        ("f({p}; {q})", ATOM, ("sum", "sum"), "f(a + b; a + b)"),
        ("|{p}|", ATOM, ("sum",), "|a + b|"),
        ("{p}[{q}]", ATOM, ("sum", "sum"), "(a + b)[a + b]"),
        ("{p}ᵀ", ATOM, ("product",), "(a · b)ᵀ"),
        ("{p} if {q}", ATOM, ("sum", "compared"), "(a + b) if (a < b)"),
        ("{p} < {q}", RELATION, ("sum", "minus"), "a + b < −a"),
        ("{p} and {q}", LOGIC, ("compared", "compared"), "a < b and a < b"),
    ],
)  # fmt: skip
def test_plain(template, level, inside, expected):
    given = dict(zip("pq", inside, strict=False))
    assert filled(template, level, **given) == expected


@pytest.mark.parametrize(
    ("template", "level", "inside", "expected"),
    [
        (r"\frac{p}{q}", PRODUCT, ("sum", "sum"), r"\frac{a + b}{a + b}"),
        (r"\sqrt{p}", ATOM, ("sum",), r"\sqrt{a + b}"),
        (r"{p}^{q}", POWER, ("sum", "sum"), r"\left(a + b\right)^{a + b}"),
        (r"{p}^{q}", POWER, ("x", "minus"), "x^{−a}"),
        (r"{p}_{q}", ATOM, ("indexed", "x"), "{w_1}_{x}"),
        (r"{p}^{q}", POWER, ("indexed", "x"), "w_1^{x}"),
        (r"{p}_{q}", ATOM, ("x", "sum"), "x_{a + b}"),
        (r"{p} \cdot {q}", PRODUCT, ("sum", "x"), r"\left(a + b\right) \cdot x"),
        (r"{p}^{\mathsf{T}}", ATOM, ("x",), r"x^{\mathsf{T}}"),
        (r"\exp({p})", ATOM, ("sum",), r"\exp({a + b})"),
        (r"\operatorname{f}({p})", ATOM, ("sum",), r"\operatorname{f}({a + b})"),
    ],
)
def test_latex(template, level, inside, expected):
    given = dict(zip("pq", inside, strict=False))
    assert filled(template, level, latex=True, **given) == expected


def test_a_name_that_begins_like_another_is_not_mistaken():
    words = {"x": Worded("one"), "x1": Worded("two")}
    assert fill("{x1} {x}", ("x", "x1"), words.__getitem__, ATOM, latex=False) == "two one"


def test_a_place_may_come_twice():
    assert filled("{p} · {p}", PRODUCT, p="sum") == "(a + b) · (a + b)"


def test_a_template_without_places():
    assert fill("nothing", ("x",), WORDS.__getitem__, ATOM, latex=False) == "nothing"
