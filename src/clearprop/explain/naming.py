"""What the elements of recorded tensors are called: symbols, LaTeX and addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from clearprop.core.op import Op
from clearprop.core.tape import Backward, GradientNode
from clearprop.core.tensor import Node
from clearprop.explain.formula import Quantity

__all__ = ["Name", "Names", "gradient_name", "latex_of"]

Index = tuple[int, ...]
DELTA = "/delta_"
AT = "\0"  # in a LaTeX name: where the index goes
ESCAPED = {letter: f"\\{letter}" for letter in "_%#&${}"}
SIGNS = {"\\": r"\backslash", "^": r"\wedge", "~": r"\sim"}  # no LaTeX has these in words
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_DERIVATIVE = re.compile(r"∂(?P<order>[⁰¹²³⁴⁵⁶⁷⁸⁹]*)(?P<of>[^/]+)/∂(?P<by>.+)")


@dataclass(frozen=True)
class Name:
    """
    What a tensor is called, and which of its axes its elements are told apart by.

    Attributes
    ----------
    address : str
        Such as ``dense_1/kernel``; of an element, ``dense_1/kernel[0,2]``.
    symbol, latex : str
        Such as ``δ dense_1``; elements append their index, in LaTeX at `AT`.
    role : str
        "input", "weight", "sum", "output", "gradient", "delta", "loss", "value", "update".
    elements : tuple of str
        Names of the single elements in order, where they have some (``h1``, ``w5``).
    batch : bool
        Whether the first axis counts samples.
    gradient : bool
        Whether it is a derivative of the loss.
    layer : str
        The layer it belongs to, if any.
    function : str
        The activation function applied to it, if any.
    rearranged : bool
        Whether its elements are those of another tensor, differently numbered.
    part_of : str
        Of a part of a formula that was cut out: the symbol of what the formula is.
    """

    address: str
    symbol: str
    latex: str
    role: str = "value"
    elements: tuple[str, ...] = ()
    elements_latex: tuple[str, ...] = ()
    batch: bool = False
    gradient: bool = False
    layer: str = ""
    function: str = ""
    rearranged: bool = False
    part_of: str = ""

    def quantity(self, index: Index, shape: Index, value: float) -> Quantity:
        """Name one element."""
        own, sample = index, ""
        if self.batch and shape and shape[0] == 1:
            own = index[1:]
        elif self.batch and self.elements:
            own, sample = index[1:], f"⁽{str(index[0]).translate(SUPERSCRIPTS)}⁾"
        if self.elements:
            unit = own[0] if len(own) == 1 else _flat(own, shape[-len(own) :] if own else ())
            symbol = self.elements[unit] + sample
            latex = self.elements_latex[unit] + (f"^{{({index[0]})}}" if sample else "")
        else:
            at = ",".join(map(str, own))
            symbol = f"{self.symbol}[{at}]" if at else self.symbol
            latex = self.latex.replace(AT, f"_{{{at}}}" if at else "")
        place = ",".join(map(str, index))
        return Quantity(value, symbol, latex, f"{self.address}[{place}]" if place else self.address)


def _flat(index: Index, shape: Index) -> int:
    at = 0
    for i, n in zip(index, shape, strict=True):
        at = at * n + i
    return at


def latex_of(text: str) -> str:
    r"""
    Write a name in LaTeX's upright letters.

    Examples
    --------
    >>> print(latex_of("dense_1"))
    \mathrm{dense\_1}
    """
    if len(text) == 1 and text.isascii() and text.isalpha():
        return text
    return words_in_latex(text, r"\mathrm" if text.isascii() else r"\text")  # Hangul: in words only


def words_in_latex(text: str, command: str = r"\text") -> str:
    r"""
    Write words so that LaTeX, MathJax and KaTeX take no letter of them for a command.

    Examples
    --------
    >>> print(words_in_latex("50 % of a^2"))
    \text{50 \% of a}{\wedge}\text{2}
    """
    pieces = re.split(r"([\\^~])", text)
    return "".join(
        f"{{{SIGNS[piece]}}}" if piece in SIGNS
        else command + "{" + "".join(ESCAPED.get(letter, letter) for letter in piece) + "}"
        for piece in pieces
        if piece
    )  # fmt: skip


class Names:
    """
    The names of a record's tensors: those given, those of gradients, and made-up ones.

    Parameters
    ----------
    given : dict of Node to Name, optional
        Names that go before a node's own.
    loss : str
        What derivatives are of.
    """

    def __init__(self, given: dict[Node, Name] | None = None, loss: str = "L") -> None:
        self.table: dict[Node, Name] = dict(given or {})
        self.loss = loss
        self.twins: dict[tuple[Op | None, Node], Name] = {}  # the same, computed elsewhere again
        self._made: dict[str, int] = {}

    def of(self, node: Node) -> Name | None:
        """Find a node's name; None if it has none."""
        found = self.table.get(node)
        if found is None and node.name is not None:
            delta = DELTA in node.name  # so a fused operation names a gradient on its way back
            found = self.table[node] = Name(
                node.name, node.name, latex_of(node.name) + AT, gradient=delta
            )
        if found is None and self.twins and node.op is not None and not node.op.variadic:
            first = node.inputs[0]
            found = self.twins.get((node.op, first)) if isinstance(first, Node) else None
        return found

    def learn(self, node: Node) -> None:
        """Take in the names of all gradients of the walk that a gradient came from."""
        if isinstance(node, GradientNode) and node not in self.table:
            self.learn_walk(node.source, node, node.source.targets[node.index])

    def learn_walk(self, walk: Backward, gradient: Node, target: Node) -> None:
        """Name the recorded gradients of a walk after what they are gradients of."""
        walk.record(0)
        self.learn(walk.root)  # a gradient of a gradient
        loss = self._symbol_of(walk)
        for recorded, node in {**walk.gradient_of, gradient: target}.items():
            name = self.of(node)
            plain = name is not None and name.role != "sample_loss" and node is not walk.root
            if name is not None and plain and recorded not in self.table:
                self.table[recorded] = gradient_name(name, loss)

    def _symbol_of(self, walk: Backward) -> str:
        """Tell what a walk went back from: a tensor, or the one element that its seed picks."""
        root = self.of(walk.root)
        if root is None:
            return self.loss
        picked = np.argwhere(walk.seed.data)
        if walk.root.data.ndim == 0 or len(picked) != 1:
            return root.symbol
        index = tuple(map(int, picked[0]))
        return root.quantity(index, tuple(walk.root.data.shape), 0.0).symbol

    def make(self, node: Node, owner: Name | None = None) -> Name:
        """Make a name up for a node that needs one: after what it is a part of, if that is told."""
        base = node.op.name if node.op else "value"
        if owner is not None:
            base = f"{owner.part_of or owner.symbol}.part"
        count = self._made[base] = self._made.get(base, 0) + 1
        label = f"{base}{count}"
        whole = "" if owner is None else owner.part_of or owner.symbol
        name = self.table[node] = Name(label, label, latex_of(label) + AT, part_of=whole)
        return name


