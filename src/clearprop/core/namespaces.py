"""The namespaces `xp` that operations are written with: arrays now, records and symbols later."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import partial
from types import ModuleType
from typing import Any, ClassVar, NamedTuple

import numpy as np

from clearprop.core.op import REGISTRY, Op
from clearprop.core.quick import QUICK

__all__ = [
    "MODE",
    "NUMPY",
    "SOUGHT",
    "ArrayNamespace",
    "Mode",
    "computing_with",
    "no_grad",
    "recording",
    "seeking",
]

# What rules may take from the array library as it is: the Python array API standard, 2024.12.
# (astype is ours: NumPy's refuses the scalars that its own reductions return.)
STANDARD = frozenset(
    """
    abs acos acosh add all any arange argmax argmin argsort asarray asin asinh atan atan2
    atanh broadcast_arrays broadcast_to can_cast ceil clip concat copysign cos cosh
    cumulative_prod cumulative_sum diff divide e empty empty_like equal exp expand_dims expm1 eye
    finfo flip floor floor_divide full full_like greater greater_equal hypot iinfo inf isdtype
    isfinite isinf isnan less less_equal linspace log log10 log1p log2 logaddexp logical_and
    logical_not logical_or logical_xor matmul matrix_transpose max maximum mean meshgrid min
    minimum moveaxis multiply nan negative newaxis nonzero not_equal ones ones_like permute_dims
    pi positive pow prod reciprocal remainder repeat reshape result_type roll round sign sin sinh
    sort sqrt square squeeze stack std subtract sum take take_along_axis tan tanh tensordot tile
    tril triu trunc unstack var vecdot where zeros zeros_like
    bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64
    """.split()  # noqa: SIM905 - a hundred quoted lines would say no more
)

# Those of them that look at shapes and kinds of numbers alone, or give places: constants, however
# the values they are handed came about. Whatever else a rule uses must be an operation.
CONSTANT = frozenset(
    """
    arange argsort asarray can_cast empty empty_like eye finfo full full_like iinfo isdtype linspace
    nonzero ones ones_like result_type zeros zeros_like
    bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 e inf nan newaxis pi
    """.split()  # noqa: SIM905
)


class ArrayNamespace:
    """
    An array library as `xp`: its standard functions, and every operation of ours by name.

    Parameters
    ----------
    module : module
        A namespace of the Python array API standard.
    kind : str
        Which `impl` of an operation is for it: "numpy", "jax", "strict".
    forms : mapping of str to callable, optional
        Standard functions in a form of their own, instead of the module's.

    Attributes
    ----------
    weighs : bool
        Of a class: whether its `weigh` is to be asked before an operation makes anything.
    """

    weighs: ClassVar[bool] = False

    def __init__(
        self, module: ModuleType, kind: str, forms: Mapping[str, Callable[..., Any]] | None = None
    ) -> None:
        self.module, self.kind = module, kind
        vars(self).update(forms or {})

    def __getattr__(self, name: str) -> Any:
        """Find a function once; it is an ordinary attribute from then on."""
        found: Any
        if name in STANDARD and hasattr(self.module, name):
            found = getattr(self.module, name)
        elif name in REGISTRY:
            found = self._computing(REGISTRY[name])
        else:
            raise AttributeError(f"neither the array API standard nor the operations have {name!r}")
        own = name in REGISTRY and not REGISTRY[name].__module__.startswith("clearprop.")
        if not own or name in STANDARD:  # a user's own operation may be defined anew
            setattr(self, name, found)
        return found

    def weigh(self, what: str, shape: tuple[int, ...]) -> None:
        """Refuse what would be too large, by raising an error."""

    def _computing(self, op: Op) -> Any:
        """Give an operation as a function of this library's arrays, called as it is on tensors."""
        if op.variadic:
            return lambda inputs, **params: op.compute(self, *inputs, **params)
        return partial(op.compute, self)

    def __repr__(self) -> str:
        return f"<namespace {self.kind}>"


NUMPY = ArrayNamespace(np, "numpy", QUICK)


def constant_maker(name: str) -> Any:
    """
    Give the standard function or constant `name`, if what it makes is always a constant.

    Raises
    ------
    AttributeError
        If it would compute with values, which only an operation can do on a record.
    """
    if name not in CONSTANT:
        raise AttributeError(
            f"there is no operation {name!r}; a rule or a composition may use operations,"
            " and functions that make constants, such as zeros_like and arange."
        )
    return getattr(NUMPY, name)


def is_array(made: Any) -> bool:
    """Tell an array from the dtypes, finfo and numbers that standard functions give too."""
    return hasattr(made, "shape") and hasattr(made, "dtype")


class Mode(NamedTuple):
    """What applying an operation to tensors does: with which arrays, and whether it's recorded."""

    xp: ArrayNamespace
    record: bool


MODE: ContextVar[Mode] = ContextVar("clearprop_mode", default=Mode(NUMPY, True))  # noqa: B039 - immutable

# The nodes by which a function that runs right now is differentiated, those of outer derivatives
# first.
SOUGHT: ContextVar[tuple[Any, ...]] = ContextVar("clearprop_sought", default=())


@contextlib.contextmanager
def _within(**changes: Any) -> Iterator[None]:
    token = MODE.set(MODE.get()._replace(**changes))
    try:
        yield
    finally:
        MODE.reset(token)


def no_grad() -> contextlib.AbstractContextManager[None]:
    """
    Compute without recording: no history, no gradients, less memory.

    Examples
    --------
    >>> import clearprop as cp
    >>> x = cp.tensor(3.0)
    >>> with cp.no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False
    """
    return _within(record=False)


def recording() -> contextlib.AbstractContextManager[None]:
    """Record again, within `no_grad`."""
    return _within(record=True)


@contextlib.contextmanager
def seeking(nodes: Iterable[Any]) -> Iterator[None]:
    """Say by which nodes a function is differentiated while it runs."""
    token = SOUGHT.set((*SOUGHT.get(), *nodes))
    try:
        yield
    finally:
        SOUGHT.reset(token)


def computing_with(xp: ArrayNamespace) -> contextlib.AbstractContextManager[None]:
    """Compute with the arrays of another library, for engines."""
    return _within(xp=xp)
