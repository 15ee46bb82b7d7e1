"""``clearprop predict``: what a trained network says of new rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from clearprop.cli.help import argument, option, subcommand
from clearprop.cli.judging import Judgement, judged
from clearprop.cli.kinds import Choice
from clearprop.cli.output import as_json, pour, tell
from clearprop.cli.places import check_place
from clearprop.errors import DataError
from clearprop.lang import say

__all__ = ["command"]

_BOM = b"\xef\xbb\xbf"


@subcommand(
    "predict",
    examples=(
        "clearprop predict iris.safetensors new.csv",
        "clearprop predict iris.safetensors new.csv --output answers.csv",
        "cat new.csv | clearprop predict iris.safetensors - --json",
    ),
)
@argument("model", words="model")
@argument("data", words="predict_data")
@option("-o", "--output", words="output", default="-", metavar="FILE")
@option(
    "--unknown", words="unknown", type=Choice(["error", "ignore"]), default="error", metavar="HOW"
)
@option("--encoding", words="encoding", metavar="NAME")
@option("--json", "json_", words="json", is_flag=True)
def command(
    model: str, data: str, output: str, unknown: Any, encoding: str | None, json_: bool
) -> None:
    """Predict the target of every row."""
    from clearprop.cli.progress import reading
    from clearprop.cli.tables import model_that_reads, table_from

    if output != "-":
        check_place(Path(output))
    network, preprocessor = model_that_reads(model)
    table = table_from(data, encoding)
    notes: list[Any] = []
    with reading(say("cli.preparing")) as progress:
        x = preprocessor.transform_features(table, unknown=unknown, notes=notes, progress=progress)
    outputs = network.predict(x)
    answers = preprocessor.decode(outputs)
    tell(*(f"  - {note}" for note in notes), err=True)
    result = _compared(table, preprocessor, outputs)
    if result is not None:
        tell(result.lines(say("cli.on_these"))[0], err=True)
    if json_:
        compared = {} if result is None else {"compared": result.to_json()}
        as_json(_json(model, table, preprocessor, outputs, answers) | compared)
    elif output == "-":
        pour(_csv(table, preprocessor, outputs, answers))
    else:
        from clearprop.core.files import write_bytes

        text = _csv(table, preprocessor, outputs, answers)
        # The mark tells spreadsheet programs that the text is UTF-8; plain ASCII needs none.
        write_bytes(output, (b"" if text.isascii() else _BOM) + text.encode())
        tell(say("cli.predictions_written", count=len(table), path=output), err=True)


def _compared(table: Any, preprocessor: Any, outputs: np.ndarray) -> Judgement | None:
    """Judge the predictions, if the table tells the truth of every row."""
    target = preprocessor.target
    if target.name not in table.columns or None in table.column(target.name):
        return None
    try:
        y = target.encode(table)
    except DataError:  # a class that training had not
        return None
    return judged(preprocessor, outputs, y, y)


def _shares(outputs: np.ndarray, classes: int) -> np.ndarray:
    """Give a probability for each class, of one output for two classes too."""
    if outputs.shape[1] == 1 and classes == 2:
        return np.concatenate([1 - outputs, outputs], axis=1)
    return outputs


def _csv(table: Any, preprocessor: Any, outputs: np.ndarray, answers: Any) -> str:
    """Write the table again, with what is predicted behind it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(_new_names(table, preprocessor))
    writer.writerow([*table.names, *names])
    columns = [table.columns[name] for name in table.names]
    shares = _shares(outputs, len(preprocessor.classes))
    for i, answer in enumerate(answers):
        row = ["" if column[i] is None else column[i] for column in columns]
        if preprocessor.classes:
            row += [answer, *(f"{share:.4f}" for share in shares[i])]
        else:
            row.append(f"{answer:.6g}")
        writer.writerow(row)
    return text.getvalue()


def _new_names(table: Any, preprocessor: Any) -> Iterator[str]:
    """Name the new columns as no other is named."""
    taken = set(table.names)
    for name in ("prediction", *(f"P({name})" for name in preprocessor.classes)):
        while name in taken:
            name += "_"
        taken.add(name)
        yield name


def _json(model: str, table: Any, preprocessor: Any, outputs: np.ndarray, answers: Any) -> Any:
    classes = preprocessor.classes
    shares = _shares(outputs, len(classes))
    rows = []
    for i, answer in enumerate(answers):
        row: dict[str, Any] = {"row": table.rows[i], "prediction": answer}
        if classes:
            row["probabilities"] = dict(zip(classes, shares[i].tolist(), strict=True))
        rows.append(row)
    return {
        "model": model,
        "target": preprocessor.target.name,
        "task": preprocessor.task,
        "predictions": rows,
    }
