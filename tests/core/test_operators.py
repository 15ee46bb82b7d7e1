"""Operators of tensors against NumPy's, from both sides, with arrays, numbers and lists."""

import operator

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import DTypeError, ShapeError

RNG = np.random.default_rng(0)
M = RNG.uniform(0.5, 2.0, (3, 3))
V = RNG.uniform(0.5, 2.0, 3)

BINARY = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "@": operator.matmul,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
LOGIC = {"&": operator.and_, "|": operator.or_, "^": operator.xor}
UNARY = {"-": operator.neg, "+": operator.pos, "abs": abs}
OTHERS = {
    "tensor": V,
    "array": V,
    "list": V.tolist(),
    "number": 1.5,
    "whole number": 2,
    "numpy number": np.float64(1.5),
    "array of none": np.array(1.5),
    "single precision": V.astype("f4"),
}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("sign", BINARY)
def test_both_sides(sign, other):
    f, x = BINARY[sign], OTHERS[other]
    if sign == "@" and np.ndim(x) == 0:
        return
    ours = cp.tensor(V) if other == "tensor" else x
    for got, expected in [
        (f(cp.tensor(M), ours), f(M, np.asarray(x))),
        (f(ours, cp.tensor(M)), f(np.asarray(x), M)),
    ]:
        assert isinstance(got, cp.Tensor)
        np.testing.assert_array_equal(got.numpy(), expected)
        assert got.dtype == expected.dtype


@pytest.mark.parametrize("sign", [s for s in BINARY if s != "@"])
@pytest.mark.parametrize("number", [2, 2.5, np.float32(2.5), True])
def test_numbers_of_python_leave_the_kind_of_number_alone(sign, number):
    single = V.astype("f4")
    for got, expected in [
        (BINARY[sign](cp.tensor(single), number), BINARY[sign](single, number)),
        (BINARY[sign](number, cp.tensor(single)), BINARY[sign](number, single)),
    ]:
        assert got.dtype == expected.dtype
        np.testing.assert_allclose(got.numpy(), expected, rtol=1e-6)


@pytest.mark.parametrize("other", [True, [True, False], np.array([True, False]), "tensor"])
@pytest.mark.parametrize("sign", LOGIC)
def test_logic(sign, other):
    a = np.array([[True, False], [False, True]])
    plain = np.array([False, True]) if isinstance(other, str) else np.asarray(other)
    ours = cp.tensor(plain) if isinstance(other, str) else other
    np.testing.assert_array_equal(LOGIC[sign](cp.tensor(a), ours).numpy(), LOGIC[sign](a, plain))
    np.testing.assert_array_equal(LOGIC[sign](ours, cp.tensor(a)).numpy(), LOGIC[sign](plain, a))
    np.testing.assert_array_equal((~cp.tensor(a)).numpy(), ~a)


@pytest.mark.parametrize("sign", [*LOGIC, "~"])
@pytest.mark.parametrize("numbers", [V, np.array([1, 2, 3])], ids=["real", "whole"])
def test_logic_is_not_for_numbers(sign, numbers):
    x, truths = cp.tensor(numbers), np.array([True, False, True])
    calls = [lambda: ~x] if sign == "~" else [
        lambda: LOGIC[sign](x, truths), lambda: LOGIC[sign](truths, x),
        lambda: LOGIC[sign](cp.tensor(truths), numbers), lambda: LOGIC[sign](x, 1),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(DTypeError, match=rf"\{sign} works on booleans; got .* Compare first"):
            call()


@pytest.mark.parametrize("sign", UNARY)
def test_one_side(sign):
    np.testing.assert_array_equal(UNARY[sign](cp.tensor(M - 1)).numpy(), UNARY[sign](M - 1))


@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "**"])
def test_operators_have_gradients_from_both_sides(sign):
    f, h = BINARY[sign], 1e-6
    for g in (lambda x: f(x, 1.5), lambda x: f(1.5, x), lambda x: f(V, x)):
        got = cp.grad(lambda x, g=g: cp.sum(g(x)))(0.7).item()
        numeric = (np.sum(g(0.7 + h)) - np.sum(g(0.7 - h))) / (2 * h)
        assert got == pytest.approx(numeric, 1e-7)


def test_in_place_signs_make_a_new_tensor():
    x = y = cp.tensor(V)
    y += 1.0
    assert y is not x
    np.testing.assert_array_equal(x.numpy(), V)
    np.testing.assert_array_equal(y.numpy(), V + 1)


KEYS = {
    "a number": 1,
    "from the end": -1,
    "a slice": slice(None, None, -2),
    "two": (0, slice(1, None)),
    "dots": (..., 0),
    "a new axis": (None, 1),
    "a list": [2, 0, 2],
    "an empty list": [],
    "a list of truths": [True, False, True],
    "an array": np.array([[0, 1], [2, 2]]),
    "a mask": M > 1,
    "lists in a tuple": ([0, 1], [2, 0]),
    "numpy's number": np.int64(2),
}


@pytest.mark.parametrize("key", KEYS)
def test_indexing(key):
    x = cp.tensor(M)
    np.testing.assert_array_equal(x[KEYS[key]].numpy(), M[KEYS[key]])


