"""Makes a model from a file, and nothing else: what the file declares is checked before it is."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.data.state import Fields
from clearprop.engines import ENGINES
from clearprop.errors import ClearpropError, FormatError, MemoryLimitError
from clearprop.io.model_files import FORMAT, KEY, STATES, drawings, shapes_written
from clearprop.io.strict_json import read_json
from clearprop.io.tensor_files import TensorFile, open_tensors
from clearprop.lang import detail, told
from clearprop.nn import LAYERS, Chain, deserialize
from clearprop.nn.first_values import taken_from
from clearprop.nn.written import read
from clearprop.train import Model

__all__ = ["load", "read_as", "set_draws", "set_memory"]


def load(path: str | os.PathLike[str], *, compile: bool = True) -> Model:
    """
    Load a model that `Model.save` wrote.

    Only classes that clearprop knows are made, by the names in the file; no code comes from it.
    A layer of your own must be made known first, with `clearprop.nn.register`.

    Parameters
    ----------
    path : path
        The file.
    compile : bool
        Whether to compile the model as it was when it was saved, and to give its optimizer back
        what it remembered.

    Returns
    -------
    Model
        Ready to predict, and to go on training if it was saved with its training set-up. Its
        `preprocessor` and `class_names` are those it was saved with, or None.

    Raises
    ------
    DataError
        If there is no such file.
    FormatError
        If it is damaged, hostile, of another kind, or of a newer version of clearprop.
    MemoryLimitError
        If the machine could not hold the model.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
    >>> path = model.save("net.safetensors")
    >>> load("net.safetensors").count_params()
    3
    """
    with open_tensors(path) as file:
        fields = _description(file)
        step, draws = _count(fields, "step"), fields.take("draws")
        with _said_of(file.name, told("files.architecture")):
            model = _model(file, fields.take("model"), fields.take("built_for"))
            set_draws(model, draws)
        training = fields.take("compile")
        if compile and training is not None:
            with _said_of(file.name, told("files.training")):
                _set_training(model, training, step, file)
        with _said_of(file.name, told("files.reading")):
            _set_reading(model, fields.take("preprocessing"), fields.take("classes"))
        fields.end()
        _check_all_used(model, file)
    return model


def _description(file: TensorFile) -> Fields:
    """Read what the file says of its model, up to the version of its form."""
    text = file.metadata.get(KEY)
    if text is None:
        count = len(file.entries)
        raise FormatError(told("files.only_arrays", file=file.name, count=count))
    fields = Fields(read_json(text, told("files.description_of", file=file.name)), file.name)
    form, version = _count(fields, "format"), fields.text("version")
    if form > FORMAT:
        shown = {"version": version[:20], "form": form, "most": FORMAT}
        raise FormatError(told("files.newer", file=file.name, **shown))
    return fields


def _count(fields: Fields, name: str) -> int:
    value = fields.take(name)
    if type(value) is not int or not 0 <= value < 2**63:
        raise fields.wrong(name, told("files.a_count"), value)
    return value


@contextmanager
def _said_of(name: str, part: str) -> Iterator[None]:
    """Say of whatever goes wrong in a part that it is the file's fault."""
    try:
        yield
    except MemoryLimitError:
        raise
    except (
        ClearpropError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError,
    ) as error:  # fmt: skip
        if isinstance(error, FormatError) and str(error).startswith(name):
            raise
        said = told("files.unusable", file=name, part=part, error=detail(error))
        raise FormatError(said) from error


