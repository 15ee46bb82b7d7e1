"""Values written as formulas, the way a person would: ``maximum(x · kernel + bias, 0)``."""

from __future__ import annotations

from collections.abc import Mapping

from clearprop.engines.compiled.codegen.affine import VIEWS
from clearprop.engines.compiled.codegen.kernels import base
from clearprop.engines.compiled.program import Value

__all__ = ["formula"]

LONGEST = 160  # characters from which on a formula is cut
INFIX = {
    "add": ("+", 4), "subtract": ("−", 4), "multiply": ("·", 5), "divide": ("/", 5),
    "pow": ("**", 7), "remainder": ("%", 5), "floor_divide": ("//", 5),
    "less": ("<", 3), "less_equal": ("≤", 3), "greater": (">", 3), "greater_equal": ("≥", 3),
    "equal": ("=", 3), "not_equal": ("≠", 3), "logical_and": ("and", 2), "logical_or": ("or", 1),
}  # fmt: skip
SHORT = {"maximum": "max", "minimum": "min", "logical_not": "not"}
ATOM = 9


def formula(value: Value, names: Mapping[Value, str]) -> str:
    """
    Write what a value is computed from.

    Parameters
    ----------
    value : Value
    names : mapping of Value to str
        What is not to be looked into is called.

    Returns
    -------
    str
    """
    text = _Formula(names).inside(value)[0]
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


class _Formula:
    def __init__(self, names: Mapping[Value, str]) -> None:
        self.names = names
        self.left = LONGEST  # values that are still written out

    def of(self, value: Value) -> tuple[str, int]:
        """Give the text, and how tightly it binds."""
        below = base(value)
        if below in self.names:
            return self.names[below], ATOM
        return self.inside(value)

    def inside(self, value: Value) -> tuple[str, int]:
        self.left -= 1
        if self.left < 0:
            return "…", ATOM
        if value.kind == "constant":
            if value.array.size == 1:
                return f"{value.array.reshape(()).item():.6g}", ATOM
            return f"constant{list(value.shape)}", ATOM
        if value.op in VIEWS:
            return self._view(value)
        if value.op in INFIX:
            sign, tight = INFIX[value.op]
            a, b = value.inputs
            return f"{self._at(a, tight)} {sign} {self._at(b, tight + 1)}", tight
        if value.op == "negative":
            return f"−{self._at(value.inputs[0], 6)}", 6
        if value.op == "square":
            return f"{self._at(value.inputs[0], 8)}²", 8
        if value.op == "cast":
            return self.of(value.inputs[0])
        if value.op in ("dot", "dot_apart"):
            left, right = (
                self._at(x, ATOM) + ("ᵀ" if value.params.get(way) else "")
                for x, way in zip(value.inputs, ("ta", "tb"), strict=True)
            )
            return f"{left} @ {right}", 5
        listed = ", ".join(self.of(x)[0] for x in value.inputs)
        return f"{SHORT.get(value.op, value.op)}({listed})", ATOM

    def _at(self, value: Value, tight: int) -> str:
        text, own = self.of(value)
        return text if own >= tight else f"({text})"

    def _view(self, value: Value) -> tuple[str, int]:
        (x,) = value.inputs
        params = value.params
        if value.op == "permute":
            axes = params["axes"]
            last = axes == (*range(len(axes) - 2), len(axes) - 1, len(axes) - 2)
            sign = "ᵀ" if last else f".permute{axes}"
            return self._at(x, ATOM) + sign, ATOM
        if value.op == "slice":
            spans = []
            for start, step, n, whole in zip(
                params["starts"], params["steps"], params["shape"], x.shape, strict=True
            ):
                every = start == 0 and step == 1 and n == whole
                stop = start + step * n
                spans.append(":" if every else f"{start}:{stop if stop >= 0 else ''}")
                if step != 1:
                    spans[-1] += f":{step}"
            return f"{self._at(x, ATOM)}[{', '.join(spans)}]", ATOM
        return self.of(x)
