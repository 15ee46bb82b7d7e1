"""``clearprop sheet``: a worksheet to be calculated by hand, and its answer key."""

from __future__ import annotations

from pathlib import Path

import click

from clearprop.cli.help import argument, option, subcommand
from clearprop.cli.kinds import Choice, Fraction, Whole
from clearprop.cli.output import as_json, tell
from clearprop.cli.places import check_place
from clearprop.lang import language, say

__all__ = ["command"]


@subcommand(
    "sheet",
    examples=(
        "clearprop sheet 2-2-2 --seed 3",
        "clearprop sheet 2-2-2 --seed 3 --output sheet.html --key key.html --lang ko",
        "clearprop sheet 3-2 --activation linear --lr 0.1 --json > sheet.json",
        "clearprop sheet 2-2-3 --activation elu --loss entropy",
        "clearprop sheet 2-2-2 --answers answers.csv --json > sheet.json",
    ),
)
@argument("sizes", words="sizes")
@option("--seed", words="sheet_seed", type=Whole(0), default=0, metavar="N")
@option("--activation", words="activation", default="sigmoid", metavar="NAME")
@option(
    "--loss", words="sheet_loss", type=Choice(["squared", "entropy", "binary"]), default="squared",
    metavar="NAME",
)  # fmt: skip
@option("--lr", words="sheet_lr", type=Fraction(), default=0.5, metavar="X")
@option("-o", "--output", words="sheet_output", metavar="FILE")
@option("--key", words="sheet_key", metavar="FILE")
@option("--answers", words="sheet_answers", metavar="FILE")
@option("--no-formulas", words="no_formulas", is_flag=True)
@option("--json", "json_", words="json", is_flag=True)
def command(
    sizes: str, seed: int, activation: str, loss: str, lr: float, output: str | None,
    key: str | None, answers: str | None, no_formulas: bool, json_: bool,
) -> None:  # fmt: skip
    """Make a worksheet."""
    from clearprop.core.files import write_text
    from clearprop.explain.answers import template
    from clearprop.explain.sheet import sheet

    for place in filter(None, (output, key, answers)):
        check_place(Path(place))
    made, lang = sheet(sizes, seed=seed, activation=activation, lr=lr, loss=loss), language()
    if output is not None or key is not None:
        from clearprop.draw.sheet_html import answer_key, worksheet

        if output is not None:
            worksheet(made, lang=lang, formulas=not no_formulas).save(output)
            tell(say("sheet.sheet_written", path=output), err=json_)
        if key is not None:
            answer_key(made, lang=lang).save(key)
            tell(say("sheet.key_written", path=key), err=json_)
    if answers is not None:
        write_text(answers, template(field.name for field in made.fields))
        tell(say("sheet.answers_written", path=answers), err=json_)
    if json_:
        as_json(made.to_json())
    elif output is None and key is None and answers is None:
        from clearprop.draw.sheet_text import sheet_text

        click.echo(sheet_text(made, lang=lang, formulas=not no_formulas), nl=False)
