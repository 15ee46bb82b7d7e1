"""Recorded arrays: a `Node` is what was computed and from what, a `Tensor` a hold on it."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from clearprop.core.copying import Copied
from clearprop.core.deferred import Deferred
from clearprop.core.namespaces import MODE, SOUGHT, constant_maker, is_array
from clearprop.core.op import REGISTRY, Op, Shape, shape_of
from clearprop.core.operators import Operators
from clearprop.core.values import constant, real_array
from clearprop.errors import GradientError, ShapeError

__all__ = ["Node", "Tensor", "tensor"]

Array = Any

# Functions that make constants out of the values that they are given, not of shapes alone.
FILLED = frozenset(["arange", "asarray", "full", "linspace"])


class Node:
    """
    One entry of the record: a value, the operation that gave it and the nodes it took.

    Nodes point only at what they were made from, never forward, and hold no `Tensor`: a
    record is freed as soon as the last tensor made from it is dropped.
    """

    __slots__ = ("__weakref__", "data", "holder", "inputs", "name", "needs_grad", "op", "params")

    data: Array
    op: Op | None  # None for a leaf
    inputs: tuple[Any, ...]  # nodes, and constants (numbers and arrays) as they were given
    params: dict[str, Any]
    needs_grad: bool
    name: str | None
    holder: weakref.ref[Tensor] | None  # the tensor whose .grad a backward walk fills

    def __init__(
        self,
        data: Array,
        op: Op | None = None,
        inputs: tuple[Any, ...] = (),
        params: dict[str, Any] | None = None,
        needs_grad: bool = False,
    ) -> None:
        self.data, self.op, self.inputs = data, op, inputs
        self.params = params if params is not None else {}
        self.needs_grad = needs_grad
        self.name = self.holder = None

    def __repr__(self) -> str:
        made_by = self.op.name if self.op else "leaf"
        return f"<node {self.name or made_by} {tuple(self.data.shape)}>"


class Tensor(Operators, Copied):
    """
    An array that knows how it was made.

    Made by `tensor` and by every operation. Tensors are not changed in place: an operation gives a
    new one, so that what was recorded stays true. After ``y.backward()``, ``x.grad`` is ∂y/∂x, a
    tensor of the shape of `x`.
    """

    __slots__ = ("__weakref__", "_grad", "node")
    _xp: Any  # the recorded namespace; set below

    node: Node
    _grad: Tensor | None

    def __init__(self, node: Node) -> None:
        self.node = node
        self._grad = None

    @property
    def data(self) -> Array:
        """The values, as the array library holds them; not to be written to."""
        return self.node.data

    @property
    def shape(self) -> Shape:
        """The size of each axis."""
        return tuple(self.node.data.shape)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.node.data.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape))

    @property
    def dtype(self) -> Any:
        """The kind of number."""
        return self.node.data.dtype

    @property
    def name(self) -> str | None:
        """What explanations call it."""
        return self.node.name

    @name.setter
    def name(self, name: str | None) -> None:
        self.node.name = name

    @property
    def requires_grad(self) -> bool:
        """Whether a gradient with respect to it can be asked for."""
        return self.node.needs_grad

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward` left here, added up over calls; None if none did."""
        return self._grad

    @grad.setter
    def grad(self, grad: Tensor | None) -> None:
        self._grad = None if grad is None else as_tensor(grad)

    def retain_grad(self) -> Tensor:
        """Ask later `backward` calls to leave a gradient here, as they do at leaves."""
        if not self.requires_grad:
            raise GradientError("retain_grad(): no gradient flows here; see requires_grad.")
        self.node.holder = weakref.ref(self)
        return self

    def backward(self, gradient: Any = None) -> None:
        """
        Propagate back to every leaf, and leave each one's gradient in its `grad`.

        Parameters
        ----------
        gradient : array, shape of this tensor, optional
            The upstream gradient; 1 for a tensor of one element.

        Raises
        ------
        GradientError
            If nothing recorded leads here, or a rule is missing on the way.
        ShapeError
            If `gradient` is needed and missing, or of another shape.
        """
        from clearprop.core.derivatives import accumulate

        accumulate(self, gradient)

    def detach(self) -> Tensor:
        """Give the same values without their history: gradients stop here."""
        return Tensor(Node(self.node.data))

    def numpy(self) -> np.ndarray:
        """Give the values as a NumPy array: a view where possible, and read-only."""
        values = np.asarray(self.node.data).view()
        values.flags.writeable = False
        return values

    def item(self) -> float | int | bool:
        """
        Give the one element as a Python number.

        Raises
        ------
        ShapeError
            If there is not exactly one.
        """
        if self.size != 1:
            raise ShapeError(
                f"item() needs exactly one element; this tensor has shape {self.shape}."
            )
        return self.numpy().item()  # type: ignore[no-any-return]

    def tolist(self) -> Any:
        """Give the values as (nested lists of) Python numbers."""
        return self.numpy().tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        values = np.array(self.node.data, dtype=dtype, copy=copy)
        if copy or values is not self.node.data:
            return values
        return self.numpy()  # what is shared is not to be written to

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if self.node.op is not None:
            return Tensor(self.node)  # a record does not change, so one is enough
        made = leaf(self.node.data, name=self.name, requires_grad=self.requires_grad)
        made._grad = self._grad
        return made

    def __float__(self) -> float:
        self._ensure_not_sought()
        return float(self.item())

    def __int__(self) -> int:
        self._ensure_not_sought()
        return int(self.item())

    def _ensure_not_sought(self) -> None:
        """Refuse to leave the record, as math.sin would, while it is made to differentiate by."""
        if self.node.needs_grad and (sought := SOUGHT.get()):
            from clearprop.core.tape import order

            if not set(sought).isdisjoint(order(self.node)):
                raise GradientError(
                    "a number taken out of the record has no gradient: use cp.sin(x) instead of"
                    " math.sin(x), and the like; or float(x.detach()) if none should flow."
                )

    def __index__(self) -> int:
        if self.shape or not np.issubdtype(self.dtype, np.integer):
            raise TypeError(f"only a whole number can be an index; got {self!r}.")
        return int(self.item())

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ShapeError(
                f"the truth of {self.size} elements is not one answer; use .numpy().all() or .any()"
            )
        return bool(self.node.data)  # where there is none yet, that says so itself

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a single number has no length.")
        return self.shape[0]

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        values = np.array2string(self.numpy(), separator=", ", prefix="tensor(")
        kind = "" if self.dtype in (np.float64, np.bool, np.int64) else f", dtype={self.dtype}"
        name = f", name={self.name!r}" if self.name else ""
        return f"tensor({values}{kind}{name})"


