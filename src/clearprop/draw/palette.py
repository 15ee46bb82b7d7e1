"""The colours of every picture, named by role, for light and for dark paper."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["BACKWARD", "COLOURS", "MINUS", "PLUS", "SERIES", "blend", "contrast", "stylesheet"]

# name: (on light paper, on dark paper). Every hue carries text, so each has a contrast of at
# least 4.5 against its paper; the hues stay apart in the usual kinds of colour blindness.
COLOURS: dict[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#13171c"),
    "panel": ("#f3f5f8", "#1d232b"),
    "grid": ("#dde2e8", "#333b45"),
    "muted": ("#566070", "#a3adb9"),
    "ink": ("#1b2027", "#e8ebef"),
    "blue": ("#0a66b7", "#6db5f7"),
    "orange": ("#b84a00", "#ff9d5c"),
    "green": ("#0a7556", "#4cc9a0"),
    "purple": ("#8b2f91", "#df9fea"),
    "brown": ("#7b5d00", "#dcbb4a"),
    "rose": ("#b8245f", "#ff8fb5"),
    "slate": ("#4a5a85", "#a3b4e0"),
}

# What the hues mean. A sign is never told by colour alone: a dash or a shape goes with it.
PLUS, MINUS, BACKWARD = "blue", "orange", "purple"
SERIES = ("blue", "orange", "green", "purple", "brown", "rose", "slate")

FONTS = (
    'system-ui,-apple-system,"Segoe UI",Roboto,"Apple SD Gothic Neo","Malgun Gothic",'
    '"Noto Sans KR","Noto Sans CJK KR","NanumGothic",sans-serif'
)

_SCOPE = ".cp-pic"
_PROPERTY = {"f": "fill", "s": "stroke"}


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    shares = (part / 255 for part in _rgb(colour))
    r, g, b = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """
    Contrast of two colours by WCAG 2, from 1 (the same) to 21 (black on white).

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def blend(over: str, under: str, opacity: float) -> str:
    """
    The colour that is seen where `over` lies on `under` with this opacity.

    Examples
    --------
    >>> blend("#000000", "#ffffff", 0.5)
    '#808080'
    """
    mixed = (round(b + opacity * (a - b)) for a, b in zip(_rgb(over), _rgb(under), strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def stylesheet(classes: Iterable[str]) -> str:
    """
    CSS for the colour classes that a picture uses: ``f-ink`` fills, ``s-ink`` strokes.

    Dark colours hold on a screen that asks for them; print is always light.

    Examples
    --------
    >>> print(stylesheet(["f-ink"]).splitlines()[-1])
    @media screen and (prefers-color-scheme:dark){.cp-pic .f-ink{fill:#e8ebef}}
    """
    coloured = sorted(name for name in set(classes) if name[:2] in ("f-", "s-"))
    light: list[str] = []
    dark: list[str] = []
    for name in coloured:
        pair = COLOURS[name[2:]]
        for rules, colour in zip((light, dark), pair, strict=True):
            rules.append(f"{_SCOPE} .{name}{{{_PROPERTY[name[0]]}:{colour}}}")
    if "halo" in classes:
        for rules, colour in zip((light, dark), COLOURS["paper"], strict=True):
            rules.append(f"{_SCOPE} .halo{{stroke:{colour}}}")
        light.append(f"{_SCOPE} .halo{{stroke-width:3px;stroke-linejoin:round;paint-order:stroke}}")
    base = f"{_SCOPE}{{font-family:{FONTS};font-variant-numeric:tabular-nums}}"
    media = f"@media screen and (prefers-color-scheme:dark){{{''.join(dark)}}}"
    return "\n".join([base, *light, media])
