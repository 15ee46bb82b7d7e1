"""Who is told what happens in training, and may end it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias, final

from clearprop.errors import OptionError

if TYPE_CHECKING:
    from clearprop.train.model import Model

__all__ = ["Callback", "Callbacks", "LambdaCallback", "Logs", "State"]

Logs: TypeAlias = dict[str, float]
State: TypeAlias = dict[str, Any]
Hook: TypeAlias = Callable[..., Any]

# The hooks of Keras. Those of steps cost something at every step, and are called only if defined.
EPOCH_HOOKS: Final = (
    "on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end",
    "on_test_begin", "on_test_end", "on_predict_begin", "on_predict_end",
)  # fmt: skip
STEP_HOOKS: Final = (
    "on_train_batch_begin", "on_train_batch_end",
    "on_test_batch_begin", "on_test_batch_end",
    "on_predict_batch_begin", "on_predict_batch_end",
)  # fmt: skip
OLDER: Final = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}


class Callback:
    """
    Something that is told of each epoch and, if it defines those hooks, of each step.

    Derive from it and define the hooks that matter; the others do nothing. `logs` holds the
    figures so far by name ("loss", "accuracy", "val_loss"); what a hook writes into them at the
    end of an epoch goes into the history. ``self.model.stop_training = True`` ends training.

    Attributes
    ----------
    model : Model
        The model that is trained; set before the first hook is called.
    params : dict
        "epochs", "steps" (per epoch) and "verbose".

    Examples
    --------
    >>> class Shout(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(f"epoch {epoch}: {logs['loss']:.2f}!")
    >>> Shout().on_epoch_end(0, {"loss": 0.5})
    epoch 0: 0.50!
    """

    # Class attributes, so that a subclass needs no super().__init__().
    model: Any = None
    params: Mapping[str, Any] = MappingProxyType({})
    fellows: Sequence[Callback] = ()  # those that are told of the same training, this one included
    last: ClassVar[bool] = False  # whether it is to be told after its fellows
    afterwards: ClassVar[bool] = False  # whether it is enough to tell it all when training ended
    now_and_then: ClassVar[bool] = False  # whether it need not hear of every single step
    begins_at: tuple[int, int] | None = None  # epoch and step, where an earlier training goes on

    def set_model(self, model: Model) -> None:
        """Hear which model is trained."""
        self.model = model

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Hear how many epochs and steps there will be."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Hear that training begins."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Hear that training ended, and the last epoch's figures."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Hear that an epoch, counted from 0, begins."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Hear that an epoch ended, and its figures, those of the validation included."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Hear that a step of training begins."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Hear that a step of training ended, and the figures of the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Hear that a step of training begins: the older name."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Hear that a step of training ended: the older name."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Hear that an evaluation, or the validation after an epoch, begins."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Hear that it ended, and its figures."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Hear that a step of an evaluation begins."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Hear that it ended, and the figures so far."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Hear that a prediction begins."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Hear that it ended."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Hear that a step of a prediction begins."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Hear that it ended."""

    def get_state(self) -> State:
        """Give what a training that goes on in another process needs: numbers and arrays."""
        return {}

    def set_state(self, state: State) -> None:
        """Take back what `get_state` gave, each as an array; called after `on_train_begin`."""


@final
class LambdaCallback(Callback):
    """
    Hooks given as functions.

    Parameters
    ----------
    on_epoch_begin, on_epoch_end : callable ``(epoch, logs)``, optional
    on_train_begin, on_train_end : callable ``(logs)``, optional
    on_train_batch_begin, on_train_batch_end : callable ``(batch, logs)``, optional
    **hooks : callable
        Any other hook of `Callback` by name.

    Raises
    ------
    OptionError
        If a name is no hook.

    Examples
    --------
    >>> told = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs))
    >>> told.on_epoch_end(0, {"loss": 0.5})
    0 {'loss': 0.5}
    """

    def __init__(
        self,
        on_epoch_begin: Hook | None = None,
        on_epoch_end: Hook | None = None,
        on_train_begin: Hook | None = None,
        on_train_end: Hook | None = None,
        on_train_batch_begin: Hook | None = None,
        on_train_batch_end: Hook | None = None,
        **hooks: Hook,
    ) -> None:
        named = {
            "on_epoch_begin": on_epoch_begin, "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin, "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin, "on_train_batch_end": on_train_batch_end,
        }  # fmt: skip
        for name, hook in (named | hooks).items():
            if name not in (*EPOCH_HOOKS, *STEP_HOOKS, *OLDER.values()):
                raise OptionError(
                    f"LambdaCallback: {name!r} is no hook; the hooks are"
                    f" {', '.join(EPOCH_HOOKS + STEP_HOOKS)}."
                )
            if hook is not None:
                setattr(self, name, hook)


@final
class Callbacks:
    """
    Several callbacks, told in order.

    Parameters
    ----------
    callbacks : Callback, iterable of Callback, or None
        As a user gave them.
    own : sequence of Callback
        Those that are told after the user's.
    model : Model
    params : mapping
        What `Callback.params` will be.

    Attributes
    ----------
    quiet : bool
        Whether nobody looks before training ends.

    Raises
    ------
    OptionError
        If one is no callback.
    """

    def __init__(
        self,
        callbacks: Any,
        own: Sequence[Callback],
        model: Any,
        params: Mapping[str, Any],
    ) -> None:
        given: list[Callback] = []
        if callbacks is not None:
            given = sorted(map(_checked, _listed(callbacks)), key=lambda member: member.last)
        self.members = [*given, *own]
        self.quiet = not given and all(member.afterwards for member in own)
        for member in self.members:
            member.fellows, member.begins_at = given, None
            member.set_model(model)
            member.set_params(params)

    def tell(self, hook: str, *args: Any) -> None:
        """Call a hook of every member."""
        for member in self.members:
            getattr(member, hook)(*args)

    def hear(self, hook: str, members: Sequence[Callback] | None = None) -> bool:
        """Tell whether any member, or one of those given, defines `hook` and has to be told."""
        names = [hook, *([OLDER[hook]] if hook in OLDER else [])]
        return any(
            name in vars(member) or getattr(type(member), name) is not getattr(Callback, name)
            for member in (self.members if members is None else members)
            for name in names
        )

    def begins_at(self, epoch: int) -> tuple[int, int]:
        """
        Tell where training begins, once all have been told `on_train_begin`.

        Parameters
        ----------
        epoch : int
            The first epoch that was asked for.

        Returns
        -------
        epoch, step : int
            Those before were done by an earlier training.
        """
        return next((m.begins_at for m in self.members if m.begins_at is not None), (epoch, 0))


def _listed(callbacks: Any) -> Iterable[Any]:
    if isinstance(callbacks, Callback):
        return [callbacks]
    if isinstance(callbacks, Iterable):
        return callbacks
    raise OptionError(f"callbacks must be a list of callbacks; got {callbacks!r}.")


def _checked(callback: Any) -> Callback:
    if isinstance(callback, Callback):
        return callback
    if isinstance(callback, type) and issubclass(callback, Callback):
        raise OptionError(
            f"callbacks holds the class {callback.__name__}; give one made from it:"
            f" {callback.__name__}(...)."
        )
    raise OptionError(f"callbacks must hold callbacks; got {callback!r}.")