def _model(file: TensorFile, spec: Any, built_for: Any) -> Model:
    """Build the model, whose weights are compared with the file's before any is made."""
    models = {name: cls for name, cls in LAYERS.items() if issubclass(cls, Model)}
    # What a weight is called, only the whole model says. Until then it is of zeros that take no
    # memory, and all together are no more than the file holds.
    sizes = Counter((entry.shape, entry.dtype) for entry in file.entries.values())

    def promised(path: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray:
        sizes[shape, dtype] -= 1
        if sizes[shape, dtype] < 0:
            read_as(file, path, shape, dtype)
            raise FormatError(told("files.two_weights", file=file.name, name=repr(path[:80])))
        return np.broadcast_to(dtype.type(0), shape)

    with taken_from(promised):
        model: Model = deserialize(spec, models, "model")
        if not model.built:
            _build(model, _shapes(built_for))
    taken: set[str] = set()
    for weight in model.weights:
        if weight.path in taken:
            raise FormatError(
                told("files.two_weights", file=file.name, name=repr(weight.path[:80]))
            )
        taken.add(weight.path)
        weight.hold(read_as(file, weight.path, weight.shape, weight.dtype))
    if shapes_written(model.built_for) != built_for:
        shown = {"shape": model.built_for, "said": str(built_for)[:80]}
        raise FormatError(told("files.other_inputs", file=file.name, **shown))
    return model


def _shapes(built_for: Any) -> Any:
    """Read what `shapes_written` wrote."""
    if isinstance(built_for, dict) and built_for.keys() == {"several"}:
        return read(built_for["several"])
    return built_for


def _build(model: Model, shapes: Any) -> None:
    """Make a model's weights: by its `build`, or by a call if that leaves them to the calls."""
    model.build(shapes)
    if not isinstance(model, Chain):
        model.output_shape(shapes)


def read_as(file: TensorFile, path: str, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Read an array that must have this shape and kind."""
    entry = file.entries.get(path)
    if entry is None:
        shown = {"name": repr(path[:80]), "shape": shape}
        raise FormatError(told("files.no_array", file=file.name, **shown))
    if entry.shape != shape or entry.dtype != dtype:
        said = told(
            "files.other_array",
            file=file.name, name=repr(path[:80]), dtype=entry.dtype, shape=entry.shape,
            wanted=dtype, expected=shape,
        )  # fmt: skip
        raise FormatError(said)
    return file.read(path)


def set_draws(model: Model, draws: Any) -> None:
    """Let layers that draw at random go on where they were."""
    layers = {layer.path: layer for layer in drawings(model)}
    fields = Fields(draws, "draws")
    for name, layer in layers.items():
        layer.step = _count(fields, name)
    fields.end()


def _set_training(model: Model, config: Any, step: int, file: TensorFile) -> None:
    """Compile the model, and give its optimizer back what it remembered."""
    if isinstance(config, dict) and config.get("engine") not in ENGINES:
        config = config | {"engine": "auto"}  # an engine is of a machine, not of a model
    model.compile_from_config(config)
    set_memory(model, step, file)


def set_memory(model: Model, step: int, file: TensorFile) -> None:
    """Give a compiled model's optimizer back what it remembered."""
    setup = model.setup_for("load")
    states: dict[str, dict[str, np.ndarray]] = {}
    held: dict[str, set[str]] = {}
    for name in file.entries:
        if name.startswith(STATES):
            path, _, key = name.removeprefix(STATES).rpartition("/")
            held.setdefault(path, set()).add(key)
    for weight in model.trainable_weights:
        keys = held.get(weight.path)
        if keys is None:  # not trained yet
            continue
        expected = setup.optimizer.start(NUMPY, weight.data)
        if keys != expected.keys():
            shown = {"name": repr(weight.path), "got": str(sorted(keys))[:80]}
            rule = {"optimizer": setup.optimizer.name, "expected": sorted(expected)}
            raise FormatError(told("files.other_memory", file=file.name, **rule, **shown))
        states[weight.path] = {
            key: read_as(file, f"{STATES}{weight.path}/{key}", np.shape(new), np.asarray(new).dtype)
            for key, new in expected.items()
        }
    setup.memory.step, setup.memory.states = step, states


def _set_reading(model: Model, preprocessing: Any, classes: Any) -> None:
    """Give the model how it reads tables and what its outputs stand for, if they fit it."""
    if preprocessing is None and classes is None:
        return
    shape = model.built_for
    gives = model.output_shape(shape)
    outputs = gives[-1] if isinstance(gives, tuple) else None  # several are no classes
    if preprocessing is not None:
        from clearprop.data.tables import Preprocessor

        preprocessor = Preprocessor.from_json_dict(preprocessing, told("files.preprocessing"))
        inputs = len(preprocessor.inputs)
        if shape != (None, inputs) or not _counts(preprocessor.outputs, outputs):
            needed = {"inputs": inputs, "outputs": preprocessor.outputs}
            said = told("files.tables_do_not_fit", **needed, shape=shape, gives=outputs)
            raise FormatError(said)
        model.preprocessor = preprocessor
    if classes is not None:
        names = Fields({"classes": classes}, told("files.description")).texts("classes", least=2)
        if not _counts(len(names), outputs):
            raise FormatError(told("files.class_names", names=len(names), outputs=outputs))
        model.class_names = names


def _check_all_used(model: Model, file: TensorFile) -> None:
    """See that the file holds no array but those of the model and its optimizer."""
    paths = {weight.path for weight in model.weights}
    for name in file.entries:
        owner = name.removeprefix(STATES).rpartition("/")[0] if name.startswith(STATES) else name
        if owner not in paths:
            shown = {"file": file.name, "name": repr(name[:80])}
            raise FormatError(told("files.not_described", **shown))


def _counts(classes: int, outputs: int | None) -> bool:
    """Tell whether so many outputs can stand for so many classes; one is enough for two."""
    return outputs == classes or (classes == 2 and outputs == 1)