def tensor(
    data: Any, *, dtype: Any = None, name: str | None = None, requires_grad: bool | None = None
) -> Tensor:
    """
    Make a tensor: the start of a record.

    Parameters
    ----------
    data : array, number, nested list, or Tensor
        The values, copied. Python numbers become float64; arrays keep their own kind.
    dtype : dtype, optional
        The kind of number to hold.
    name : str, optional
        What explanations call it.
    requires_grad : bool, optional
        Whether gradients are kept for it; by default where the numbers are floating.

    Returns
    -------
    Tensor

    Raises
    ------
    DTypeError
        If the data are no real numbers.
    ShapeError
        If lists within a list differ in length.
    GradientError
        If gradients are asked of whole numbers or of true and false.

    Examples
    --------
    >>> x = tensor([[2, 3]], name="x")
    >>> x
    tensor([[2., 3.]], name='x')
    """
    values = real_array(data.data if isinstance(data, Tensor) else data, dtype)
    as_given = dtype is not None or isinstance(data, np.ndarray | np.generic | Tensor)
    if values.dtype.kind in "iu" and not as_given:
        values = values.astype(np.float64)
    values.flags.writeable = False  # what a record says must stay what was computed
    floating = values.dtype.kind == "f"
    if requires_grad and not floating:
        raise not_differentiable(name or "the tensor", values.dtype)
    return leaf(
        values, name=name, requires_grad=floating if requires_grad is None else requires_grad
    )


