"""How whatever explains shows itself: the displays are made above this layer, from the JSON."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from clearprop.errors import StateError
from clearprop.lang import language

__all__ = ["Displayed", "DisplayedFully"]


class Displayed(ABC):
    """Something that is printed as text made from its JSON."""

    # Set by the layer above, which makes displays from the JSON.
    display: ClassVar[Any] = None

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Give it as JSON-able data, with the language that it is in."""

    @abstractmethod
    def to_text(self, *, lang: str | None = None) -> str:
        """Write it for the terminal."""

    def _displayed(self, kind: str, lang: str | None, width: int | None = None) -> str:
        if Displayed.display is None:
            raise StateError("displays are made by clearprop.draw.why; import that first.")
        data = self.to_json() | ({"width": width} if width else {})
        written: str = Displayed.display(kind, data | {"lang": language(lang)} if lang else data)
        return written

    def __str__(self) -> str:
        return self.to_text()


class DisplayedFully(Displayed):
    """Something that is written in LaTeX, MathML and HTML as well, and shown in notebooks."""

    def to_text(self, *, lang: str | None = None, width: int | None = None) -> str:
        """
        Write it for the terminal.

        Parameters
        ----------
        lang : {"ko", "en"}, optional
        width : int, optional
            How many cells a line may take, 40 at least; by default 100, or as many as the terminal
            has that is printed to. Only a name or a number that is longer stands out.
        """
        return self._displayed("text", lang, width)

    def to_latex(self, *, lang: str | None = None) -> str:
        """Write it in LaTeX."""
        return self._displayed("latex", lang)

    def to_mathml(self, *, lang: str | None = None) -> str:
        """Write its steps as one MathML element."""
        return self._displayed("mathml", lang)

    def to_html(self, *, lang: str | None = None) -> str:
        """Write it as a piece of HTML."""
        return self._displayed("html", lang)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        # Not the JSON: JupyterLab would show that as a tree, before anything else.
        return {
            "text/plain": self.to_text(),
            "text/html": self.to_html(),
            "text/latex": self._displayed("aligned", None),
        }
