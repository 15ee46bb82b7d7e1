"""The weights of a model that exists, in a file of their own or with the state of its training."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from clearprop.core.caller import warn
from clearprop.data.state import Fields
from clearprop.errors import ClearpropError, DTypeError, FormatError, OptionError, StateError
from clearprop.io.foreign import ensure_ours
from clearprop.io.loading import set_draws, set_memory
from clearprop.io.model_files import KEY, STATES, drawings, states_by_path, weights_by_path
from clearprop.io.strict_json import read_json
from clearprop.io.tensor_files import TensorFile, open_tensors, write_tensors
from clearprop.train import Model

__all__ = ["back_up", "load_weights", "restore", "save_weights"]

# Keys of the texts that say what else a file of ours can be; `KEY` is that of a whole model.
WEIGHTS, RUN = "clearprop-weights", "clearprop-run"
ARRAYS = "/run/"  # before the names of the arrays of a run; no weight's name begins with a slash
FORMAT = 1


def save_weights(model: Model, path: str | os.PathLike[str], *, overwrite: bool = True) -> Path:
    """
    Save the weights of a model, and nothing else of it, wholly or not at all.

    Parameters
    ----------
    model : Model
        Its weights must exist.
    path : path
        Where to, such as ``"net.weights.safetensors"``. The folder must exist.
    overwrite : bool
        Whether weights that are there may be replaced; files that hold none never are.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    StateError
        If the model has no weights yet.
    OptionError
        If a file is there and must not be replaced, or the name is one for another kind of file.
    DataError
        If the file cannot be written.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
    >>> save_weights(model, "net.weights.safetensors").name
    'net.weights.safetensors'
    """
    path = Path(path)
    _ensure_built(model, "save_weights")
    ensure_ours(path)
    if path.exists() and not overwrite:
        raise OptionError(f"save_weights: {str(path)!r} is there already; give another name.")
    if path.is_file() and not _is_ours(path):
        raise OptionError(
            f"save_weights: {str(path)!r} is there already, and holds no weights; give another"
            " name."
        )
    write_tensors(path, weights_by_path(model), {WEIGHTS: _text({})})
    return path


def load_weights(
    model: Model, path: str | os.PathLike[str], *, skip_mismatch: bool = False
) -> None:
    """
    Put the weights of a file into a model, by their names: all of them or none.

    Parameters
    ----------
    model : Model
        Its weights must exist.
    path : path
        What `save_weights` or `save` wrote, or any safetensors file with weights of these names.
    skip_mismatch : bool
        Whether to leave out, with a warning, what only one side has or what differs in shape.

    Raises
    ------
    StateError
        If the model has no weights yet.
    DataError
        If there is no such file.
    FormatError
        If it is damaged, or a name or a shape is another and `skip_mismatch` is not given.

    Examples
    --------
    >>> import clearprop as cp
    >>> a, b = (cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)]) for _ in range(2))
    >>> path = save_weights(a, "net.weights.safetensors")
    >>> load_weights(b, path)
    >>> bool((a.predict([[1.0, 2.0]]) == b.predict([[1.0, 2.0]])).all())
    True
    """
    _ensure_built(model, "load_weights")
    with open_tensors(path) as file:
        values, wrong = _values(model, file)
        if wrong and not skip_mismatch:
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            raise FormatError(
                f"{file.name} holds other weights than the model: {wrong[0]}{more}."
                " skip_mismatch=True takes those that fit."
            )
    if wrong:
        warn(f"load_weights leaves out what does not fit: {'; '.join(wrong)}.")
    for variable in model.weights:
        if variable.path in values:
            variable.assign(values[variable.path])


def back_up(
    model: Model,
    path: str | os.PathLike[str],
    notes: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
) -> Path:
    """
    Save where a training is: weights, what the optimizer remembers, what layers drew, and notes.

    Parameters
    ----------
    model : Model
        Compiled, with weights.
    path : path
        Where to; what is there is replaced, and until the new file is whole the old one stays.
    notes : mapping
        Whatever else is to be remembered, as JSON can hold it.
    arrays : mapping of str to array
        And arrays, by name.

    Returns
    -------
    Path
        The file; `restore` reads it.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    setup = model.setup_for("back_up")
    rate = setup.optimizer.learning_rate
    text = _text({
        "step": setup.memory.step,
        "learning_rate": None if callable(rate) else float(rate),
        "draws": {layer.path: layer.step for layer in drawings(model)},
        "notes": dict(notes),
    })  # fmt: skip
    more = {f"{ARRAYS}{name}": np.asarray(array) for name, array in arrays.items()}
    write_tensors(path, weights_by_path(model) | states_by_path(model) | more, {RUN: text})
    return Path(path)


