"""Objects that go forward and come back: layers, loss layers, networks, self-training networks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from clearprop.doctor.submitted.collecting import collect, unrolled
from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.handing import handed
from clearprop.doctor.submitted.held import RATES, Holding
from clearprop.doctor.submitted.several import Joined
from clearprop.doctor.submitted.signature import arguments, roles
from clearprop.doctor.submitted.snapshot import functions_of
from clearprop.doctor.submitted.subject import (
    Asked,
    Gradients,
    Values,
    as_output,
    gradient_like,
)
from clearprop.doctor.submitted.variables import (
    Place,
    is_numbers,
    like,
    partner,
    places,
    plain,
)

__all__ = ["ObjectSubject"]

_PAIRS = re.compile(r"(?i)^(mini_?batch|pairs|training_data|examples|data_?set|batch)$")
_OUTPUTS = ("output", "outputs")  # of one who gives nothing back, but keeps it
_BACK = ("dinputs", "dinput", "dx", "dX", "grad_input", "input_grad")
_MOMENTUM = 0.4  # given where a program asks for it; from a fresh state it has nothing to carry


class ObjectSubject(Holding):
    """
    A program with a way forward and a way back.

    Parameters
    ----------
    thing : object or mapping
        Whose functions and numbers these are.
    asked : Asked
    budget : Budget
    """

    def __init__(self, thing: Any, asked: Asked, budget: Budget) -> None:
        functions = functions_of(thing)
        super().__init__(budget, thing, *functions.values())
        self.thing, self.asked, self.functions = thing, asked, functions
        self.lr: float | None = asked.lr
        self.momentum: float | None = None
        self._last = {}
        self._head: Callable[[np.ndarray, np.ndarray], float] | None = None
        self._book: dict[str, str] = {}  # gradients whose names say nothing
        self._choose(functions)
        self._name_inputs()
        self._places: dict[str, Place] = {}
        self._data_places: dict[str, Place] = {}
        self._choosers()
        self._places = self._parameters()
        self._how_seen()

    def twin(self, thing: Any) -> ObjectSubject:
        """Give a subject of the same kind, of another object."""
        return ObjectSubject(thing, self.asked, self.budget)

    # ---- running ---------------------------------------------------------------------------
    def _put(self, values: Values) -> None:
        for name in self.parameters:
            if name in values:
                self._places[name].write(values[name])
        for name, place in self._data_places.items():
            place.write(values[name])
        if self._target_place is not None:
            t, old = self._t(values), np.asarray(self._target_place.read())
            fits = old.shape == np.shape(t) and old.dtype.kind == "f"
            (self._target_place.write if fits else self._target_place.put)(t)

    def _xs(self, values: Values) -> list[Any]:
        return [self._shaped(name, values) for name in self.inputs]

    def _shaped(self, name: str, values: Values) -> Any:
        pattern = self._patterns[name]
        if np.array_equal(values[name], self.start[name]):
            return np.array(pattern) if isinstance(pattern, np.ndarray) else pattern
        if name in self.indices:
            return (
                like(values[name], pattern)
                if isinstance(pattern, int)
                else (
                    values[name].astype(int)
                    if isinstance(pattern, np.ndarray)
                    else values[name].astype(int).tolist()
                )
            )
        return like(values[name], pattern)

    def _t(self, values: Values) -> Any:
        t, pattern = values["t"], self.asked.t
        if np.asarray(pattern).dtype.kind in "iub":
            whole = t.astype(np.asarray(pattern).dtype)
            if isinstance(pattern, np.ndarray | np.generic):
                return whole
            return whole.tolist() if whole.ndim else int(whole)
        return like(t, pattern)

    def _forward(self, values: Values) -> Any:
        self._last = values
        xs = self._xs(values)
        self._cleared()
        if self._loss_of_output and self._predict is not None:
            y = self.budget.call("forward", self._predict, *xs)
            return self.budget.call("loss", self._ahead, y, self._t(values))
        args = xs
        if self._forward_takes_target and self.target:
            args = self._in_order(xs, self._t(values), turned=self._target_first)
        out = self.budget.call("forward", self._ahead, *args)
        if out is None:
            out = self._kept(_OUTPUTS)
        if out is None:
            raise Failed("gave_none", "forward")
        self._joined = None if self.is_loss else Joined.of(out, self._gradients_in)
        if self._joined is not None:
            out = self._joined.whole
        if self.is_loss and self._head is None and is_numbers(out) and np.ndim(out):
            out, self.factor_known = np.sum(out), False  # a loss a sample
        self._output = out
        if self._head is not None:
            t = values["t"] if self.target else None
            return self.budget.call("loss", self._head, as_output(out), t)
        return out

    def _kept(self, names: tuple[str, ...]) -> Any:
        """Give what a program keeps as an attribute in place of handing it back."""
        found = (getattr(self.thing, name, None) for name in names)
        return next((value for value in found if is_numbers(value)), None)

    def _kept_gradient(self) -> Any:
        """Give the gradient of the input where it is kept: dinputs, grad_X beside forward(X)."""
        found = self._kept(_BACK)
        names = arguments(self._ahead)[0]
        if found is None and len(self.inputs) == 1 and names and hasattr(self.thing, "__dict__"):
            title = partner(names[0], list(vars(self.thing)))
            found = self._kept((title,)) if title is not None else None
        return found

    def _by_own_name(self, returned: Any) -> Any:
        """Call the input in a mapping of gradients as it is called here, too."""
        names = arguments(self._ahead)[0]
        if not isinstance(returned, Mapping) or self.inputs != ("x",) or not names:
            return returned
        title = names[0] if names[0] in returned else partner(names[0], [str(k) for k in returned])
        own = {"x", "dx"} & {str(k).lower() for k in returned}
        if title is None or title not in returned or (own and title.lower() not in own):
            return returned
        return {**returned, "x": returned[title]}

    def _cleared(self) -> None:
        """Set gradients to zero where the program leaves that to whoever calls it."""
        if self._clear is not None and not arguments(self._clear)[0]:
            self.budget.call("zero_grad", self._clear)
        elif self._back == self._second_of_loss:
            listed = {p.name: p for p in places(self.thing, numbers_too=False, aliases=True)}
            for name in self.parameters:
                title = partner(name, list(listed))
                if title is not None:
                    listed[title].write(np.zeros(np.shape(listed[title].read())))

    def trace(self, made: Mapping[str, Any]) -> Any:
        """Run forward on other things than arrays, where a program has no numbers of its own."""
        if self.parameters or self.target or self._head is not None:
            return None
        return self.budget.call("forward", self._ahead, *(made[n] for n in self.inputs))

    def _backward(self, upstream: np.ndarray | None) -> Gradients:
        before = {name: plain(place.read()) for name, place in self._places.items()}
        returned = self.budget.call("backward", self._back, *self._arguments(upstream))
        if returned is None:
            returned = self._kept_gradient()
        self._returned = returned = self._by_own_name(unrolled(returned))
        after = {name: plain(place.read()) for name, place in self._places.items()}
        self._changed = {
            n for n in before
            if before[n].shape != after[n].shape or not np.array_equal(before[n], after[n])
        }  # fmt: skip
        if self.seen_by == "change":
            rate = self.lr if self.lr else 1.0
            steps = {n: (before[n] - after[n]) / rate for n in self.parameters}
            if self.target or not is_numbers(returned):
                return steps
            own = {n: np.shape(self.start[n]) for n in self.inputs}
            return {**collect(returned, self.inputs, (), own), **steps}
        shapes = {n: np.shape(self.start[n]) for n in self.differentiable}
        held = places(self.thing, aliases=True)
        returned = (
            None if self.target and is_numbers(returned) and not np.ndim(returned) else returned
        )
        named = self.asked.grads if isinstance(self.asked.grads, Mapping) else None
        order = self._order_back
        names = order if order and set(order) == set(self.parameters) else self.parameters
        found = collect(returned, self.inputs, names, shapes, held, named)
        if self._book:
            by_name = {p.name: p for p in (*held, *places({"returned": self._returned}))}
            found |= {
                n: gradient_like(by_name[title].read())
                for n, title in self._book.items() if title in by_name
            }  # fmt: skip
        return found

    def _arguments(self, upstream: np.ndarray | None) -> list[Any]:  # noqa: C901 - a case a custom
        """Give backward what it asks for."""
        needed, defaults = arguments(self._back)
        if self._gradients_in > 1 and upstream is not None:
            if self._joined is not None:
                return list(self._joined.parted(upstream))
            g = self._upstream(upstream)  # the output's; nothing comes into the other memories
            return [g, *(np.zeros_like(upstream) for _ in needed[1:])]
        if not self.is_loss and len(needed) > 1:
            by_name = self._handed(needed, self._upstream(upstream))
            if by_name is not None:
                return by_name
        known = roles(needed)
        xs, t = self._xs(self._last), self._t(self._last) if self.target else None
        queue: list[Any] = []
        if self.is_loss and self._forward_takes_target and len(needed) >= 2:
            queue = self._in_order(xs, t, turned=self._back_turned)
        elif self.is_loss and self.target and not self._forward_takes_target:
            free = [n for n in needed if known.get(n) not in ("rate", "momentum")]
            queue = [t] if len(free) == 1 else [*xs, t]
        elif self.is_loss and not self.target and len(needed) == len(xs):
            queue = list(xs)
        out: list[Any] = []
        for i, name in enumerate(needed):
            role = known.get(name)
            if role == "target" and t is not None and queue:
                out.append(t)
                queue = [q for q in queue if q is not t]
                continue
            if _PAIRS.match(name) and t is not None and not self._forward_takes_target:
                out.append([(xs[0], t)])
                queue = []
            elif role == "rate":
                self.lr = self.lr if self.lr is not None else 0.5
                out.append(self.lr)
            elif role == "momentum":
                self.momentum = _MOMENTUM
                out.append(_MOMENTUM)
            elif self._is_output(name, needed[:i], queue):
                out.append(self._output)
            elif queue and not (role == "upstream" and not self.target):
                out.append(queue.pop(0))
            elif role == "target" and t is not None:
                out.append(t)
            else:
                out.append(self._upstream(upstream))
        first = next(iter(defaults.values()), 0)
        usual = first is None or (type(first) in (int, float) and first == 1)
        if not out and upstream is not None and usual:
            out.append(self._upstream(upstream))  # backward(dout=1.0), of which the 1 is the usual
        if self.seen_by == "change" or self.target:
            rates = [n for n in defaults if n in RATES and isinstance(defaults[n], int | float)]
            if rates and self.lr is None:
                self.lr = float(defaults[rates[0]])
            kept = [n for n, r in roles(list(defaults)).items() if r == "momentum"]
            if kept and isinstance(defaults[kept[0]], int | float):
                self.momentum = float(defaults[kept[0]])
        return out

    def _handed(self, needed: list[str], g: Any) -> list[Any] | None:
        """Put values by name to what a layer's way back asks for besides the gradient."""
        ahead = [n for n in arguments(self._ahead)[0] if n != "*"]
        given = dict(zip(ahead, self._xs(self._last), strict=False))
        out = self._output
        several = isinstance(out, tuple) and len(out) > 1 and is_numbers(out[0])
        return handed(needed, given, out[0] if several else out, out[1:] if several else (), g)

    def _is_output(self, name: str, before: list[str], queue: list[Any]) -> bool:
        """Tell whether backward asks for what forward gave, besides input and target."""
        if not self.target or len(before) < 1 or name in arguments(self._ahead)[0]:
            return False
        spare = not queue
        return (spare and not self._forward_takes_target) or name in (
            "y_pred", "y_hat", "yhat", "output", "outputs", "out", "o", "pred", "a2", "A2"
        )  # fmt: skip

    def _upstream(self, upstream: np.ndarray | None) -> Any:
        if upstream is None:
            return 1.0 if np.ndim(self._output) == 0 else np.ones(np.shape(self._output))
        return like(upstream, self._output if not isinstance(self._output, tuple) else upstream)
