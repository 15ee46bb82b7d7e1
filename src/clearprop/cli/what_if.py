"""``clearprop what-if``: what a change would do to the loss, by the gradient and exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from clearprop.cli.asking import examples_for, of_examples
from clearprop.cli.help import option, subcommand
from clearprop.cli.kinds import Change
from clearprop.cli.output import as_json
from clearprop.errors import DataError
from clearprop.lang import language, say

__all__ = ["command"]


@subcommand(
    "what-if",
    examples=(
        "clearprop what-if net.safetensors --data xor.csv --row 3 --change w5=+0.01",
        'clearprop what-if iris.safetensors --data iris.csv --row 5 --change "x[0]=+0.5"',
        'clearprop what-if digits.safetensors --data digits --change "x[12]=-0.5" --json',
    ),
)
@of_examples
@option("--change", "changes", words="change", type=Change(), multiple=True, metavar="ADDRESS=BY")
@option("--json", "json_", words="json", is_flag=True)
def command(
    model: str, data: str | None, rows: Any, labels: str | None, encoding: str | None, *,
    changes: Sequence[tuple[str, float]], json_: bool,
) -> None:  # fmt: skip
    """Say what a change would do."""
    if not changes:
        raise click.UsageError(say("cli.which_change"), click.get_current_context())
    from clearprop.draw.why import what_if
    from clearprop.io import load

    network = load(model)
    some = examples_for(network, data, rows, encoding, labels)
    if some.y is None:
        raise DataError(say("cli.needs_target"))
    answer = what_if(network, dict(changes), x=some.x, y=some.y, lang=language())
    if json_:
        as_json(answer.to_json())
    else:
        click.echo(answer.to_text().rstrip())
