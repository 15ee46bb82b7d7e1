"""The demonstration's report: what was learnt and why, on one page that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clearprop.cli.output import figure, seconds
from clearprop.draw import (
    confusion,
    contributions,
    curves,
    neurons,
    preformatted,
    weight_images,
)
from clearprop.draw.html import Html, facts
from clearprop.draw.page import Page, Section, page
from clearprop.lang import language, say

if TYPE_CHECKING:
    from clearprop.cli.demo import Run
    from clearprop.explain.explanation import Explanation

__all__ = ["report"]

_DIGITS = [str(k) for k in range(10)]


def report(run: Run, explanation: Explanation, model: Path, seed: int) -> Page:
    """
    Write the report.

    Parameters
    ----------
    run : Run
        What came of the demonstration.
    explanation : Explanation
        Why of one weight.
    model : Path
        Where the model was saved.
    seed : int
        What chance started from.

    Returns
    -------
    Page
    """
    lang = language()
    accuracy = figure(run.right / len(run.labels))
    lead = say("report.lead", accuracy=accuracy, right=run.right, total=len(run.labels))
    sections = [
        Section(say("report.figures"), [_figures(run, seed)]),
        Section(say("report.learning"), [say("report.learning_is"), *_curves(run)]),
        Section(say("report.network"), [say("report.network_is"), _network(run)]),
        Section(say("report.looks_for"), [say("report.looks_for_is"), _images(run)]),
        Section(say("report.mistakes"), [say("report.mistakes_is"), *_mistakes(run)]),
        Section(say("report.why"), [*_why(run, explanation)]),
        Section(say("report.further"), [say("report.further_is"), _commands(run, model)]),
    ]
    return page(say("report.title"), sections, lang, lead=lead)


def _figures(run: Run, seed: int) -> Html:
    epochs = len(run.history.epoch)
    return facts(
        [
            (say("train.accuracy"), figure(run.right / len(run.labels))),
            (say("report.misread"), f"{len(run.labels) - run.right} / {len(run.labels)}"),
            (say("report.training"), seconds(run.seconds)),
            (say("report.epochs"), epochs),
            (say("report.trained_on"), say("report.digits", count=f"{run.learnt:,}")),
            (say("report.tested_on"), say("report.digits", count=f"{len(run.labels):,}")),
            (say("report.parameters"), f"{run.model.count_params():,}"),
            (say("cli.seed"), seed),
        ]
    )


def _curves(run: Run) -> list[Any]:
    history = run.history.history
    if not history.get("val_loss"):  # interrupted within the first epoch
        return []
    train, test = say("train.train"), say("train.test")
    loss = {train: history["loss"], test: history["val_loss"]}
    share = {train: history["accuracy"], test: history["val_accuracy"]}
    return [
        curves(loss, title=say("train.loss"), y_label=say("train.loss"), log=True),
        curves(share, title=say("train.accuracy"), y_label=say("train.accuracy")),
    ]


def _network(run: Run) -> Any:
    kernels = [layer.kernel.numpy() for layer in run.model.layers]
    biases = [layer.bias.numpy() for layer in run.model.layers]
    _, row = run.telling
    return neurons(kernels, biases=biases, units=_units(run), values=_values(run, row), most=10)


def _units(run: Run) -> list[list[str]]:
    inputs = [f"x[{i}]" for i in range(run.x.shape[1])]
    hidden = [f"h[{j}]" for j in range(run.model.layers[0].units)]
    return [inputs, hidden, _DIGITS]


def _values(run: Run, row: int) -> list[np.ndarray]:
    x = run.x[row]
    hidden = run.model.layer("hidden")
    return [x, hidden(x[None]).numpy()[0], run.shares[row]]


def _images(run: Run) -> Any:
    kernel = run.model.layer("hidden").kernel.numpy()
    names = [f"hidden[{j}]" for j in range(kernel.shape[1])]
    return weight_images(kernel, (8, 8), names=names, most=32)


def _mistakes(run: Run) -> list[Any]:
    parts: list[Any] = [confusion(run.confusion, _DIGITS)]
    if run.misread:
        row = run.misread[0]
        true, read = run.labels[row], run.read[row]
        parts += [say("report.pushed", true=true, read=read, row=row), _pushed(run, row)]
    return parts


def _pushed(run: Run, row: int) -> Any:
    """Show what each pixel added to the wrong answer's lead over the right one."""
    import clearprop as cp

    true, read = int(run.labels[row]), int(run.read[row])
    x = cp.tensor(run.x[row : row + 1], name="x", dtype="float64")
    sums = run.model.pre_activation(x)
    lead = sums[0, read] - sums[0, true]
    lead.backward()
    assert x.grad is not None  # the lead depends on the pixels
    parts = run.x[row] * x.grad.numpy()[0]
    rest = lead.item() - float(parts.sum())
    title = say("report.pushed_title", true=true, read=read)
    return contributions(run.images[row], parts.reshape(8, 8), rest=rest, title=title)


def _why(run: Run, explanation: Explanation) -> list[Any]:
    address, row = run.telling
    unit, digit = address.partition("[")[2].rstrip("]").split(",")
    true, read = run.labels[row], run.read[row]
    words = say(
        "report.why_is", name=address, unit=unit, digit=digit, row=row, true=true, read=read
    )
    return [words, Html(explanation.to_html())]


def _commands(run: Run, model: Path) -> Html:
    from clearprop.cli.demo import further

    return preformatted("\n".join(further(run, Path(model.name))))
