"""``clearprop why``: how a number of a network comes about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from clearprop.cli.asking import examples_for, of_examples, only_one
from clearprop.cli.help import argument, option, subcommand
from clearprop.cli.kinds import Choice, Depth, Whole
from clearprop.cli.output import as_json, tell
from clearprop.cli.places import check_place
from clearprop.cli.running import CHECK_FAILED
from clearprop.lang import columns, language, say

__all__ = ["command"]

CONVENTIONS = ("book", "bpnn", "keras", "torch", "sklearn")
_MOST = 3  # book names that are shown of each kind
_LISTED = 40  # inputs and outputs whose meaning is told


@subcommand(
    "why",
    examples=(
        "clearprop why iris.safetensors --data iris.csv",
        'clearprop why iris.safetensors "dense_1/kernel[0,2]" --data iris.csv --row 5',
        'clearprop why digits.safetensors "digit/output[8]" --data digits --row 12 --depth all',
        "clearprop why iris.safetensors w1 --data iris.csv --row 2-21 --by class --depth 0",
        "clearprop why net.safetensors w1 --data xor.csv --row 3 --paths --convention torch",
        "clearprop why net.safetensors loss --data xor.npz --row 0 --html why.html",
        "clearprop why net.safetensors E --data xor.csv --row 3 --yours 0.7414",
    ),
)
@of_examples
@argument("address", words="address", required=False)
@option("--depth", words="depth", type=Depth(), default="2", metavar="N")
@option("--paths", words="paths", is_flag=True)
@option("--by", words="by", type=Choice(["sample", "class"]), metavar="WHAT")
@option("--convention", words="convention", type=Choice(CONVENTIONS), metavar="NAME")
@option("--yours", words="yours", metavar="X")
@option("--digits", words="digits", type=Whole(1), default=6, metavar="N")
@option("--top", words="top", type=Whole(1), default=5, metavar="N")
@option("--json", "json_", words="json", is_flag=True)
@option("--latex", words="latex", is_flag=True)
@option("--html", words="html", metavar="FILE")
def command(
    model: str, address: str | None, data: str | None, rows: Any, labels: str | None,
    encoding: str | None, *, json_: bool, latex: bool, html: str | None, yours: str | None,
    **view: Any,
) -> int:  # fmt: skip
    """Explain one number, or list what can be asked."""
    only_one(json=json_, latex=latex)
    only_one(yours=yours, latex=latex)
    only_one(yours=yours, html=html)
    from clearprop.io import load

    if html is not None:
        check_place(Path(html))
    network = load(model)
    if address is None:
        asked = list(what_can_be_asked(network))
        as_json({"can_be_asked": addresses_of(network)}) if json_ else tell(*asked)
        return 0
    some = examples_for(network, data, rows, encoding, labels)
    if yours is not None:
        return _compared(network, address, some, yours, json_)
    from clearprop.draw.why import why

    explanation = why(network, address, x=some.x, y=some.y, lang=language(), **view)
    if html is not None:
        path = explanation.save(html)
        tell(say("cli.why_written", path=path), err=json_ or latex)
    if json_:
        as_json(explanation.to_json())
    elif latex:
        click.echo(explanation.to_latex(), nl=False)
    elif html is None:
        click.echo(explanation.to_text(), nl=False)
    return 0


def _compared(model: Any, address: str, some: Any, yours: str, json_: bool) -> int:
    """Say which convention or slip explains a number worked out by hand."""
    from clearprop.draw.why import compare

    found = compare(model, address, x=some.x, y=some.y, yours=yours, lang=language())
    if json_:
        as_json(found.to_json())
    else:
        click.echo(found.to_text().rstrip())
    return 0 if found.same else CHECK_FAILED


def addresses_of(model: Any) -> dict[str, str]:
    """Give the addresses of a model's numbers, and what is there."""
    found = {f"x[{_range(model.built_for[1:])}]": say("explain.input")}
    for layer in model.layers:
        for weight in layer.weights:
            found[f"{weight.path}[{_range(weight.shape)}]"] = say("explain.weight")
        units = _range(layer.output_shape(layer.built_for)[1:])
        if layer.weights:
            found[f"{layer.name}/sum[{units}]"] = say("explain.sum")
            found[f"{layer.name}/sum[{units}].delta"] = say("explain.delta")
        found[f"{layer.name}/output[{units}]"] = say("explain.output")
    return found | {"loss": say("explain.loss")}


def what_can_be_asked(model: Any) -> list[str]:
    """List the addresses of a model's numbers, with what they are."""
    from clearprop.explain.addresses import book_names

    rows = [[address, what] for address, what in addresses_of(model).items()]
    lines = [say("cli.can_be_asked"), *("  " + line for line in columns(rows))]
    book = list(book_names(model.layers, model.built_for[-1] or 0))
    if book:
        kinds = [[name for name in book if name[0] == kind][:_MOST] for kind in "wbho"]
        named = ", ".join(f"{', '.join(kind)} …" for kind in kinds if kind)
        lines.append(say("cli.book_names", names=named))
    return [*lines, say("cli.aspects"), *_meanings(model)]


def _meanings(model: Any) -> list[str]:
    """Say what the inputs and the outputs stand for, where the model knows."""
    inputs = () if model.preprocessor is None else model.preprocessor.inputs
    output = f"{model.layers[-1].name}/output"
    rows = [[f"x[{i}]", name] for i, name in enumerate(inputs)]
    rows += [[f"{output}[{k}]", name] for k, name in enumerate(model.class_names or ())]
    if not rows:
        return []
    shown = rows if len(rows) <= _LISTED else [*rows[:_LISTED], ["…", f"+{len(rows) - _LISTED}"]]
    return ["", say("cli.meanings"), *("  " + line for line in columns(shown))]


def _range(shape: Any) -> str:
    """Write which indices there are, as in ``0…63,0…31``."""
    return ",".join("0" if n in (None, 1) else f"0…{n - 1}" for n in shape)
