"""Where examples come from: arrays or batches, for training, for judging and for predictions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from clearprop.core.tree import flatten, map_tree
from clearprop.data import row_batches
from clearprop.data.checks import whole
from clearprop.engines import Data, Task
from clearprop.errors import DataError, OptionError
from clearprop.train import feed
from clearprop.train.examples import same_rows
from clearprop.train.streams import Stream, as_batch, is_stream

if TYPE_CHECKING:
    from clearprop.train.asked import Asked
    from clearprop.train.setup import Setup

__all__ = ["Given", "arrays", "asked", "held_out", "training"]


@dataclass
class Given:
    """
    Examples matched to a model.

    Attributes
    ----------
    task : Task
    data : Data
    source : tuple or None
        What `split` divides: model, set-up, arrays as they were given, and weights of classes.
    """

    task: Task
    data: Data
    source: tuple[Asked, Setup, feed.Examples, Mapping[int, float] | None] | None = None

    def split(self, fraction: float) -> tuple[Given, Given]:
        """
        Set the last rows aside for validation.

        Raises
        ------
        OptionError
            If the examples come in batches.
        """
        if self.source is None:
            raise OptionError(
                "validation_split divides arrays; x gives batches. Give validation_data instead."
            )
        model, setup, examples, class_weight = self.source
        kept, aside = feed.split(fraction, *examples)
        return (
            _matched(model, setup, kept, class_weight),
            _matched(model, setup, aside, of="validation "),  # judged as validation_data is
        )

    def rows(self, size: int, steps: int | None) -> tuple[Iterable[Any], int | None]:
        """Give the rows of each step of one pass, and how many steps there are, if known."""
        if isinstance(self.data, Stream):
            return self.data.batches(0), self.data.count
        count = -(-len(self.data) // size)
        count = count if steps is None else min(steps, count)
        return islice(row_batches(len(self.data), size), count), count


def training(
    model: Asked,
    setup: Setup,
    x: Any,
    y: Any,
    weight: Any,
    class_weight: Mapping[int, float] | None,
    steps: int | None,
) -> Given:
    """
    Match to a model what it is to be trained on, or judged by.

    Parameters
    ----------
    model : Model
    setup : Setup
    x, y, weight, class_weight
        As `Model.fit` takes them.
    steps : int, optional
        How many batches to take of a stream.
    """
    if not is_stream(x):
        return arrays(model, setup, x, y, weight, class_weight)
    if y is not None or weight is not None:
        what = "y" if y is not None else "sample_weight"
        raise OptionError(f"x gives batches, which have their own targets and weights: no {what}=.")
    return _streamed(model, setup, x, "x", steps, class_weight)


def held_out(model: Asked, setup: Setup, given: Any, steps: int | None) -> Given | None:
    """Match to a model what it is to be validated by; None if there is nothing."""
    if given is None:
        return None
    if steps is not None:
        steps = whole(steps, "validation_steps", least=1)
    if is_stream(given):
        return _streamed(model, setup, given, "validation_data", steps, None, again=True)
    return _matched(model, setup, feed.held_out(given, model), of="validation ")


def arrays(
    model: Asked,
    setup: Setup,
    x: Any,
    y: Any,
    weight: Any,
    class_weight: Mapping[int, float] | None = None,
) -> Given:
    """Match arrays to a model."""
    return _matched(model, setup, feed.examples(x, y, weight, model=model), class_weight)


def asked(
    model: Asked, x: Any, size: int, steps: int | None
) -> tuple[Data, Iterable[Any], int | None]:
    """Match to a model what predictions are asked for: data, rows and how many steps."""
    if is_stream(x):
        stream = Stream(x, lambda b: (_inputs(model, as_batch(b, "x")[0]), None, None), "x", steps)
        stream.first()  # refuses what gives no batches
        return stream, stream.batches(0), stream.count
    data = Data(_inputs(model, x))
    count = -(-len(data) // size)
    count = count if steps is None else min(steps, count)
    return data, islice(row_batches(len(data), size), count), count


def _inputs(model: Asked, x: Any) -> Any:
    given = feed.arrays("x", x, several=model.takes_several)
    same_rows(**{f"x[{k}]": each for k, each in enumerate(flatten(given)[0])})
    return feed.inputs(model, given)


def _matched(
    model: Asked,
    setup: Setup,
    examples: feed.Examples,
    class_weight: Mapping[int, float] | None = None,
    *,
    of: str = "",
) -> Given:
    outputs, data = feed.prepared(model, setup, _weighted(examples, class_weight), of=of)
    return Given(setup.task(model, outputs, data.y), data, (model, setup, examples, class_weight))


def _streamed(
    model: Asked,
    setup: Setup,
    source: Any,
    what: str,
    steps: int | None,
    class_weight: Mapping[int, float] | None,
    *,
    again: bool = False,
) -> Given:
    """Match batches to a model, each as it comes."""

    def checked(batch: Any) -> feed.Examples:
        return _weighted(feed.examples(*as_batch(batch, what), model=model), class_weight)

    def ready(batch: Any) -> tuple[Any, Any, Any]:
        x, y, weight = checked(batch)
        return (
            feed.inputs(model, x),
            feed.targets(setup, outputs, y),
            feed.weights(outputs, weight),
        )

    stream = Stream(source, ready, what, steps, again=again)
    outputs, first = feed.prepared(model, setup, checked(stream.first()))
    return Given(setup.task(model, outputs, first.y), stream)


def _weighted(examples: feed.Examples, class_weight: Any) -> feed.Examples:
    """
    Turn weights of classes, if there are any, into weights of examples.

    Raises
    ------
    DataError
        If the targets are not those of one output, or no classes.
    """
    if class_weight is None:
        return examples
    x, y, weight = examples
    if not isinstance(y, np.ndarray):
        raise DataError("class_weight is for one output; give sample_weight for several.")
    if not isinstance(class_weight, Mapping):
        raise OptionError(
            f"class_weight is a dict such as {{0: 1.0, 1: 5.0}}; got {class_weight!r}."
        )
    labels = y.argmax(-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y), -1)[:, 0]
    if y.ndim > 2 or (labels != np.round(labels)).any():
        raise DataError(
            f"class_weight needs one class an example; the targets have shape {y.shape}."
        )
    weights = np.ones(len(y))
    for key, value in class_weight.items():
        if not (isinstance(value, int | float) and np.isfinite(value) and value >= 0):
            raise OptionError(
                f"class_weight[{key!r}] must be a number of at least 0; got {value!r}."
            )
        weights[labels == key] = value
    return x, y, weights if weight is None else map_tree(lambda w: w * weights, weight)