def restore(
    model: Model, path: str | os.PathLike[str]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """
    Put a model where `back_up` found it; it then takes the same steps as if it had never stopped.

    Parameters
    ----------
    model : Model
        Made and compiled as it was.
    path : path
        What `back_up` wrote.

    Returns
    -------
    notes, arrays
        What was to be remembered.

    Raises
    ------
    DataError
        If there is no such file.
    FormatError
        If it is damaged, or of another model; the model is then as it was before.
    """
    _ensure_built(model, "restore")
    setup = model.setup_for("restore")
    with open_tensors(path) as file:
        fields = _description(file)
        values, wrong = _values(model, file, exact=True)
        if wrong:
            raise FormatError(
                f"{file.name} is of the training of another model: {wrong[0]}. Delete it to begin"
                " anew, or build the model as it was."
            )
        rate, notes = fields.take("learning_rate"), fields.take("notes")
        names = [name for name in file.entries if name.startswith(ARRAYS)]
        arrays = {name.removeprefix(ARRAYS): file.read(name) for name in names}
        step, draws = fields.take("step"), fields.take("draws")
        fields.end()
        if type(step) is not int or step < 0 or not isinstance(notes, dict):
            raise FormatError(f"{file.name}: what it says of the training cannot be used.")
        with _all_or_nothing(model):
            set_memory(model, step, file)
            set_draws(model, draws)
    for variable in model.weights:
        variable.assign(values[variable.path])
    if rate is not None and not callable(setup.optimizer.learning_rate):
        setup.optimizer.learning_rate = rate
    return notes, arrays


@contextmanager
def _all_or_nothing(model: Model) -> Iterator[None]:
    """Put back what the optimizer and the layers remember, if within something goes wrong."""
    memory = model.setup_for("restore").memory
    step, states = memory.step, memory.states
    drawn = [(layer, layer.step) for layer in drawings(model)]
    try:
        yield
    except ClearpropError:
        memory.step, memory.states = step, states
        for layer, count in drawn:
            layer.step = count
        raise


def _ensure_built(model: Model, call: str) -> None:
    if not model.built:
        raise StateError(
            f"{call}: {model.name!r} has no weights yet, because the shape of its inputs is not"
            " known. Begin it with an Input, or call it on data first."
        )


def _is_ours(path: Path) -> bool:
    """Tell whether a file holds weights that clearprop wrote, or nothing at all."""
    try:
        with open_tensors(path) as file:
            return bool({KEY, WEIGHTS, RUN} & file.metadata.keys())
    except FormatError:
        return not path.stat().st_size


def _text(more: Mapping[str, Any]) -> str:
    """Write what describes a file."""
    known = {"format": FORMAT, "version": sys.modules["clearprop"].__version__}
    return json.dumps(known | dict(more), ensure_ascii=False, allow_nan=False)


def _description(file: TensorFile) -> Fields:
    """Read what a file says of a training."""
    text = file.metadata.get(RUN)
    if text is None:
        raise FormatError(f"{file.name} is no backup of a training, as BackupAndRestore writes.")
    fields = Fields(read_json(text, f"{file.name}: the description"), file.name)
    form, version = fields.take("format"), fields.text("version")
    if type(form) is not int or form > FORMAT:
        raise FormatError(
            f"{file.name} was written by clearprop {version[:20]} in a form that this version does"
            " not read. Bring clearprop up to date: pip install -U clearprop."
        )
    return fields


def _values(
    model: Model, file: TensorFile, *, exact: bool = False
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Read the arrays that fit the model's weights; say of the others what is wrong with them."""
    left = {name for name in file.entries if not name.startswith((STATES, ARRAYS))}
    values: dict[str, np.ndarray] = {}
    wrong: list[str] = []
    for path, variable in {v.path: v for v in model.weights}.items():
        entry = file.entries.get(path)
        left.discard(path)
        if entry is None:
            wrong.append(f"there is no {path!r} in the file")
        elif entry.shape != variable.shape:
            wrong.append(f"{path!r} has shape {entry.shape}, the model's {variable.shape}")
        elif exact and entry.dtype != variable.dtype:
            wrong.append(f"{path!r} is {entry.dtype}, the model's {variable.dtype}")
        elif entry.dtype.kind != variable.dtype.kind:
            raise DTypeError(f"{path!r} is {entry.dtype} in the file; it must be {variable.dtype}.")
        else:
            values[path] = file.read(path)
    wrong += [f"the model has no {name[:80]!r}" for name in sorted(left)]
    return values, wrong
