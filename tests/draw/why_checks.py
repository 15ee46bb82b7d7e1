"""What must hold of explanations as HTML, MathML and LaTeX; each check lists the faults."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

# MathML Core's presentation elements that are used, and how many children some of them take.
TAKES = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "msqrt": 1}
KNOWN = {*TAKES, "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mtable", "mtr", "mtd"}


def parsed(fragment: str) -> Element:
    """Read a piece of HTML or MathML; what is written is XML too, but for one attribute."""
    return ElementTree.fromstring(f"<div>{fragment.replace('<details open>', '<details>')}</div>")


def mathml_faults(fragment: str) -> list[str]:
    """Not well-formed, unknown or ill-filled elements, formulas without words, dead links."""
    try:
        root = parsed(fragment)
    except ElementTree.ParseError as error:
        return [f"not well-formed: {error}"]
    linked = {math for a in root.iter("a") for math in a.iter("math")}
    maths = [math for math in root.iter("math") if math not in linked]
    faults = []
    for math in maths:
        if not (math.get("alttext") or "").strip():
            faults.append("a formula without alttext")
        for element in math.iter():
            if element.tag not in KNOWN | {"a"}:
                faults.append(f"<{element.tag}> in a formula")
            if len(element) != TAKES.get(element.tag, len(element)):
                faults.append(f"<{element.tag}> with {len(element)} children")
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    faults += [f"id {key!r} twice" for key in sorted(set(ids)) if ids.count(key) > 1]
    goals = [a.get("href") or "" for a in root.iter("a")]
    faults += [f"{goal!r} leads nowhere" for goal in goals if goal.removeprefix("#") not in ids]
    for section in root.iter("section"):
        if section.get("aria-labelledby") not in ids:
            faults.append("a section without a name")
    faults += [f"<{e.tag}> acts" for e in root.iter() if e.tag in ("script", "iframe", "object")]
    return faults


def said(element: Element) -> str:
    """Read a formula back as plain text, from what is seen of it."""
    inside = [said(child) for child in element]
    match element.tag:
        case "mfrac":
            return "({})/({})".format(*inside)
        case "msup":
            return "{}^({})".format(*inside)
        case "msub":
            return "{}_{}".format(*inside)
        case "msubsup":
            return "{}_{}^({})".format(*inside)
        case "msqrt":
            return f"√({inside[0]})"
    text = (element.text or "") + "".join(inside)
    spaced = f" {text} " if element.tag == "mo" and text in "=≈→" else text
    return spaced.replace("\N{FUNCTION APPLICATION}", "").replace("\N{NO-BREAK SPACE}", " ")


def powers_of_ten(text: str) -> str:
    """Write 1.5×10^(−5) as 1.5e−5: one number, with the digits that it has."""
    return re.sub(r"(\d)×10\^\((−?\d+)\)", r"\1e\2", text)


def derivations(fragment: str) -> list[str]:
    """Give each step of an explanation's HTML as one line: symbol = formula = numbers = result."""
    lines = []
    for item in parsed(fragment).iter("li"):
        sides = [e for e in item.iter("div") if "why-side" in (e.get("class") or "").split()]
        shown = list(item.iter("math"))[:1] if sides else []
        shown += [math for side in sides for math in side]
        if not sides:
            shown = [math for p in item.iter("p") for math in p.findall("math")]
        lines.append(powers_of_ten("".join(said(math) for math in shown)))
    return lines


def table_lines(mathml: str) -> list[str]:
    """Give each step of an explanation's MathML as one line."""
    lines: list[str] = []
    for row in parsed(mathml).iter("mtr"):
        cells = [said(cell) for cell in row.findall("mtd")[:3]]
        if len(cells) < 3:
            continue  # within a formula, the cases of a choice
        if cells[0]:
            lines.append("")
        lines[-1] += "".join(cells)
    return list(map(powers_of_ten, lines))


def latex_faults(latex: str) -> list[str]:
    """Braces, environments and stretched brackets that do not match; Hangul outside of words."""
    faults = []
    bare = re.sub(r"\\[\\{}$&#%_]", "", latex)
    depth = 0
    for letter in bare:
        depth += (letter == "{") - (letter == "}")
        if depth < 0:
            break
    if depth:
        faults.append("braces do not match")
    opened = []
    for kind, name in re.findall(r"\\(begin|end)\{([^}]*)\}", bare):
        if kind == "begin":
            opened.append(name)
        elif not opened or opened.pop() != name:
            faults.append(f"\\end{{{name}}} ends nothing")
    faults += [f"\\begin{{{name}}} does not end" for name in opened]
    if len(re.findall(r"\\left(?![a-z])", bare)) != len(re.findall(r"\\right(?![a-z])", bare)):
        faults.append(r"\left and \right do not match")
    if bare.count("$$") % 2 or "$" in bare.replace("$$", ""):
        faults.append("a dollar alone")
    rows = re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "", latex, flags=re.DOTALL)
    if any(len(re.findall(r"(?<!\\)&", row)) > 3 for row in rows.split(r"\\")):
        faults.append("too many columns")
    if re.search("[가-힣]", re.sub(r"\\text\{(?:[^{}\\]|\\.|\{\})*\}", "", latex)):
        faults.append(r"Hangul outside of \text")
    return faults
