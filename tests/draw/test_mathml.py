"""LaTeX as MathML: each construct, what is refused, and the words of every operation."""

from __future__ import annotations

import re

import pytest

from clearprop.core.op import REGISTRY
from clearprop.core.wording import Worded, fill
from clearprop.draw.mathml import elements, flat, math
from clearprop.errors import FormatError
from tests.draw.why_checks import mathml_faults, parsed, said

OURS = [op for op in REGISTRY.values() if op.__module__.startswith("clearprop.")]


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{\partial E}{\partial w_{5}}", "(∂E)/(∂w_5)"),
        (r"\varphi'\left(z\right)", "φ^(′)(z)"),
        (r"\frac12", "(1)/(2)"),
        (r"\delta_{h1}", "δ_h1"),
        (r"\delta^{\mathrm{dense\_1}}_{0,2}", "δ_0,2^(dense_1)"),
        (r"w_{5}^{+}", "w_5^(+)"),
        (r"1.5\times10^{-5}", "1.5×10^(−5)"),
        (r"\left(o_1 - t_1\right)^2", "(o_1−t_1)^(2)"),
        (r"(a + (b))^2", "(a+(b))^(2)"),
        (r"(0, 1]", "(0,1]"),
        (r"\sqrt{x^2 + 1}", "√(x^(2)+1)"),
        (r"\left\lfloor\frac{a}{b}\right\rfloor", "⌊(a)/(b)⌋"),
        (r"\log \sigma(-z)", "logσ(−z)"),
        (r"\operatorname{elu}\left(-0.5\right)", "elu(−0.5)"),
        (r"a + \left(\text{그 밖의 3개: }\dots\right)", "a+(그 밖의 3개: …)"),
        (r"\text{사과 \& \{배\}}{\backslash}", "사과 & {배}\\"),
        (r"\href{#why-1}{h_{1}} \cdot x", "h_1⋅x"),
    ],
)
def test_a_formula_says_the_same_in_mathml(latex, text):
    made = f'<math alttext="x">{elements(latex)}</math>'
    assert said(parsed(made)) == text
    assert [f for f in mathml_faults(made) if "leads nowhere" not in f] == []


def test_a_choice_is_a_table_of_cases():
    made = elements(r"\begin{cases}\displaystyle{x} & \text{if}\quad{x > 0} \\ 0 & y\end{cases}")
    assert len(re.findall("<mtr>", made)) == 2
    assert len(re.findall("<mtd>", made)) == 4
    assert "&gt;" in made


def test_a_sign_before_a_number_is_no_difference():
    assert elements("-3") == '<mo form="prefix">−</mo><mn>3</mn>'
    assert elements("a - 3") == "<mi>a</mi><mo>−</mo><mn>3</mn>"
    assert elements(r"\left(-3\right)").startswith('<mrow><mo>(</mo><mo form="prefix">')


@pytest.mark.parametrize(
    "latex",
    ["{", "}", r"\frac{a}", r"\left(a", r"\right)", "a_", "a_1_2", "a''", "^2", r"\nonsense",
     "a & b",
     r"\begin{cases}a", r"\begin{matrix}a\end{matrix}", r"\end{cases}", r"\text{\frac{1}{2}}",
     r"\href{http://a.b}{x}", r"\href{#a b}{x}", "{{a}"],
)  # fmt: skip
def test_what_is_no_formula_is_refused_and_shown_as_text(latex):
    with pytest.raises(FormatError, match="no formula that can be set"):
        elements(latex)
    assert math(latex, "a < b") == '<math alttext="a &lt; b"><mtext>a &lt; b</mtext></math>'


def test_markup_in_a_formula_stays_text():
    made = math(r"\text{<script>} < \mathrm{a\&b}", '"<b>"')
    assert "<script>" not in made
    assert "<b>" not in made
    assert mathml_faults(made) == []


def test_in_a_sentence_a_fraction_has_a_stroke():
    made = flat(r"\frac{\partial E}{\partial w_{5}}", "∂E/∂w5")
    assert said(parsed(made)) == "∂E/∂w_5"


@pytest.mark.parametrize("op", OURS, ids=lambda op: op.name)
def test_the_words_of_every_operation_can_be_set(op):
    names = tuple(dict.fromkeys(re.findall(r"\{(\w+)\}", op.words + op.latex)))
    places = tuple(n for n in names if n not in ("cases", "otherwise", "if", "others"))
    written = fill(op.latex, places, lambda _: Worded("x_{1}"), op.level, latex=True)
    made = f'<math alttext="x">{elements(written)}</math>'
    assert mathml_faults(made) == []
    assert "\\" not in said(parsed(made))
