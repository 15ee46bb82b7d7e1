"""``clearprop formulas``: one step of training, in the seven formulas, in symbols and numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from clearprop.cli.asking import examples_for, of_examples, only_one
from clearprop.cli.help import option, subcommand
from clearprop.cli.kinds import Choice, Fraction, Whole
from clearprop.cli.output import as_json, tell
from clearprop.cli.places import check_place
from clearprop.errors import DataError
from clearprop.lang import language, say

__all__ = ["command"]


@subcommand(
    "formulas",
    examples=(
        "clearprop formulas net.safetensors --data xor.csv --row 3",
        "clearprop formulas net.safetensors --data xor.csv --row 3 --by-hand --lr 0.5",
        "clearprop formulas net.safetensors --data xor.csv --row 3 --factors w5",
        "clearprop formulas net.safetensors --data xor.csv --row 3 --python > step.py",
    ),
)
@of_examples
@option("--lr", words="formulas_lr", type=Fraction(), metavar="X")
@option("--notation", words="notation", type=Choice(["document", "usual"]), default="document",
        metavar="NAME")  # fmt: skip
@option("--by-hand", words="by_hand", is_flag=True)
@option("--factors", words="factors", metavar="WEIGHT")
@option("--python", "python_", words="python", is_flag=True)
@option("--digits", words="digits", type=Whole(1), default=6, metavar="N")
@option("--json", "json_", words="json", is_flag=True)
@option("--latex", words="latex", is_flag=True)
@option("--html", words="html", metavar="FILE")
def command(
    model: str, data: str | None, rows: Any, labels: str | None, encoding: str | None, *,
    lr: float | None, notation: str, digits: int, by_hand: bool, factors: str | None,
    python_: bool, json_: bool, latex: bool, html: str | None,
) -> None:  # fmt: skip
    """Write one step of training."""
    only_one(by_hand=by_hand, factors=factors, python=python_)
    only_one(json=json_, latex=latex, python=python_)
    only_one(python=python_, html=html)
    from clearprop.draw.why import formulas
    from clearprop.io import load

    if html is not None:
        check_place(Path(html))
    network = load(model)
    some = examples_for(network, data, rows, encoding, labels)
    if some.y is None:
        raise DataError(say("cli.needs_target"))
    rate = _rate(network) if lr is None else lr
    written: Any = formulas(
        network, some.x, some.y, lr=rate, notation=notation, lang=language(), digits=digits
    )
    if python_:
        click.echo(written.as_python(), nl=False)
        return
    if by_hand:
        written = written.by_hand()
    elif factors is not None:
        written = written.factors(factors)
    if html is not None:
        from clearprop.core.files import write_text
        from clearprop.draw.why import display

        write_text(Path(html), display("page", written.to_json()))
        tell(say("cli.why_written", path=html), err=json_ or latex)
    if json_:
        as_json(written.to_json())
    elif html is None or latex:
        click.echo(written.to_latex() if latex else written.to_text(), nl=False)


def _rate(model: Any) -> float:
    """Give the learning rate that the model is trained with, or what the book begins with."""
    rate = getattr(model.optimizer, "learning_rate", None) if model.compiled else None
    return float(rate) if isinstance(rate, int | float) else 0.01
