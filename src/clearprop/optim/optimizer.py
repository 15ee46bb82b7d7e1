"""What an optimizer is: a pure rule that takes one leaf, its gradient and its state a step on."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Self, TypeAlias

from clearprop.core.later import Register
from clearprop.errors import OptionError
from clearprop.optim.constraints import Domain, Interval, OrFunction, Switch, Text, setting
from clearprop.optim.exclusions import Exclusions
from clearprop.optim.moves import AVERAGE, Update, memory, moves
from clearprop.optim.rate_now import RateNow
from clearprop.optim.schedules.base import LearningRateSchedule
from clearprop.optim.schedules.registry import deserialize, serialize
from clearprop.optim.settings import Settings

__all__ = ["MODULES", "OPTIMIZERS", "Array", "Optimizer", "Rate", "State"]

Array: TypeAlias = Any
State: TypeAlias = dict[str, Array]
Rate: TypeAlias = float | Callable[..., float]

# Where the kinds are, the commonest first.
MODULES = tuple(
    f"clearprop.optim.{name}"
    for name in (
        "sgd", "adam", "rmsprop", "adagrad", "nadam", "adadelta", "adamax", "ftrl", "lion", "lamb",
        "adafactor",
    )
)  # fmt: skip
OPTIMIZERS: Register[type[Optimizer]] = Register(*MODULES)  # by their names in small letters

CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")
AT_LEAST_ZERO, FROM_ZERO_TO_ONE = Interval(0.0, closed="left"), Interval(0.0, 1.0, "both")


def _common(default: Any, domain: Domain, *, optional: bool = True) -> Any:
    return setting(default, domain, optional=optional, common=True)


@dataclass(repr=False, eq=False)
class Optimizer(Settings, ABC):
    """
    How a weight follows its gradient.

    A kind of optimizer is a dataclass of settings with two methods, `init` and `update`. Both work
    on ONE leaf, write nothing anywhere, and use operators and functions of the namespace `xp`
    alone: the same rule runs on arrays, under ``jit``, and on records and symbols, so that an
    update can be asked why. What all kinds have in common is done around the rule, by `moves`.

    Settings are fixed when it is made, apart from `learning_rate`, which may be set anew at any
    time and holds from the next step on. It remembers nothing itself: what it must know of a weight
    is the weight's state, which a model holds, so one optimizer may serve several models.

    Parameters
    ----------
    learning_rate : float or callable ``(step) -> float``
        How far to go; a schedule, or any callable, is asked before every step, which is counted
        from 0.
    weight_decay : float of at least 0, optional
        How much of each weight, times the learning rate, is taken away before its step.
    clipnorm, clipvalue, global_clipnorm : float of at least 0, optional
        How large the gradient may be: its norm, leaf by leaf; each of its elements; the norm over
        all leaves. One of the three at most; what is too large is scaled, or cut, to that.
    use_ema : bool
        Whether an average of each weight over the steps is kept, which takes the weight's place
        when training ends.
    ema_momentum : float in [0, 1]
        The part of the average that a step keeps.
    ema_overwrite_frequency : int of at least 1, optional
        After how many steps, each time, the averages take the weights' places during training.
    loss_scale_factor : float greater than 0, optional
        What an engine multiplies the loss by on the way back, and divides the gradients by when it
        is back, so that small numbers on the way are not lost.
    gradient_accumulation_steps : int of at least 2, optional
        Over how many steps gradients are averaged before the weights move.
    name : str, optional
        By default the name of the kind, such as ``"adam"``.

    Raises
    ------
    OptionError
        If a setting is outside its domain, or more than one kind of clipping is asked for.

    Examples
    --------
    One of your own, with a setting; from it come the messages and what a file holds:

    >>> from dataclasses import dataclass
    >>> from clearprop.core.namespaces import NUMPY
    >>> from clearprop.optim.constraints import between, rate
    >>> @dataclass
    ... class SignDescent(Optimizer):
    ...     learning_rate: float = rate(0.01)
    ...     keep: float = between(0.0, 1.0, default=0.0)
    ...
    ...     def init(self, xp, w):
    ...         return {"mean": xp.zeros_like(w)}
    ...
    ...     def update(self, xp, w, g, state, step, lr):
    ...         mean = self.keep * state["mean"] + (1 - self.keep) * g
    ...         return w - lr * xp.sign(mean), {"mean": mean}
    >>> SignDescent(keep=0.5, clipnorm=1.0)
    SignDescent(learning_rate=0.01, keep=0.5, clipnorm=1.0)

    The same with an `__init__` of its own:

    >>> class Plain(Optimizer):
    ...     def __init__(self, learning_rate=0.01, **common):
    ...         super().__init__(learning_rate, **common)
    ...
    ...     def init(self, xp, w):
    ...         return {}
    ...
    ...     def update(self, xp, w, g, state, step, lr):
    ...         return w - lr * abs(g), state
    >>> Plain().update(NUMPY, 1.0, -3.0, {}, 0, 0.5)
    (-0.5, {})
    """

    changeable: ClassVar[tuple[str, ...]] = ("learning_rate",)
    spellings: ClassVar[Mapping[str, str]] = {"lr": "learning_rate"}

    learning_rate: Rate = field(metadata={"domain": OrFunction(AT_LEAST_ZERO)})
    weight_decay: float | None = _common(None, AT_LEAST_ZERO)
    clipnorm: float | None = _common(None, AT_LEAST_ZERO)
    clipvalue: float | None = _common(None, AT_LEAST_ZERO)
    global_clipnorm: float | None = _common(None, AT_LEAST_ZERO)
    use_ema: bool = _common(False, Switch(), optional=False)
    ema_momentum: float = _common(0.99, FROM_ZERO_TO_ONE, optional=False)
    ema_overwrite_frequency: int | None = _common(None, Interval(1, closed="left", whole=True))
    loss_scale_factor: float | None = _common(None, Interval(0.0))
    gradient_accumulation_steps: int | None = _common(None, Interval(2, closed="left", whole=True))
    name: str | None = _common(None, Text())

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__module__ in MODULES:
            OPTIMIZERS[cls.__name__.lower()] = cls

    def __post_init__(self) -> None:
        asked = [f"{each}={own}" for each in CLIPPING if (own := getattr(self, each)) is not None]
        if len(asked) > 1:
            raise OptionError(
                f"{type(self).__name__}: gradients are clipped in one way at most, by clipnorm,"
                f" clipvalue or global_clipnorm; got {', '.join(asked)}."
            )
        if self.name is None:
            object.__setattr__(self, "name", type(self).__name__.lower())

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "learning_rate":
            given = self.learning_rate
            if isinstance(given, LearningRateSchedule):
                given.__dict__["_optimizer"] = self  # for float(schedule): the rate as it is now
            elif not callable(given):
                self.__dict__[name] = RateNow(given, self)

    @property
    def iterations(self) -> int:
        """How many steps it has taken, in the training that it was last compiled for."""
        memory = self.__dict__.get("_memory")
        return 0 if memory is None else memory.step

    def serve(self, memory: Any) -> None:
        """Count the steps by those of a memory, which has a `step`."""
        self.__dict__["_memory"] = memory

    @abstractmethod
    def init(self, xp: Any, w: Array) -> State:
        """
        Make the state of one leaf before its first step.

        Parameters
        ----------
        xp : namespace
        w : array of any shape
            The leaf.

        Returns
        -------
        dict of str to array
            Most often each of the shape of `w`.
        """

    @abstractmethod
    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        """
        Take one step, by the rule alone.

        Parameters
        ----------
        xp : namespace
        w, g : array of any shape
            The leaf, and the gradient of the loss with respect to it.
        state : dict of str to array
            What `init` or the last `update` gave; what the common settings remember may be in it.
        step : int
            How many steps came before this one.
        lr : float
            The learning rate of this step, as `rate` tells it.

        Returns
        -------
        w : array
            The leaf after the step.
        state : dict of str to array
        """

    def rate(self, step: int) -> float:
        """
        Tell the learning rate of a step, counted from 0.

        Raises
        ------
        OptionError
            If the schedule gives anything but a finite number in the domain of learning rates.
        """
        rate = self.learning_rate
        if not callable(rate):
            return float(rate)
        domain = type(self).__dataclass_fields__["learning_rate"].metadata["domain"]
        given: float = domain.inner.checked(
            f"the learning rate that the schedule gives for step {step}",
            rate(step) if self._asks_for_step(rate) else rate(),
        )
        return given

    def start(self, xp: Any, w: Array) -> State:
        """Make the whole state of one leaf: that of the rule, and of the common settings."""
        return self.init(xp, w) | memory(self, xp, w)

    @cached_property
    def plain(self) -> bool:
        """Whether a step is the rule alone, because no common setting asks for more."""
        asked = (
            self.weight_decay, *(getattr(self, each) for each in CLIPPING), self.use_ema,
            self.gradient_accumulation_steps,
        )  # fmt: skip
        return not any(asked)

    def moves(
        self,
        xp: Any,
        leaves: Sequence[Any],
        weights: Sequence[Array],
        gradients: list[Array | None],
        states: Mapping[str, State],
        step: int,
        lr: float,
        update: Update | None = None,
    ) -> Iterator[tuple[int, Array, State]]:
        """
        Take one step of all leaves, with what the common settings ask for around each.

        Parameters
        ----------
        xp : namespace
        leaves : sequence
            What the weights are weights of: each has a `path`, and may have a `constraint`, a
            callable ``(xp, w) -> w``.
        weights : sequence of array
            Their values.
        gradients : list of array or None
            The gradient of each; None for one that is to stay as it is.
        states : mapping of str to state
            By path; a leaf that is not there is at its first step.
        step : int
            How many steps came before this one.
        lr : float
            The learning rate of this step.
        update : callable, optional
            How an engine takes the step of one leaf; by default the rule does, as it is.

        Yields
        ------
        i : int
            Which leaf, one after the other.
        w : array
            The leaf after the step.
        state : dict of str to array
        """
        return moves(self, xp, leaves, weights, gradients, states, step, lr, update)

    def exclude_from_weight_decay(
        self, var_list: Iterable[Any] = (), var_names: Iterable[str] = ()
    ) -> None:
        """
        Leave weights out of the weight decay; what was said before about this is forgotten.

        Parameters
        ----------
        var_list : iterable of weights
        var_names : iterable of str
            Weights in whose own names, such as ``"bias"``, one of these occurs.

        Examples
        --------
        >>> from clearprop.optim import AdamW
        >>> rule = AdamW(weight_decay=0.01)
        >>> rule.exclude_from_weight_decay(var_names=["bias"])
        """
        self.__dict__["_excluded"] = Exclusions.of(var_list, var_names)

    def decays(self, path: str) -> bool:
        """Tell whether the weight at a path loses some of itself in each step."""
        return bool(self.weight_decay) and path not in self.__dict__.get("_excluded", ())

    def finalize_variable_values(self, leaves: Iterable[Any], states: Mapping[str, State]) -> None:
        """
        Put the averages of the weights in their places, if averages are kept.

        Parameters
        ----------
        leaves : iterable of weights
        states : mapping of str to state
            By path, as the model holds them.
        """
        for leaf in leaves if self.use_ema else ():
            if leaf.path in states:
                leaf.hold(states[leaf.path][AVERAGE])

    def get_config(self) -> dict[str, Any]:
        """
        Give the settings as JSON can hold them.

        Raises
        ------
        OptionError
            If the learning rate is a function, which no file can hold.
        """
        config = super().get_config()
        if isinstance(self.learning_rate, RateNow):
            config["learning_rate"] = float(self.learning_rate)
        if isinstance(self.learning_rate, LearningRateSchedule):
            config["learning_rate"] = serialize(self.learning_rate)
        elif callable(self.learning_rate):
            raise OptionError(
                f"the learning rate of {type(self).__name__} is a function"
                f" ({self.learning_rate!r}), which cannot be written down; set"
                " optimizer.learning_rate to a number or a schedule first."
            )
        if "_excluded" in self.__dict__:
            config["excluded_from_weight_decay"] = asdict(self.__dict__["_excluded"])
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make the optimizer that `get_config` described."""
        config = dict(config)
        excluded = config.pop("excluded_from_weight_decay", None)
        if isinstance(config.get("learning_rate"), Mapping):
            config["learning_rate"] = deserialize(config["learning_rate"])
        made = cls(**config)
        if excluded is not None:
            made.__dict__["_excluded"] = Exclusions.read(excluded)
        return made

    def _asks_for_step(self, rate: Callable[..., float]) -> bool:
        """Tell whether a function takes the step; Keras's are called without anything."""
        known = self.__dict__.get("_asking")
        if known is None or known[0] is not rate:
            try:
                asks = bool(inspect.signature(rate).parameters)
            except (TypeError, ValueError):  # one that is not written in Python
                asks = True
            known = self.__dict__["_asking"] = (rate, asks)
        return known[1]
