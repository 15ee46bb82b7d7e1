"""A model's layers as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from io import StringIO
from typing import TYPE_CHECKING, Any, TypeAlias

from clearprop.core.tree import map_tree
from clearprop.errors import ClearpropError
from clearprop.lang import say
from clearprop.nn import Chain, Graph

if TYPE_CHECKING:
    from clearprop.nn import Layer
    from clearprop.train.kept import Kept

__all__ = ["print_summary", "rows"]

Row: TypeAlias = "tuple[Layer, str, int | None]"


def rows(model: Kept) -> list[Row]:
    """
    Tell of each layer its output's shape, in words, and how many numbers its weights have.

    Both are unknown ("?" and None) as long as the model does not know its inputs' shape.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((3,)), cp.layers.Dense(2)])
    >>> [(layer.name, shape, count) for layer, shape, count in rows(model)]
    [('dense', '(None, 2)', 8)]
    """
    return [
        (layer, "?" if shape is None else str(shape), layer.count_params() if layer.built else None)
        for layer, shape in _shapes(model)
    ]


def _shapes(model: Kept) -> Iterator[tuple[Layer, Any]]:
    """Give each layer with the shape of its output, if that is known."""
    layers: Any = model.sublayers()
    if isinstance(model, Graph):
        outputs = model.outputs_by_layer()
        for layer in layers:
            given = outputs[id(layer)]
            shapes: Any = map_tree(lambda x: x.shape, given)
            yield layer, shapes
    elif isinstance(model, Chain):
        shape = model.built_for
        for layer in layers:
            if shape is not None:
                shape = layer.output_shape(shape)
            yield layer, shape
    else:
        for layer in layers:  # in which order its call uses them, only a run would tell
            shape = None
            if layer.built and layer.built_for is not None:
                with suppress(ClearpropError, ValueError, TypeError):  # it may take more than one
                    shape = layer.output_shape(layer.built_for)
            yield layer, shape


def _sources(model: Kept) -> dict[int, str] | None:
    """Name for each layer of a graph those it takes its input from, if that is no mere chain."""
    if not isinstance(model, Graph):
        return None
    before = model.inputs_by_layer()
    layers: Any = model.sublayers()
    chained = [[]] + [[layer.name] for layer in layers[:-1]]
    if [before[id(layer)] for layer in layers] == chained:
        return None
    return {key: ", ".join(names) for key, names in before.items()}


def print_summary(
    model: Kept,
    line_length: int | None,
    print_fn: Callable[[str], Any] | None,
    *,
    show_trainable: bool,
    expand_nested: bool,
) -> None:
    """Do the work of `Model.summary`."""
    from rich.console import Console

    if print_fn is None:
        _print(Console(width=line_length), model, show_trainable, expand_nested)
        return
    text = StringIO()
    plain = Console(file=text, width=line_length or 80, color_system=None, force_terminal=False)
    _print(plain, model, show_trainable, expand_nested)
    print_fn(text.getvalue())


def _flat(model: Kept) -> Iterator[tuple[int, Row]]:
    """Give the rows of a table, none deeper inside than another."""
    return ((0, row) for row in rows(model))


def _nested(model: Any, depth: int = 0) -> Iterator[tuple[int, Row]]:
    """Give the rows of a table, those of models inside it too, and how deep inside each is."""
    for row in rows(model):
        yield depth, row
        if isinstance(row[0], Chain | Graph):
            yield from _nested(row[0], depth + 1)


def _print(console: Any, model: Kept, show_trainable: bool, expand_nested: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    console.print(Text(f"{model.name} ({type(model).__name__})"))
    table = Table()
    table.add_column(say("train.layer"))
    table.add_column(say("train.output_shape"))
    table.add_column(say("train.parameters"), justify="right")
    sources = _sources(model)
    if sources is not None:
        table.add_column(say("train.connected_to"))
    if show_trainable:
        table.add_column(say("train.trainable"), justify="center")
    for depth, (layer, shape, count) in _nested(model) if expand_nested else _flat(model):
        cells = [
            f"{'  ' * depth}{layer.name} ({type(layer).__name__})",
            shape,
            "?" if count is None else f"{count:,}",
        ]
        if sources is not None:
            cells.append(sources.get(id(layer)) or "–")
        if show_trainable:
            cells.append("✓" if layer.trainable else "–")
        table.add_row(*map(Text, cells))
    console.print(table)
    if model.built:
        total = model.count_params()
        learnt = sum(weight.size for weight in model.trainable_weights)
        console.print(Text(say("train.total_parameters", count=f"{total:,}")))
        if learnt != total:
            console.print(Text(say("train.fixed_parameters", count=f"{total - learnt:,}")))
