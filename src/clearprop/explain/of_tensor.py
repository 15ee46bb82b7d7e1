"""`why` of a recorded tensor's element, and of a gradient that is not there."""

from __future__ import annotations

from clearprop.core.tape import order
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.explain.explanation import Explanation, State, Step
from clearprop.explain.naming import Name, Names, gradient_name
from clearprop.explain.reader import Place, Reader
from clearprop.explain.unfold import unfold
from clearprop.lang import told

__all__ = ["of_tensor"]


def of_tensor(
    subject: Tensor, address: str | None, of: Tensor | None, depth: int | None, lang: str,
    digits: int, top: int,
) -> Explanation:  # fmt: skip
    """Explain one element, or its gradient; see `why`."""
    if address not in (None, "gradient"):
        raise OptionError(told("asking.tensor_address", got=repr(address)))
    if of is not None and address is None:
        raise OptionError(told("asking.of_goes_with"))
    if subject.size != 1:
        index = ", ".join("0" * subject.ndim)
        raise ShapeError(told("asking.one_number", shape=subject.shape, index=index))
    if address == "gradient":
        if subject.grad is None:
            return _without_gradient(subject, of, lang, digits)
        subject = subject.grad
    reader = Reader(Names(), top=top)
    start = reader.settle(Place(subject.node, (0,) * subject.ndim))
    name = reader.names.of(start.node)
    everything = depth is None or name is None or not name.gradient
    levels = None if depth is None else max(1, depth)
    steps = unfold(reader, start, depth=levels, everything=everything)
    if depth == 0:
        return Explanation(steps[0].address, (steps[0],), {"depth": 0}, "", lang, digits)
    return Explanation(steps[0].address, tuple(steps), {}, "", lang, digits)


def _without_gradient(subject: Tensor, of: Tensor | None, lang: str, digits: int) -> Explanation:
    """Tell a constant, a tensor off the path, and a gradient that nobody computed yet."""
    names = Names()
    named = None if of is None else names.of(of.node)
    loss = named.symbol if named is not None else names.loss
    if not subject.requires_grad:
        state = State("constant_input")
    elif of is not None and subject.node not in order(of.node):
        state = State("not_on_path", {"name": loss})
    else:
        state = State("not_computed", {"name": loss})
    name = gradient_name(names.of(subject.node) or Name("x", "x", "x"), loss)
    called = name.quantity((0,) * subject.ndim, subject.shape, 0.0)
    step = Step(called.address, called.symbol, called.latex, 0.0, name.role, 1, None, state=state)
    return Explanation(called.address, (step,), {"absent": state.key}, "", lang, digits)
