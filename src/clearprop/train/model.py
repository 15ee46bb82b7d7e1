"""What can be compiled, fitted, evaluated and asked for predictions."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from typing import Any

import numpy as np

from clearprop.core.caller import called_from_outside, warn
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import map_tree
from clearprop.data.checks import whole
from clearprop.engines import Watch
from clearprop.errors import OptionError, named, no_argument
from clearprop.lang import language, say
from clearprop.nn import Layer
from clearprop.nn.shapes import as_shapes, inferred
from clearprop.nn.told import unless_set
from clearprop.train import sources
from clearprop.train.asked import batch_rows, by_name_or_order
from clearprop.train.callbacks import Callbacks
from clearprop.train.history import History
from clearprop.train.kept import Kept
from clearprop.train.loop import Course, run
from clearprop.train.progress import progress_for
from clearprop.train.setup import Setup

__all__ = ["Model"]


class Model(Kept, ABC):
    """
    A layer that can be trained: `compile` it, `fit` it, then `evaluate` and `predict`.

    ``Model(inputs, outputs)`` makes one of layers that were called on `Input`s. A class of your
    own derives from it, makes its layers in ``__init__``, and says in
    ``call(self, x, training=None)`` what is done with them.

    Parameters
    ----------
    inputs : Input, or a list or dict of such
        What comes in.
    outputs : placeholder, or a list or dict of such
        What goes out.
    name : str, optional
        What it is called.

    Attributes
    ----------
    stop_training : bool
        Set to True by a callback to end training after the step that runs.
    history : History or None
        What the last `fit` returned.
    preprocessor : data.Preprocessor or None
        How tables are read for it; saved with it.
    class_names : tuple of str or None
        What its outputs stand for; saved with it.

    Examples
    --------
    >>> import clearprop as cp
    >>> x = cp.Input((3,))
    >>> model = cp.Model(x, cp.layers.add([cp.layers.Dense(2)(x), cp.layers.Dense(2)(x)]))
    >>> model.predict([[1, 2, 3]], verbose=0).shape
    (1, 2)
    """

    preprocessor: Any = None
    class_names: tuple[str, ...] | None = None
    _stands_back = True

    def __new__(cls, *args: Any, **options: Any) -> Any:
        """Make a functional model of inputs and outputs."""
        if cls is Model:
            if len(args) + len({"inputs", "outputs"} & options.keys()) < 2:
                raise OptionError(
                    "Model takes inputs and outputs: Model(x, y), where y came of layers called on"
                    " x = Input(...). For one of your own, derive a class from it with a `call`."
                )
            from clearprop.train.functional import Functional  # it is a Model itself

            return super().__new__(Functional)
        if cls.call is Layer.call:
            from clearprop.train.functional import with_graph

            return super().__new__(with_graph(cls))
        return super().__new__(cls)

    def __init__(
        self, *, name: str | None = None, dtype: Any = None, trainable: bool = True, **options: Any
    ) -> None:
        super().__init__(name=name, dtype=dtype, trainable=trainable, **options)
        self.stop_training = False
        self.history: History | None = None

    def build(self, input_shape: Any) -> None:
        """
        Make the weights; for a model with a `call` of its own, by calling it on zeros.

        Parameters
        ----------
        input_shape : tuple of (int or None), or a list or dict of such
            The input's shape; the batch axis, the first, is None.
        """
        super().build(input_shape)
        inferred(self, as_shapes(input_shape), self._dtype)

    @unless_set
    def input_shape(self) -> Any:
        """The shape of what comes in, or a list or dict of shapes; the batch axis is None."""
        own: Any = self  # a chain or a graph, which have inputs
        given = own.inputs[0] if own.input is None else own.input
        return map_tree(lambda x: x.shape, given)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """Make a model from `get_config`'s data; ``Model.from_config`` makes a functional one."""
        if cls is not Model:
            return super().from_config(config)
        from clearprop.train.functional import Functional

        return Functional.from_config(config)

    def build_for_call(self, input_shape: Any) -> None:
        """Make what weights there are beside those of the layers, which the call makes."""
        if type(self).build is Model.build:
            Layer.build(self, input_shape)
        else:
            self.build(input_shape)

    def enters(self, x: Any) -> Tensor:
        """Make a tensor called x of a plain input; fractions in the model's kind of number."""
        if isinstance(x, Tensor):
            return x
        x = np.asarray(x)
        made = Tensor(Node(self.converted(x) if x.dtype.kind == "f" else x))
        made.node.name = "x"
        return made

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        *,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
        seed: int | None = None,
        **unknown: Any,
    ) -> History:
        """
        Train the model.

        Ctrl-C ends training after the step that runs: the weights are those of whole steps, and
        the history says in its `note` that it was interrupted; so does a warning.

        Parameters
        ----------
        x : array, shape (N, ...); a list or dict of arrays; or batches
            One example a row. Several inputs come as a list in their order, or a dict by their
            names. Batches are what a generator, a data set or another iterable gives: ``(x, y)``
            or ``(x, y, sample_weight)`` each.
        y : array, shape (N, ...), or a list or dict of arrays
            One target a row; not with batches.
        batch_size : int, examples
            How many examples a step takes; 32 by default.
        epochs : int
            How many times to go through the data; the number of the last epoch.
        verbose : {"auto", 0, 1, 2}
            1 shows a bar if the output is a terminal, and else prints a line an epoch; 2 prints the
            lines, 0 is silent; "auto" is a bar in a terminal, and else silent.
        callbacks : list of Callback, optional
            Who is told of epochs and steps.
        validation_split : float, fraction
            How much of the data, from its end, to judge by instead of training on it.
        validation_data : tuple ``(x, y)`` or ``(x, y, sample_weight)``, or batches, optional
            What to judge by; goes before `validation_split`.
        shuffle : bool
            Whether to go through the examples in a new order each epoch.
        class_weight : dict of int to float, optional
            How much the examples of each class count in the loss; 1 where nothing is said.
        sample_weight : array, shape (N,), optional
            How much each example counts in the loss.
        initial_epoch : int
            Where to start counting epochs, to go on with an earlier training.
        steps_per_epoch : int, optional
            After how many steps an epoch ends; needed where batches never do.
        validation_steps : int, optional
            How many batches of `validation_data` to judge by, where it gives batches.
        validation_batch_size : int, examples, optional
            The batch size of the validation; `batch_size` by default.
        validation_freq : int, epochs; or a list of such
            After how many epochs to judge, or after which, counted from 1.
        seed : int, optional
            What the order of the examples, and what dropout drops, depend on; that of
            `utils.set_random_seed` by default.
        **unknown
            There are no others.

        Returns
        -------
        History
            ``history.history`` has, by name, a figure an epoch.

        Raises
        ------
        StateError
            If the model was not compiled.
        ShapeError, DTypeError, DataError, RangeError, NumericsError
            If the data do not fit the model, each other or the loss, or are not finite.
        OptionError
            If an argument is outside its domain, or there is none of its name.

        Examples
        --------
        >>> import clearprop as cp
        >>> model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
        >>> model.set_weights([[[3.0]], [1.0]])
        >>> model.compile(cp.optimizers.SGD(0.01), "half_sse")
        >>> model.fit([[2.0]], [[10.0]], epochs=2).history["loss"]
        [4.5, 4.061]
        """
        if unknown:
            raise no_argument("fit", unknown, named(self.fit))
        setup, course = self._setup, None
        asked = (
            batch_size, epochs, validation_split, shuffle, initial_epoch, steps_per_epoch,
            validation_steps, validation_batch_size, validation_freq, seed,
        )  # fmt: skip
        alone = validation_data is None and class_weight is None and sample_weight is None
        if alone and setup is not None:
            course = setup.again.course(self, setup, x, y, asked)
        if course is None or setup is None:
            setup = self.setup_for("fit")
            language()  # one that is not spoken is said now, not after an epoch
            course = self._course(setup, x, y, validation_data, sample_weight, class_weight, *asked)
            if alone:
                course = setup.again.keep(self, setup, x, y, asked, course)
        self.history = history = History()
        params = {"epochs": course.epochs, "steps": course.steps, "verbose": verbose}
        told = Callbacks(callbacks, [*progress_for(verbose), history], self, params)
        run(self, setup.engine, course, told, history)
        if history.interrupted and called_from_outside():  # the command line says so itself
            warn(f"{history.note} {say('train.kept')}")
        return history

    def _course(
        self,
        setup: Setup,
        x: Any,
        y: Any,
        validation_data: Any,
        sample_weight: Any,
        class_weight: Mapping[int, float] | None,
        batch_size: Any,
        epochs: Any,
        validation_split: Any,
        shuffle: Any,
        initial_epoch: Any,
        steps_per_epoch: Any,
        validation_steps: Any,
        validation_batch_size: Any,
        validation_freq: Any,
        seed: Any,
    ) -> Course:
        """Check all that `fit` was given."""
        size = batch_rows(batch_size)
        seed = None if seed is None else whole(seed, "seed", least=0)
        steps = (
            None if steps_per_epoch is None else whole(steps_per_epoch, "steps_per_epoch", least=1)
        )
        given = sources.training(self, setup, x, y, sample_weight, class_weight, steps)
        held = sources.held_out(self, setup, validation_data, validation_steps)
        if held is None and validation_split:
            given, held = given.split(validation_split)
        return Course(
            task=given.task,
            data=given.data,
            validation=None if held is None else held.data,
            epochs=whole(epochs, "epochs", least=0),
            initial_epoch=whole(initial_epoch, "initial_epoch", least=0),
            batch_size=size,
            validation_batch_size=batch_rows(validation_batch_size, size, "validation_batch_size"),
            shuffle=bool(shuffle),
            seed=seed,
            validation_freq=_frequency(validation_freq),
            steps_per_epoch=steps,
        )

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        *,
        return_dict: bool = False,
    ) -> Any:
        """
        Take one step.

        Parameters
        ----------
        x, y, sample_weight, class_weight
            As `fit` takes them; all of them make one batch.
        return_dict : bool
            Whether to give the figures by name.

        Returns
        -------
        float, list of float, or dict of str to float
            This batch's loss, from before the step; a list with the metrics behind it if there are
            any.

        Raises
        ------
        StateError, ShapeError, DTypeError, DataError, RangeError, NumericsError
            As for `fit`.
        """
        setup = self.setup_for("train_on_batch")
        given = sources.arrays(self, setup, x, y, sample_weight, class_weight)
        every = [slice(None)]
        (epoch,) = setup.engine.train(given.task, given.data, [0], lambda _: every, Watch())
        return by_name_or_order(epoch.logs, return_dict)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """
        Find a layer.

        Parameters
        ----------
        name : str, optional
            What it is called.
        index : int, optional
            Its place, counted from 0, instead.

        Raises
        ------
        AddressError
            If there is none.
        OptionError
            If neither or both are given.
        """
        key = index if name is None else name
        if key is None or (name is not None and index is not None):
            raise OptionError("get_layer takes a name or an index: one of the two.")
        found: Layer = self.layer(key)
        return found


def _frequency(given: Any) -> Any:
    if isinstance(given, list | tuple | set | range):
        return frozenset(whole(each, "validation_freq", least=1) for each in given)
    return whole(given, "validation_freq", least=1)
