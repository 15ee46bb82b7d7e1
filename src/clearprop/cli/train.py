"""``clearprop train``: a network from a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from clearprop.cli.help import argument, option, subcommand
from clearprop.cli.kinds import Choice, Fraction, Sizes, Whole
from clearprop.cli.output import as_json, program, seconds, tell
from clearprop.cli.places import check_model_place
from clearprop.cli.running import INTERRUPTED
from clearprop.lang import say

__all__ = ["command"]

_FEW = 20  # rows; of fewer, none are kept for a test unless asked
_TEST = 0.2


@subcommand(
    "train",
    examples=(
        "clearprop train iris.csv --target species",
        "clearprop train houses.csv -t price --hidden 64,32 --save houses.safetensors",
        "clearprop train survey.csv -t grade --task regression --seed 7 --json",
    ),
)
@argument("data", words="train_data")
@option("-t", "--target", words="target", metavar="NAME")
@option("--task", words="task", type=Choice(["classification", "regression"]), metavar="TASK")
@option("--hidden", words="hidden", type=Sizes(), default="64", metavar="N,N")
@option("--epochs", words="epochs", type=Whole(1), default=200, metavar="N")
@option("--patience", words="patience", type=Whole(0), default=20, metavar="N")
@option("--batch-size", words="batch_size", type=Whole(1), default=32, metavar="N")
@option(
    "--optimizer", words="optimizer", type=Choice(["adam", "sgd"]), default="adam", metavar="NAME"
)
@option("--lr", words="lr", type=Fraction(), metavar="X")
@option("--test-size", words="test_size", type=Fraction(below=1), metavar="X")
@option("--seed", words="seed", type=Whole(0), default=0, metavar="N")
@option("--save", words="save", metavar="FILE")
@option("--no-save", words="no_save", is_flag=True)
@option("--encoding", words="encoding", metavar="NAME")
@option("--json", "json_", words="json", is_flag=True)
def command(
    data: str, target: str | None, *, task: Any, test_size: float | None, save: str | None,
    no_save: bool, encoding: str | None, json_: bool, **settings: Any,
) -> int:  # fmt: skip
    """Learn from a table, test, report, save."""
    from clearprop.cli.fitting import Plan, fitted
    from clearprop.cli.judging import judged
    from clearprop.cli.progress import reading
    from clearprop.cli.tables import table_from
    from clearprop.data.tables import prepare

    place = None if no_save else _place(data, save)
    plan = Plan(**settings)
    table = table_from(data, encoding)
    if target is None:
        raise click.UsageError(
            say("cli.which_target", columns=", ".join(table.names)), click.get_current_context()
        )
    if test_size is None:
        test_size = _TEST if len(table) >= _FEW else 0
    with reading(say("cli.preparing")) as progress:
        ready = prepare(
            table, target, task=task, test_size=test_size, seed=plan.seed, progress=progress
        )
    if not json_:
        tell(*_about_data(data, table, ready), "")
    fit = fitted(ready.x_train, ready.y_train, ready.preprocessor, plan)
    tested = len(ready.x_test) > 0
    x, y = (ready.x_test, ready.y_test) if tested else (ready.x_train, ready.y_train)
    result = judged(ready.preprocessor, fit.model.predict(x), y, ready.y_train)
    if place is not None:
        _save(fit.model, place, ready.preprocessor)
    if json_:
        as_json(_json(data, ready, plan, fit, result, place))
    else:
        on = say("cli.on_test" if tested else "cli.on_training")
        tell(*_about_training(plan, fit), "", *result.lines(on), "")
        tell(*_about_model(place, fit.model, data, table))
    return INTERRUPTED if fit.interrupted else 0


def _place(data: str, asked: str | None) -> Path:
    """Decide where to save, before anything is learnt that could be lost."""
    path = Path(asked or ("model" if data == "-" else Path(data).stem) + ".safetensors")
    check_model_place(path, "--save")
    return path


def _save(model: Any, path: Path, preprocessor: Any) -> None:
    from clearprop.io import save

    save(model, path, preprocessor=preprocessor, class_names=preprocessor.classes or None)


def _about_data(data: str, table: Any, ready: Any) -> list[str]:
    from clearprop.cli.tables import source_name

    preprocessor = ready.preprocessor
    rows, names = f"{len(table):,}", len(table.names)
    lines = [say("cli.table", name=source_name(data), rows=rows, columns=names)]
    target = preprocessor.target.name
    if preprocessor.task == "classification":
        lines.append(say("cli.classification", target=target, classes=len(preprocessor.classes)))
    else:
        lines.append(say("cli.regression", target=target))
    lines += [f"  - {note}" for note in ready.notes]
    if len(ready.x_test):
        train, test = (f"{len(rows):,}" for rows in (ready.x_train, ready.x_test))
        lines.append(say("cli.split", train=train, test=test))
    else:
        lines.append(say("cli.no_split", train=f"{len(ready.x_train):,}"))
    return lines


def _about_training(plan: Any, fit: Any) -> list[str]:
    model = fit.model
    sizes = [model.built_for[-1], *(layer.units for layer in model.layers)]
    lines = [
        say(
            "cli.network",
            sizes=" → ".join(map(str, sizes)), weights=f"{model.count_params():,}",
            optimizer=plan.optimizer, rate=f"{plan.rate:g}",
        )
    ]  # fmt: skip
    epochs = len(fit.history.epoch)
    lines.append(say("train.finished", epochs=epochs, time=seconds(fit.seconds)))
    if fit.interrupted:
        lines.append(say("cli.interrupted_training"))
    elif epochs < plan.epochs:
        lines.append(say("cli.stopped_early", count=fit.validated, patience=plan.patience))
    if fit.best is not None:
        lines.append(say("cli.best_epoch", epoch=fit.best, count=fit.validated))
    return lines


def _about_model(save: Path | None, model: Any, data: str, table: Any) -> list[str]:
    if save is None:
        return [say("cli.not_saved")]
    file, row = "data.csv" if data == "-" else data, table.rows[0]
    of = f'"{model.layers[-1].kernel.path}[0,0]" --data {_quoted(file)} --row {row}'
    return [
        say("cli.model_saved", path=save),
        say("cli.go_on"),
        f"  {program()} predict {_quoted(save)} {_quoted(file)}",
        f"  {program()} why {_quoted(save)}",
        f"  {program()} why {_quoted(save)} {of}",
    ]


def _quoted(path: Any) -> str:
    import shlex

    return shlex.quote(str(path))


def _json(data: str, ready: Any, plan: Any, fit: Any, result: Any, save: Path | None) -> Any:
    preprocessor, history = ready.preprocessor, fit.history
    tested = len(ready.x_test) > 0
    return {
        "data": data,
        "target": preprocessor.target.name,
        "task": preprocessor.task,
        "inputs": preprocessor.inputs,
        "left_out": preprocessor.left_out,
        "notes": [str(note) for note in ready.notes],
        "rows": {"train": fit.trained, "validation": fit.validated, "test": len(ready.x_test)},
        "network": {
            "hidden": plan.hidden, "weights": fit.model.count_params(),
            "optimizer": plan.optimizer, "learning_rate": plan.rate,
        },
        "training": {
            "epochs": len(history.epoch), "best_epoch": fit.best, "seconds": round(fit.seconds, 3),
            "interrupted": fit.interrupted, "seed": plan.seed, "history": history.history,
        },
        "test" if tested else "train": result.to_json(),
        "model": None if save is None else str(save),
    }  # fmt: skip
