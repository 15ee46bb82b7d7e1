"""From what a user gives to what an engine takes: checked, converted, and matched to the model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, final

import numpy as np

from clearprop.core.namespaces import no_grad
from clearprop.core.tensor import Tensor
from clearprop.core.tree import flatten, map_tree, paths
from clearprop.data import validation_split
from clearprop.engines import Data
from clearprop.errors import ClearpropError, DataError, OptionError, ShapeError
from clearprop.nn.effects import forget, replacing_by
from clearprop.train.examples import (
    as_array,
    checked_inputs,
    checked_weights,
    finite,
    same_rows,
    with_axis,
)
from clearprop.train.objective import by_output

if TYPE_CHECKING:
    from clearprop.nn import Layer
    from clearprop.train.setup import Setup

__all__ = ["Outputs", "arrays", "examples", "held_out", "inputs", "prepared", "split"]

Examples: TypeAlias = tuple[Any, Any, Any]  # inputs, targets, weights: arrays, or trees of such


@final
class Outputs:
    """
    What a model gives for inputs: it is asked with one of them.

    Attributes
    ----------
    shapes : list of tuple of (int or None)
        Of each output; None stands for the batch axis.
    dtypes : list of dtype
    names : list of str
    several : bool
        Whether there are several, or they come as a list or dict.
    plain : bool
        Whether it is one tensor, without a mask.
    """

    def __init__(self, model: Layer, x: Any) -> None:
        one = map_tree(lambda each: each[:1], x)
        with no_grad(), replacing_by(forget):
            y = model(one, training=False)
        leaves: list[Any] = flatten(y)[0]
        for each in leaves:
            if not isinstance(each, Tensor):
                raise OptionError(
                    f"a model gives tensors; {model.name!r} gave a {type(each).__name__}."
                )
        if not leaves:
            raise OptionError(f"a model gives tensors; {model.name!r} gave nothing.")
        self.shapes: list[tuple[int | None, ...]] = [(None, *each.shape[1:]) for each in leaves]
        self.dtypes = [each.dtype for each in leaves]
        self.several = isinstance(y, list | tuple | dict)
        self.plain = y.__class__ is Tensor
        if isinstance(y, dict) and len(y) == len(leaves):
            self.names = list(map(str, y))
        else:
            named: Any = getattr(model, "output_names", None)
            self.names = named or [f"output_{k}" for k in range(len(leaves))]

    @property
    def shape(self) -> tuple[int | None, ...]:
        """The shape of the first output."""
        return self.shapes[0]

    @cached_property
    def kind(self) -> Any:
        """What a task depends on."""
        shapes, dtypes = tuple(self.shapes), tuple(map(str, self.dtypes))
        return shapes, dtypes, tuple(self.names), self.several, self.plain


def arrays(what: str, given: Any, *, several: bool | None = None) -> Any:
    """
    Give data as an array with rows, or as a tree of such.

    Parameters
    ----------
    what : str
        The argument, for messages.
    given : array, or a list, tuple or dict of arrays
    several : bool, optional
        Whether a list is one of several inputs; by default it is, if it holds arrays.
    """
    if isinstance(given, dict):
        return {key: arrays(f"{what}[{key!r}]", each, several=False) for key, each in given.items()}
    if isinstance(given, list | tuple) and len(given):
        held = all(isinstance(each, np.ndarray | Tensor) for each in given)
        if several or (several is None and held):
            kind = type(given)
            return kind(arrays(f"{what}[{k}]", each, several=False) for k, each in enumerate(given))
    return as_array(what, given)


def examples(x: Any, y: Any, weight: Any = None, *, of: str = "", model: Any = None) -> Examples:
    """
    Give inputs, targets and weights as arrays with the same number of rows.

    Parameters
    ----------
    x, y, weight
        As a user gives them; `y` is None where a model judges itself.
    of : str
        What to put before their names in messages: "validation ".
    model : Layer, optional
        Says whether a list is one of several inputs or outputs.

    Raises
    ------
    ShapeError, DTypeError, DataError, NumericsError, OptionError
        If they are no numbers, differ in rows, or have none.
    """
    inputs = arrays(f"{of}x", x, several=getattr(model, "takes_several", False))
    targets = None
    if y is not None or getattr(model, "needs_targets", True):
        targets = arrays(f"{of}y", y, several=getattr(model, "gives_several", False))
    rows = same_rows(**{
        f"{of}{name}{place}": leaf
        for name, tree in (("x", inputs), ("y", targets))
        for place, leaf in zip(paths(tree), flatten(tree)[0], strict=True)
    })  # fmt: skip
    names = iter(paths(targets))
    targets = map_tree(lambda each: finite(f"{of}y{next(names)}", each), targets)
    if isinstance(weight, list | tuple | dict) and isinstance(targets, list | tuple | dict):
        weights = map_tree(lambda each: checked_weights(each, rows, of=of), weight)
    else:
        weights = checked_weights(weight, rows, of=of)
    return inputs, targets, weights


def split(fraction: float, x: Any, y: Any, weight: Any) -> tuple[Examples, Examples]:
    """Set the last rows aside for validation."""
    everything = (x, y, weight)
    leaves = flatten(everything)[0]
    kept, aside = validation_split(fraction, *leaves)
    first, last = iter(kept), iter(aside)
    return (
        map_tree(lambda _: next(first), everything),
        map_tree(lambda _: next(last), everything),
    )


def held_out(validation_data: Any, model: Any = None) -> Examples:
    """
    Give a user's validation data as arrays.

    Raises
    ------
    OptionError
        If it is not ``(x, y)`` or ``(x, y, sample_weight)``.
    """
    if not isinstance(validation_data, tuple | list) or len(validation_data) not in (2, 3):
        got = type(validation_data).__name__
        if isinstance(validation_data, tuple | list):
            got += f" of {len(validation_data)}"
        raise OptionError(f"validation_data must be (x, y) or (x, y, sample_weight); got a {got}.")
    return examples(*validation_data, of="validation ", model=model)


def inputs(model: Layer, x: Any, *, of: str = "") -> Any:
    """
    Give inputs in the shape and the kind of number that the model takes.

    Raises
    ------
    ShapeError, NumericsError
        If their shape is another, or a number is not finite or too large.
    """
    shapes = model.built_for
    if isinstance(x, np.ndarray):
        if isinstance(shapes, list | dict) and len(shapes) == 1:
            shapes = next(iter(shapes.values())) if isinstance(shapes, dict) else shapes[0]
        return _input(model, x, shapes if isinstance(shapes, tuple) else None, f"{of}x")
    if isinstance(x, list | tuple) and isinstance(shapes, tuple) and len(x) == 1:
        return _input(model, x[0], shapes, f"{of}x")
    own = _shapes_like(x, shapes)
    each = iter(zip(own, paths(x), strict=True))

    def entering(array: np.ndarray) -> np.ndarray:
        shape, place = next(each)
        return _input(model, array, shape, f"{of}x{place}")

    return map_tree(entering, x)


def _shapes_like(x: Any, shapes: Any) -> list[Any]:
    """List the shapes that a model was built for in the order of the inputs given, if known."""
    if isinstance(x, dict) and isinstance(shapes, dict):
        return [shapes.get(key) for key in x]
    count = len(flatten(x)[0])
    if isinstance(shapes, list) and len(shapes) == count and not isinstance(x, dict):
        return list(shapes)
    return [None] * count


def _input(model: Layer, x: np.ndarray, shape: Any, name: str) -> np.ndarray:
    x = with_axis(x, shape)
    if shape is not None and model.call_is_own:  # what it was built for was but the first batch
        shape = (None,) * len(shape)
    x = checked_inputs(x, shape, name)
    if x.dtype.kind != "f":
        return x  # converted batch by batch: pixels as bytes take a quarter of the memory
    with np.errstate(over="ignore", invalid="ignore"):
        try:
            converted = model.converted(x)
        except ClearpropError:
            finite(name, x)  # what is wrong with it first of all
            raise
    return finite(name, converted, x)


def outputs_for(model: Layer, setup: Setup, x: Any) -> Outputs:
    """Tell what a model gives for inputs: it is asked, unless it was for such and is the same."""
    known = setup.known(model)
    key = _kind(x) if x.__class__ is np.ndarray else tuple(map(_kind, flatten(x)[0]))
    if key not in known.outputs or known.standing.foreign:
        made = Outputs(model, x)  # which builds the model, and so changes it, the first time
        known = setup.known(model)
        known.outputs[key] = made
    found: Outputs = known.outputs[key]
    return found


def _kind(array: np.ndarray) -> Any:
    return array.shape[1:], array.dtype.char


def prepared(model: Layer, setup: Setup, given: Examples, *, of: str = "") -> tuple[Outputs, Data]:
    """
    Match examples to the model, which is built for them if it has to be, and to its loss.

    Raises
    ------
    ShapeError, DTypeError, RangeError, NumericsError
        If inputs do not fit the model, or targets its outputs or its loss.
    """
    x = inputs(model, given[0], of=of)
    outputs = outputs_for(model, setup, x)
    return outputs, Data(x, targets(setup, outputs, given[1]), weights(outputs, given[2]))


def targets(setup: Setup, outputs: Outputs, y: Any) -> Any:
    """
    Give targets as the losses take them: an array, or a list of such in the outputs' order.

    Raises
    ------
    ShapeError, DTypeError, RangeError, NumericsError
        If they fit the outputs or the losses not.
    """
    parts = setup.objective.parts(outputs.names)
    each = _by_output(y, outputs, "y")
    if y is None and any(loss is not None for loss, _ in parts):
        raise DataError("y is missing; give an array with one target a row.")
    ready = []
    for k, ((loss, _), t) in enumerate(zip(parts, each, strict=True)):
        if loss is not None and t is None:
            raise DataError(
                f"y has no targets for the output {outputs.names[k]!r}, which has a loss; give"
                " them, or compile with a dict of losses that leaves it out."
            )
        try:
            with np.errstate(over="ignore"):
                fit = t if loss is None else loss.prepare(t, outputs.shapes[k], outputs.dtypes[k])
            if fit is not None:
                finite(f"y[{outputs.names[k]!r}]" if outputs.several else "y", fit, t)
            ready.append(fit)
        except ClearpropError as error:
            if outputs.several:
                error.add_note(f"in the targets of the output {outputs.names[k]!r}")
            raise
    return ready if outputs.several else ready[0]


def weights(outputs: Outputs, weight: Any) -> Any:
    """Give the examples' weights: one array for all outputs, or a list in their order."""
    if weight is None or isinstance(weight, np.ndarray):
        return weight
    return _by_output(weight, outputs, "sample_weight")


def _by_output(given: Any, outputs: Outputs, what: str) -> Sequence[Any]:
    if given is None:
        return [None] * len(outputs.names)
    if len(outputs.names) == 1 and isinstance(given, np.ndarray):
        return [given]
    if isinstance(given, np.ndarray):
        raise ShapeError(
            f"{what}: the model has {len(outputs.names)} outputs ({', '.join(outputs.names)}); give"
            " a list of arrays, or a dict by their names."
        )
    return by_output(given, outputs.names, what, np.ndarray)
