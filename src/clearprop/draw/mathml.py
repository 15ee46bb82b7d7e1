"""Formulas for web pages: the LaTeX that explanations use, as presentation MathML."""

from __future__ import annotations

import re
from html import escape

from clearprop.errors import FormatError

__all__ = ["elements", "flat", "math"]

_TOKEN = re.compile(
    r"""\\(?P<command>[A-Za-z]+)\s* | \\(?P<escaped>.) | (?P<number>\d+(?:\.\d+)?)
    | (?P<space>\s+) | (?P<letter>[A-Za-z]|[^\W\d_]+) | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)

_SIGNS = {
    "times": "×", "cdot": "⋅", "neq": "≠", "leq": "≤", "geq": "≥", "wedge": "∧", "vee": "∨",
    "oplus": "⊕", "otimes": "⊗", "neg": "¬", "star": "⋆", "to": "→", "approx": "≈", "mid": "∣",
    "bmod": "mod", "sim": "∼", "backslash": "\\", "sum": "∑", "prod": "∏", "dots": "…",
}  # fmt: skip
_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
    "eta": "η", "theta": "θ", "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "ϕ", "varphi": "φ", "omega": "ω", "Delta": "Δ", "Sigma": "Σ",
    "partial": "∂", "nabla": "∇", "infty": "∞", "ell": "ℓ",
}  # fmt: skip
_UPRIGHT = frozenset({"partial", "nabla", "infty", "Delta", "Sigma"})
_FENCES = {
    "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
}  # fmt: skip
_FUNCTIONS = frozenset({
    "exp", "log", "ln", "max", "min", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin",
    "arccos", "arctan",
})  # fmt: skip
_SPACES = {"quad": "1em", ",": "0.17em", ";": "0.28em", ":": "0.22em", " ": "0.28em"}
_MARKS = {"-": "−", "*": "∗"}
_OPENING, _CLOSING = "([⟨⌊⌈", ")]⟩⌋⌉"
_APPLY = "<mo>\N{FUNCTION APPLICATION}</mo>"


def math(latex: str, alt: str) -> str:
    r"""
    Write a formula as a ``<math>`` element.

    Parameters
    ----------
    latex : str
        What explanations use of LaTeX; ``\href{#id}{...}`` is a link within the page.
    alt : str
        The same as plain text, for whatever does not know MathML.

    Returns
    -------
    str
        What is no such formula is shown as its plain text.

    Examples
    --------
    >>> print(math(r"\delta_{h1}", "δ_h1"))
    <math alttext="δ_h1"><msub><mi>δ</mi><mrow><mi>h</mi><mn>1</mn></mrow></msub></math>
    """
    try:
        inside = elements(latex)
    except FormatError:
        inside = f"<mtext>{escape(alt)}</mtext>"
    return f'<math alttext="{escape(alt)}">{inside}</math>'


def elements(latex: str) -> str:
    r"""
    Write a formula as the elements that go into ``<math>``.

    Raises
    ------
    FormatError
        If the braces or environments do not match, or a command is not known.

    Examples
    --------
    >>> print(elements(r"\frac{1}{2}"))
    <mfrac><mn>1</mn><mn>2</mn></mfrac>
    """
    parser = _Parser(latex)
    written = parser.row()
    if parser.at < len(parser.tokens):
        raise parser.error(f"{parser.tokens[parser.at][1]!r} closes nothing")
    return written


def flat(latex: str, alt: str) -> str:
    r"""
    Write a formula for the middle of a sentence, its fractions with a stroke: ∂E/∂w.

    Examples
    --------
    >>> print(flat(r"\frac{a}{b}", "a/b"))
    <math alttext="a/b"><mi>a</mi><mo>/</mo><mi>b</mi></math>
    """
    simple = r"(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*"
    return math(re.sub(rf"\\frac\{{({simple})\}}\{{({simple})\}}", r"\1/\2", latex), alt)


class _Parser:
    """Goes through the tokens once; each method writes what it has read."""

    def __init__(self, latex: str) -> None:
        self.latex = latex
        found = (match for match in _TOKEN.finditer(latex))
        self.tokens = [(str(m.lastgroup), m[str(m.lastgroup)]) for m in found]
        self.at = 0

    def error(self, what: str) -> FormatError:
        return FormatError(f"no formula that can be set: {what} in {self.latex!r}.")

    def next(self) -> tuple[str, str]:
        if self.at == len(self.tokens):
            raise self.error("it ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def skip_space(self) -> None:
        while self.peek()[0] == "space":
            self.at += 1

    def after_space(self) -> tuple[str, str]:
        self.skip_space()
        return self.peek()

    def row(self, close: str = "") -> str:
        """Read up to what closes: a mark, ``right`` or, within a table, a cell's or row's end."""
        parts: list[str] = []
        while True:
            kind, text = self.after_space()
            if kind == "end" or text in ("}", "&") or (kind == "escaped" and text == "\\"):
                break
            if (kind == "command" and text in ("right", "end")) or (text == close != ""):
                break
            part = self.scripted(first=not parts or parts[-1].startswith("<mo"))
            if part:
                parts.append(part)
        return "".join(parts)

    def scripted(self, *, first: bool) -> str:
        """Read one part, with what stands below and above it."""
        base = self.part(first)
        below = above = ""
        while self.after_space() in (("mark", "_"), ("mark", "^"), ("mark", "'")):
            _, sign = self.next()
            if sign == "'" and not above:
                above = "<mo>′</mo>"
                continue
            if below if sign == "_" else above:
                raise self.error(f"two {sign} in a row")
            if sign == "_":
                below = self.argument()
            else:
                above = self.argument()
        if not below and not above:
            return base
        kind = "msub" if not above else "msup" if not below else "msubsup"
        return f"<{kind}>{_one(base)}{below}{above}</{kind}>"

    def argument(self) -> str:
        """Read what a command takes: a group, or the next part, as one element."""
        kind, text = self.after_space()
        if kind == "number" and len(text) > 1:  # of digits alone, it takes the first
            self.tokens[self.at] = (kind, text[1:])
            return f"<mn>{text[0]}</mn>"
        return _one(self.part(first=True))

    def group(self) -> str:
        self.open_brace()
        inside = self.row()
        self.expect("}")
        return inside

    def open_brace(self) -> None:
        self.skip_space()
        self.expect("{")

    def expect(self, text: str) -> None:
        if self.next() != ("mark", text):
            raise self.error(f"no {text!r} where one is needed")

    def raw(self) -> str:
        """Read a group as text: what is escaped stands for itself."""
        self.open_brace()
        depth, text = 1, ""
        while depth:
            kind, token = self.next()
            depth += (kind == "mark" and token == "{") - (kind == "mark" and token == "}")
            if kind == "command":
                raise self.error(f"\\{token} in words")
            if kind == "mark" and token in "{}":
                continue
            text += " " if kind == "escaped" and token in _SPACES else token
        return text

    def part(self, first: bool) -> str:
        kind, text = self.next()
        if kind == "number":
            return f"<mn>{text}</mn>"
        if kind == "letter":
            return f"<mi>{text}</mi>"
        if kind == "command":
            return self.command(text)
        if kind == "escaped":
            return _space(text) if text in _SPACES else f"<mi>{escape(text)}</mi>"
        if text == "{":
            self.at -= 1
            return _one(self.group())
        if text in _OPENING:
            return self.bracketed(text)
        if text in _CLOSING or text == "|":
            return f'<mo stretchy="false">{text}</mo>'
        if text in "^_":
            raise self.error(f"{text!r} at the start of a group")
        form = ' form="prefix"' if first and text in "-+" else ""
        return f"<mo{form}>{escape(_MARKS.get(text, text))}</mo>"

    def bracketed(self, opening: str) -> str:
        """Read brackets and what they hold as one part, where the closing one follows."""
        closing, start = _CLOSING[_OPENING.index(opening)], self.at
        inside = self.row(close=closing)
        if self.peek() != ("mark", closing):
            self.at = start
            return f'<mo stretchy="false">{opening}</mo>'
        self.at += 1
        return _fenced(opening, inside, closing)

    def command(self, name: str) -> str:
        if name in _SIGNS:
            return f"<mo>{_SIGNS[name]}</mo>"
        if name in _LETTERS:
            upright = ' mathvariant="normal"' if name in _UPRIGHT else ""
            return f"<mi{upright}>{_LETTERS[name]}</mi>"
        if name in _FUNCTIONS:
            return f"<mi>{name}</mi>" + self.applied()
        if name in _FENCES:
            return f'<mo stretchy="false">{_FENCES[name]}</mo>'
        if name in _SPACES:
            return _space(name)
        reader = getattr(self, f"command_{name}", None)
        if reader is None:
            raise self.error(f"\\{name}, which is not known,")
        written: str = reader()
        return written

    def applied(self) -> str:
        """Say that a function is applied, if something follows that it can be applied to."""
        kind, text = self.after_space()
        follows = kind in ("letter", "number", "command") or text in ("(", "{")
        return _APPLY if follows and text != "right" else ""

    def command_frac(self) -> str:
        above, below = self.argument(), self.argument()
        return f"<mfrac>{above}{below}</mfrac>"

    def command_sqrt(self) -> str:
        return f"<msqrt>{self.argument()}</msqrt>"

    def command_mathrm(self) -> str:
        return _upright(self.raw())

    command_mathsf = command_mathrm

    def command_operatorname(self) -> str:
        return _upright(self.raw()) + self.applied()

    def command_text(self) -> str:
        text = self.raw()
        spaced = re.sub(r"^ | $", "\N{NO-BREAK SPACE}", text)  # else lost at the edges
        return f"<mtext>{escape(spaced)}</mtext>"

    def command_displaystyle(self) -> str:
        return ""  # explanations are set in it from the start

    def command_left(self) -> str:
        opening = self.fence()
        inside = self.row()
        if self.next() != ("command", "right"):
            raise self.error(r"\left without \right")
        return _fenced(opening, inside, self.fence(), stretchy=True)

    def fence(self) -> str:
        kind, text = self.next()
        return _FENCES.get(text, text) if kind == "command" else text

    def command_href(self) -> str:
        target = self.raw()
        if not re.fullmatch(r"#[\w.-]+", target):
            raise self.error(f"a link out of the page, {target!r},")
        inside = self.group()
        # MathML has no links of its own; within its words, those of HTML are at home.
        return f'<mtext><a href="{target}"><math>{inside}</math></a></mtext>'

    def command_begin(self) -> str:
        if (kind := self.raw()) != "cases":
            raise self.error(f"the environment {kind!r}")
        rows = [[self.row()]]
        while (token := self.next()) != ("command", "end"):
            if token == ("mark", "&"):
                rows[-1].append(self.row())
            elif token == ("escaped", "\\"):
                rows.append([self.row()])
            else:
                raise self.error(f"{token[1]!r} closes nothing")
        if self.raw() != kind:
            raise self.error(f"an end that is not of {kind}")
        cells = ("".join(f"<mtd>{cell}</mtd>" for cell in row) for row in rows)
        table = "".join(f"<mtr>{row}</mtr>" for row in cells)
        brace = '<mo stretchy="true" fence="true" form="prefix">{</mo>'
        return f'<mrow>{brace}<mtable displaystyle="true">{table}</mtable></mrow>'


def _space(name: str) -> str:
    return f'<mspace width="{_SPACES[name]}"></mspace>'


def _upright(text: str) -> str:
    normal = ' mathvariant="normal"' if len(text) == 1 else ""
    return f"<mi{normal}>{escape(text)}</mi>"


def _fenced(opening: str, inside: str, closing: str, *, stretchy: bool = False) -> str:
    how = "" if stretchy else ' stretchy="false"'
    before, after = ("" if m == "." else f"<mo{how}>{m}</mo>" for m in (opening, closing))
    return f"<mrow>{before}{inside}{after}</mrow>"


_ALONE = re.compile(r"<(\w+)[^<>]*>[^<>]*</\1>")


def _one(inside: str) -> str:
    """See that what a fraction, a root or a script takes is one element."""
    whole = _ALONE.fullmatch(inside) or (inside.startswith("<mrow>") and _is_one_row(inside))
    return inside if whole else f"<mrow>{inside}</mrow>"


def _is_one_row(inside: str) -> bool:
    depth = 0
    for tag in re.finditer(r"<(/?)mrow>", inside):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end() == len(inside)
    return False