def leaf(data: Array, *, name: str | None = None, requires_grad: bool) -> Tensor:
    """Hold an array of any library, as it is, at the start of a record."""
    made = Tensor(Node(data, needs_grad=requires_grad))
    made.node.name = name
    if requires_grad:
        made.node.holder = weakref.ref(made)
    return made


def as_tensor(x: Any) -> Tensor:
    """Give `x` itself if it is a tensor, else a constant that holds it."""
    if isinstance(x, Tensor):
        return x
    return Tensor(Node(x if hasattr(x, "dtype") else constant(x)))


def not_differentiable(what: str, dtype: Any) -> GradientError:
    """Build the error for a gradient with respect to integers or booleans."""
    return GradientError(
        f"{what} has dtype {dtype}, which has no gradients; give floating-point numbers,"
        " such as x.astype('float64')."
    )


def apply(op: Op, *args: Any, **params: Any) -> Tensor:
    """Compute an operation on tensors and constants, and record it unless told not to."""
    if op.variadic or len(args) != len(op.inputs):
        args = op.bind(args, params)
    if params:
        _take_whole_numbers(params)
    mode = MODE.get()
    needs_grad = False
    inputs, arrays = [], []
    for x in args:
        if isinstance(x, Tensor):
            node = x.node
            inputs.append(node)
            arrays.append(node.data)
            needs_grad = needs_grad or node.needs_grad
        else:
            if isinstance(x, Deferred):
                return x.noted(op, tuple(args), params)  # type: ignore[no-any-return]
            if isinstance(x, list | tuple):
                x = constant(x)
            inputs.append(x)
            arrays.append(x)
    xp = mode.xp
    try:
        if op.strict or xp.weighs:
            xp.weigh(op.name, op.shape(*map(shape_of, arrays), **params))
        data = op.impl.get(xp.kind, op.forward)(xp, *arrays, **params)
    except (ValueError, TypeError, IndexError) as error:
        op.fail(error, arrays, params)
    if not hasattr(data, "dtype"):  # an operation on nothing but Python numbers
        data = xp.asarray(data)
    if needs_grad and (op.discrete or data.dtype.kind in "biu"):
        needs_grad = False
    if mode.record:
        return Tensor(Node(data, op, tuple(inputs), params, needs_grad))
    return Tensor(Node(data))


def _take_whole_numbers(params: dict[str, Any]) -> None:
    """Make Python's numbers of NumPy's whole ones: an axis from there is to rules the same."""
    for name, value in params.items():
        if isinstance(value, np.integer):
            params[name] = int(value)


class Recorded:
    """The namespace in which rules are themselves recorded: its functions are the operations."""

    kind = "recorded"

    def __getattr__(self, name: str) -> Any:
        """Find an operation, or a function that makes constants, by name."""
        found = REGISTRY.get(name)
        if found is None:
            return _making_constants(name)
        if found.__module__.startswith("clearprop."):  # a user's own may be defined anew
            setattr(self, name, found)
        return found


def _making_constants(name: str) -> Any:
    """Wrap a creation function (`zeros_like`, `arange`) so that tensors come in and out."""
    own = constant_maker(name)
    if not callable(own) or isinstance(own, type):
        return own

    def make(*args: Any, **params: Any) -> Any:
        filled = args[1:] if name == "full_like" else args if name in FILLED else ()
        if any(isinstance(x, Tensor) and x.requires_grad for x in filled):
            raise GradientError(f"{name} would make a constant of a number that has a gradient.")
        plain = [x.data if isinstance(x, Tensor) else x for x in args]
        made = getattr(MODE.get().xp, name)(*plain, **params)
        return Tensor(Node(made)) if is_array(made) else made

    return make


RECORDED = Recorded()
Tensor._xp = Deferred._xp = RECORDED
Op.__call__ = apply  # type: ignore[assignment]
