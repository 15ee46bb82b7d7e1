"""``clearprop why``: how a number of a network comes about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from clearprop.cli.help import argument, option, subcommand
from clearprop.cli.kinds import Whole
from clearprop.cli.output import as_json, tell
from clearprop.cli.places import check_place
from clearprop.lang import columns, language, say

__all__ = ["command"]

_MOST = 3  # book names that are shown of each kind
_LISTED = 40  # inputs and outputs whose meaning is told


@subcommand(
    "why",
    examples=(
        "clearprop why iris.safetensors --data iris.csv",
        'clearprop why iris.safetensors "dense_1/kernel[0,2]" --data iris.csv --row 5',
        'clearprop why digits.safetensors "digit/output[8]" --data digits --row 12 --depth 3',
        "clearprop why net.safetensors loss --data xor.npz --row 0 --html why.html",
    ),
)
@argument("model", words="model")
@argument("address", words="address", required=False)
@option("--data", words="why_data", metavar="DATA")
@option("--row", words="row", type=Whole(0), metavar="N")
@option("--labels", words="labels", metavar="FILE")
@option("--depth", words="depth", type=Whole(0), default=2, metavar="N")
@option("--digits", words="digits", type=Whole(1), default=6, metavar="N")
@option("--top", words="top", type=Whole(1), default=5, metavar="N")
@option("--json", "json_", words="json", is_flag=True)
@option("--latex", words="latex", is_flag=True)
@option("--html", words="html", metavar="FILE")
@option("--encoding", words="encoding", metavar="NAME")
def command(
    model: str, address: str | None, data: str | None, row: int | None, labels: str | None,
    depth: int, digits: int, top: int, json_: bool, latex: bool, html: str | None,
    encoding: str | None,
) -> None:  # fmt: skip
    """Explain one number, or list what can be asked."""
    if json_ and latex:
        raise click.UsageError(
            say("cli.one_of", names="--json, --latex"), click.get_current_context()
        )
    from clearprop.io import load

    if html is not None:
        check_place(Path(html))
    network = load(model)
    if address is None:
        tell(*what_can_be_asked(network))
        return
    if data is None:
        raise click.UsageError(say("cli.which_data"), click.get_current_context())
    from clearprop.cli.examples import example
    from clearprop.draw.why import why

    one = example(network, data, row, encoding, labels)
    explanation = why(
        network, address, x=one.x, y=one.y,
        depth=depth or None, digits=digits, top=top, lang=language(),
    )  # fmt: skip
    if html is not None:
        path = explanation.save(html)
        tell(say("cli.why_written", path=path), err=json_ or latex)
    if json_:
        as_json(explanation.to_json())
    elif latex:
        click.echo(explanation.to_latex(), nl=False)
    elif html is None:
        click.echo(explanation.to_text(), nl=False)


def what_can_be_asked(model: Any) -> list[str]:
    """List the addresses of a model's numbers, with what they are."""
    from clearprop.explain.addresses import book_names

    rows = [[f"x[{_range(model.built_for[1:])}]", say("explain.input")]]
    for layer in model.layers:
        for weight in layer.weights:
            rows.append([f"{weight.path}[{_range(weight.shape)}]", say("explain.weight")])
        units = _range(layer.output_shape(layer.built_for)[1:])
        if layer.weights:
            rows.append([f"{layer.name}/sum[{units}]", say("explain.sum")])
            rows.append([f"{layer.name}/sum[{units}].delta", say("explain.delta")])
        rows.append([f"{layer.name}/output[{units}]", say("explain.output")])
    rows.append(["loss", say("explain.loss")])
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