@pytest.mark.parametrize("key", [np.array([2, 0, 2]), np.array(1), M > 1], ids=["1d", "0d", "mask"])
def test_a_tensor_as_an_index(key):
    np.testing.assert_array_equal(cp.tensor(M)[cp.tensor(key)].numpy(), M[key])
    if key.ndim == 1:
        np.testing.assert_array_equal(cp.tensor(M)[1, cp.tensor(key)].numpy(), M[1, key])


METHODS = [
    ("sum", {}), ("sum", {"axis": 0}), ("mean", {"axis": -1, "keepdims": True}), ("prod", {}),
    ("max", {"axis": 1}), ("min", {}), ("var", {"axis": 0}), ("std", {}), ("argmax", {"axis": 0}),
    ("reshape", (9,)), ("reshape", ((1, -1),)), ("astype", ("float32",)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given"), METHODS, ids=str)
def test_methods(name, given):
    args, params = ((), given) if isinstance(given, dict) else (given, {})
    got = getattr(cp.tensor(M), name)(*args, **params)
    expected = getattr(M, name)(*args, **params)
    np.testing.assert_allclose(got.numpy(), expected, rtol=1e-12)
    assert got.dtype == np.asarray(expected).dtype


def test_transposes():
    x = cp.tensor(RNG.standard_normal((2, 3, 4)))
    np.testing.assert_array_equal(cp.tensor(M).T.numpy(), M.T)
    np.testing.assert_array_equal(x.mT.numpy(), x.numpy().swapaxes(1, 2))


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda x: x + np.ones(4), ShapeError, r"\(3, 3\) and \(4,\) do not broadcast"),
        (lambda x: x @ np.ones((4, 2)), ShapeError, r"x1's last axis \(3\) must equal .* \(4\)"),
        (lambda x: x @ np.ones((4, 3)), ShapeError, r"x2\.T would fit"),
        (lambda x: x @ 2, ShapeError, r"each needs at least one axis. Use \* instead"),
        (lambda x: x.reshape(4, 2), ShapeError, "9 elements of shape .* do not fill"),
        (lambda x: x.sum(axis=(0, -2)), ShapeError, r"axis \(0, -2\) names an axis twice"),
        (lambda x: x.sum(axis=2), ShapeError, "axis 2 of an array with axes -2 to 1"),
        (lambda x: cp.tensor(V).T, ShapeError, "at least two axes"),
        (lambda x: x[0, 0, 0], (IndexError, ShapeError), r"3 .*axes|too many"),
        (lambda x: x[7], IndexError, "7"),
        (lambda x: x[..., [0, 9]], IndexError, "9"),
        (lambda x: x + "one", DTypeError, r"add: x2 is 'one'; it takes tensors, arrays and num"),
        (lambda x: None * x, DTypeError, "multiply: x1 is None"),
        (lambda x: x + {"a": 1}, DTypeError, r"add: x2 is \{'a': 1\}"),
        (lambda x: cp.concat([x, "two"]), DTypeError, "concat: arrays is 'two'"),
        (lambda x: x + np.array(["one"]), DTypeError, "add: x2 has dtype <U3"),
    ],
)
def test_refusals(call, error, said):
    with pytest.raises(error, match=said):
        call(cp.tensor(M))


A = np.array([3.0, 4.0])
NUMPYS = {
    "one": lambda np, x: np.exp(x),
    "otherwise called": lambda np, x: np.arctan2(np.absolute(x), np.power(x, 2)),
    "an array on the left": lambda np, x: (A + x) * (A - x) / (A**x),
    "a number of NumPy on the left": lambda np, x: np.float64(2.0) * x,
    "a matrix on the left": lambda np, x: A @ x,
    "compared": lambda np, x: np.maximum(A > 3, x > 1.5),
    "signs": lambda np, x: (A > 3) & (x > 1.5) | np.logical_not(x > 1.5),
}


@pytest.mark.parametrize("what", NUMPYS)
def test_numpys_functions_are_recorded(what):
    given = np.array([1.0, 2.0])
    x = cp.tensor(given, name="x")
    found = NUMPYS[what](np, x)
    assert isinstance(found, cp.Tensor)
    np.testing.assert_allclose(found.numpy(), NUMPYS[what](np, given), rtol=1e-12)


def test_a_gradient_flows_through_numpys_functions():
    assert cp.gradcheck(lambda x: np.log(np.square(A - x) + np.exp(x)), np.array([0.5, 1.5])).ok
    total = np.zeros(2)
    total += cp.tensor([1.0, 2.0])
    assert isinstance(total, cp.Tensor)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x: np.heaviside(x, 0.0), r"np\.heaviside is not done on tensors"),
        (lambda x: np.exp(x, dtype="float32"), r"np\.exp with dtype is not done"),
        (lambda x: np.add(A, x, np.empty(2)), r"np\.add with out is not done"),
        (lambda x: np.add.reduce(x), r"np\.add\.reduce is not done"),
        (lambda x: A.astype(int) & x, r"& works on booleans"),
    ],
)
def test_what_numpy_does_and_tensors_do_not(call, said):
    with pytest.raises(TypeError, match=said):
        call(cp.tensor([1.0, 2.0]))