def gradient_name(name: Name, loss: str) -> Name:
    """Name the gradient of `loss` with respect to a named tensor; of a weighted sum, its delta."""

    def plain(symbol: str) -> str:
        return f"δ_{symbol.removeprefix('sum_')}" if delta else derivative(loss, symbol)

    def latex(symbol: str) -> str:
        inner = symbol.removeprefix(r"\mathrm{sum}_")
        return rf"\delta_{{{inner}}}" if delta else derivative_in_latex(loss, symbol)

    delta = name.role == "sum" and not _DERIVATIVE.fullmatch(loss)
    at = name.address.partition("@")[1:]  # of a layer that was called more than once
    own = name.layer + "".join(at) if delta else name.symbol
    return Name(
        f"{name.address}.{'delta' if delta else 'gradient'}",
        f"δ {own}" if delta else plain(own),
        rf"\delta^{{{latex_of(own)}}}{AT}" if delta else latex(name.latex),
        role="delta" if delta else "gradient",
        elements=tuple(map(plain, name.elements)),
        elements_latex=tuple(map(latex, name.elements_latex)),
        batch=name.batch,
        gradient=True,
        layer=name.layer,
        function=name.function,
        rearranged=name.rearranged,
    )


def derivative(of: str, by: str) -> str:
    """
    Write a derivative, also of what is one already.

    Examples
    --------
    >>> derivative("E", "w"), derivative("∂E/∂w", "w"), derivative("∂E/∂w[0]", "b")
    ('∂E/∂w', '∂²E/∂w²', '∂²E/∂w[0]∂b')
    """
    form = _DERIVATIVE.fullmatch(of)
    if form is None:
        return f"∂{of}/∂{by}"
    order = int((form["order"] or "1").translate(_PLAIN)) + 1
    power = str(order).translate(SUPERSCRIPTS)
    again = form["by"] == (by if order == 2 else by + (form["order"] or ""))
    return (
        f"∂{power}{form['of']}/∂{by}{power}"
        if again
        else f"∂{power}{form['of']}/∂{form['by']}∂{by}"
    )


def derivative_in_latex(of: str, by: str) -> str:
    r"""
    Write a derivative in LaTeX; `by` is LaTeX already.

    Examples
    --------
    >>> print(derivative_in_latex("∂E/∂w", "w"))
    \frac{\partial^{2} E}{\partial w\,\partial w}
    """
    form = _DERIVATIVE.fullmatch(of)
    if form is None:
        return rf"\frac{{\partial {latex_of(of)}}}{{\partial {by}}}"
    order = int((form["order"] or "1").translate(_PLAIN)) + 1
    before = latex_of(form["by"])
    return (
        rf"\frac{{\partial^{{{order}}} {latex_of(form['of'])}}}{{\partial {before}\,\partial {by}}}"
    )
