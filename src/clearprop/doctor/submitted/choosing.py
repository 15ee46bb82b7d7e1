"""Which functions of an object go forward and back, and in which order they take what there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.heads import loss_of_head, says_its_factor
from clearprop.doctor.submitted.several import coming_in
from clearprop.doctor.submitted.signature import (
    BACKWARD,
    DERIVATIVE,
    FORWARD,
    FUNCTION,
    GRADIENT,
    LOSS,
    TRAIN,
    arguments,
    first_like,
    first_of,
    is_input,
    is_target,
    once,
    positional,
    roles,
)
from clearprop.doctor.submitted.subject import Asked, Subject, as_output
from clearprop.doctor.submitted.variables import nudged, places, plain

__all__ = ["Choosing"]

_AHEAD = re.compile(
    r"(?i)^(?!.*back)(?!.*(loss|error|train|역전파|손실))"
    r".*(forw|pred|feed|propag|output|infer|순전파|예측|출력|계산)"
)
ZERO = (
    "zero_grad", "zero_grads", "zero_gradients", "clear_grads", "cleargrads", "clear_gradients",
    "reset_grad", "reset_grads", "reset_gradients", "init_grads", "기울기초기화",
)  # fmt: skip
_PREDICT = ("predict", "feedforward", "feed_forward", "forward", "query", "output", "예측")
_OUTPUT = re.compile(
    r"(?i)^(y_?(hat|pred|out)?|a\d?|o|out(put)?s?|pred\w*|p|probs?|scores|logits|출력\w*|예측\w*)$"
)


class Choosing(Subject):
    """What an object's functions are for; `ObjectSubject` runs them."""

    thing: Any
    asked: Asked
    _output: Any
    _clear: Callable[..., Any] | None
    _ahead: Callable[..., Any]
    _back: Callable[..., Any]
    _predict: Callable[..., Any] | None
    _head: Callable[[Any, Any], float] | None

    def _choose(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        """Find the ways forward and back among the functions that there are."""
        functions = {name: positional(f) for name, f in functions.items()}
        has_target = self.asked.t is not None
        forward, loss = first_of(FORWARD, functions), first_of(LOSS, functions)
        if forward is None:
            forward = next((n for n in functions if _AHEAD.search(n)), None)
            forward = forward or first_of(FUNCTION, functions)
        loss = loss or (first_like("loss", functions) if has_target else None)
        back = first_of(BACKWARD, functions)
        if has_target and loss is None and back is not None:
            forward, back = _of_training(functions, forward, back)
        self._zero = first_of(ZERO, functions)
        self._clear = functions[self._zero] if self._zero is not None else None
        network = has_target and loss is not None and _takes(functions[loss]) >= 2
        self._loss_of_output = self._target_first = self._back_turned = False
        self._gradients_in = 0
        self._way: str = forward or ""
        if network:
            self._gradient_name(functions, loss, forward)
            return
        if loss is not None and not has_target and self._is_loss_of_input(functions, loss):
            return
        if forward is None:
            raise Failed("no_forward", "forward", has=list(functions))
        rest = {n: f for n, f in functions.items() if n != forward}
        back = back or (first_of(TRAIN, functions) if has_target else None)
        back = back or next((n for n in rest if re.search(r"(?i)back|train|역전파", n)), None)
        back = back or (first_like("train", rest) if has_target else first_like("gradient", rest))
        back = None if back == forward else back
        back = back or first_of(DERIVATIVE, rest)
        if back is None:
            raise Failed("no_backward", "backward", has=list(functions))
        self._back = once(functions[back])
        self._ahead = functions[forward]
        asked = arguments(self._back)[0]
        self._gradients_in = len(asked) if coming_in(asked) == len(asked) else 0
        needed, _ = arguments(self._ahead)
        self._forward_takes_target = has_target and len(needed) == len(self.asked.xs) + 1
        known = roles(asked)
        told = {"upstream", "cache"} & set(known.values())
        inside = has_target and not self.asked.xs and not asked  # it was made with its data
        takes_target = (
            "target" in known.values()
            or inside
            or (has_target and not self._forward_takes_target and bool(asked) and not told)
        )
        self.is_loss = self._forward_takes_target or takes_target
        if takes_target and not self._forward_takes_target:
            if not has_target:
                raise Failed("no_target_given", "check")
            self._head = loss_of_head(self.asked.loss)
            self.factor_known = says_its_factor(self.asked.loss)
        elif not (asked or arguments(self._back)[1] or self._forward_takes_target):
            self._head = loss_of_head(self.asked.loss, of_output=True)
            self.is_loss = True
        if self._forward_takes_target:
            self._target_first = self._turned(self._ahead)

    def _is_loss_of_input(self, functions: Mapping[str, Callable[..., Any]], loss: str) -> bool:
        """Tell ``loss(x)`` with ``gradient(x)``: what comes in is the target, or there is none."""
        name = first_of(GRADIENT, {n: f for n, f in functions.items() if n != loss})
        count = len(self.asked.xs)
        if name is None or not count or self.asked.loss is not None:
            return False
        ways = [arguments(functions[n])[0] for n in (loss, name)]
        if any(len(needed) != count or not all(map(is_input, needed)) for needed in ways):
            return False
        self.is_loss, self._ahead, self._back = True, functions[loss], functions[name]
        self._way, self._forward_takes_target = loss, False
        return True

    def _gradient_name(
        self, functions: Mapping[str, Callable[..., Any]], loss: str | None, forward: str | None
    ) -> None:
        """Settle how a network with a loss is asked for gradients."""
        assert loss is not None
        self.is_loss, self._forward_takes_target = True, True
        self._ahead = functions[loss]
        self._predict = functions[forward] if forward is not None and forward != loss else None
        self._loss_of_output = self._predict is not None and self._is_of_output()
        self._target_first = not self._loss_of_output and self._turned(self._ahead)
        names = {n: f for n, f in functions.items() if n != loss and n != forward}
        names = {n: f for n, f in names.items() if n != self._zero}
        name = first_of(GRADIENT, names) or first_of(BACKWARD, names) or first_of(TRAIN, names)
        name = name or first_like("gradient", names) or first_like("train", names)
        asked_for = name is not None and first_of(GRADIENT, names) is not None
        if name is None or (not asked_for and self._gives_gradients_beside()):
            self._back = self._second_of_loss
            return
        self._back = once(functions[name])
        self._back_turned = self._turned(self._back, self._target_first)
        by_itself = name.lower() in {n.lower() for n in GRADIENT} - {"backward"}
        self.asks_by_itself = by_itself and len(arguments(self._back)[0]) >= 2

    def _gives_gradients_beside(self) -> bool:
        """Tell a loss that gives a mapping of gradients beside its number: (loss, grads)."""
        try:
            xs, t = list(self.asked.xs), self.asked.t
            out = self.budget.call(
                "loss", self._ahead, *([t, *xs] if self._target_first else [*xs, t])
            )
        except Failed:
            return False
        finally:
            self.snapshot.restore()
        return isinstance(out, tuple) and len(out) == 2 and isinstance(out[1], Mapping)

    def _second_of_loss(self) -> Any:
        """Give what the loss gave besides: some give the gradients at once, some know the way."""
        way = None if isinstance(self._output, tuple | np.ndarray) else back_of(self._output)
        if way is not None:
            way()
            return None
        if not isinstance(self._output, tuple) or len(self._output) < 2:
            raise Failed("no_backward", "backward")
        rest = self._output[1:]
        return rest[0] if len(rest) == 1 else rest

    # ---- which argument is which -----------------------------------------------------------
    def _is_of_output(self) -> bool:
        """Tell a loss of the output from one of the input: by names, else by what moves it."""
        first = arguments(self._ahead)[0][:1]
        if not first or is_input(first[0]):
            return False
        if roles(first).get(first[0]) == "target" or len(self.asked.xs) != 1:
            return False
        if _OUTPUT.match(first[0]) and self._predict is not None:
            return True
        return not self._moved_by_weights()

    def _moved_by_weights(self) -> bool:
        """Tell whether loss(x, t) can be computed and depends on the numbers that are held."""
        try:
            before = self._loss_at(self._ahead, [self.asked.x, self.asked.t])
            for place in places(self.thing):
                old = place.read()
                if np.ndim(old) and np.asarray(old).dtype.kind == "f":
                    place.write(nudged(plain(old)))
            return before != self._loss_at(self._ahead, [self.asked.x, self.asked.t])
        except Failed:
            return False
        finally:
            self.snapshot.restore()

    def _loss_at(self, f: Callable[..., Any], args: list[Any]) -> float:
        y = as_output(self.budget.call("loss", f, *args))
        if y.ndim or not np.isfinite(y):
            raise Failed("not_finite", "loss")
        return float(y)

    def _turned(self, f: Callable[..., Any], otherwise: bool = False) -> bool:
        """Tell whether a function takes the target before the input."""
        if self.asked.t is None or len(self.asked.xs) != 1:
            return False
        needed = [n for n in arguments(f)[0] if roles([n]).get(n) not in ("rate", "momentum")]
        if len(needed) < 2:
            return otherwise
        known = roles(needed[:2])
        targets = [known.get(n) == "target" and not is_input(n) for n in needed[:2]]
        if targets[0] != targets[1]:
            return targets[0]
        if is_input(needed[0]) != is_input(needed[1]):
            return is_input(needed[1])
        if otherwise or len(needed) != 2 or self._runs(f, [self.asked.x, self.asked.t]):
            return otherwise
        return self._runs(f, [self.asked.t, self.asked.x])

    def _runs(self, f: Callable[..., Any], args: list[Any]) -> bool:
        try:
            y = self.budget.call("forward", f, *args)
        except Failed as failed:
            if failed.kind == "endless":
                raise
            return False
        finally:
            self.snapshot.restore()
        first = y[0] if isinstance(y, tuple) and y else y
        try:
            return first is None or not np.ndim(first) or np.ndim(first) == np.ndim(self.asked.x)
        except ValueError:
            return True

    def _in_order(self, xs: list[Any], t: Any, *, turned: bool) -> list[Any]:
        return [t, *xs] if turned else [*xs, t]


def _of_training(
    functions: Mapping[str, Callable[..., Any]], forward: str | None, back: str
) -> tuple[str | None, str]:
    """Prefer what trains on input and target to a way back that takes no target: a helper."""
    train = first_of(TRAIN, {n: f for n, f in functions.items() if n != forward})
    takes = [is_target(n) or n == "y" for n in (arguments(functions[train])[0] if train else ())]
    own = [is_target(n) or n == "y" for n in arguments(functions[back])[0]]
    if train is None or len(takes) < 2 or not any(takes) or any(own) or not own:
        return forward, back
    return first_of(_PREDICT, functions) or forward, train


def back_of(value: Any) -> Callable[[], Any] | None:
    """Give the way back that a value knows itself."""
    if not any(hasattr(value, n) for n in ("data", "value", "val")):
        return None
    return next((getattr(value, n) for n in ("backward", "backprop") if hasattr(value, n)), None)


def _takes(f: Callable[..., Any]) -> int:
    needed, given = arguments(f)
    return len(needed) + sum(v is None for v in given.values())
