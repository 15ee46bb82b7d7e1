"""Tensors: made from what, showing themselves how, and safe from changes."""

import copy

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import DTypeError, GradientError, ShapeError


@pytest.mark.parametrize(
    ("data", "dtype", "expected"),
    [
        (2, None, "float64"),
        (2.5, None, "float64"),
        ([1, 2], None, "float64"),
        ([[1.0], [2.0]], None, "float64"),
        ([], None, "float64"),
        (True, None, "bool"),
        ([True, False], None, "bool"),
        (np.arange(3), None, "int64"),
        (np.float32(2), None, "float32"),
        (np.ones(2, "f2"), None, "float16"),
        ([1, 2], int, "int64"),
        ([1, 2], "float32", "float32"),
        (np.arange(3), "float32", "float32"),
    ],
    ids=str,
)
def test_kinds_of_numbers(data, dtype, expected):
    x = cp.tensor(data, dtype=dtype)
    assert x.dtype == expected
    assert x.requires_grad == expected.startswith("float")
    assert x.shape == np.shape(data)
    np.testing.assert_array_equal(x.numpy(), np.asarray(data))


def test_a_tensor_of_a_tensor_starts_anew():
    x = cp.tensor([1.0, 2.0], name="x")
    y = cp.tensor(x * 2)
    assert y.node.op is None
    assert y.name is None
    assert cp.tensor(x, dtype="float32").dtype == np.float32


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        ([[1, 2], [3]], ShapeError, "equally long"),
        ("one", DTypeError, r"got str \(<U3\)"),
        (["one"], DTypeError, r"got list \(<U3\)"),
        (None, DTypeError, r"got NoneType \(object\)"),
        ({"a": 1}, DTypeError, "got dict"),
        (2j, DTypeError, "got complex"),
        (np.array(["a"]), DTypeError, "got ndarray"),
        (np.datetime64("2020-01-01"), DTypeError, "got datetime64"),
    ],
    ids=str,
)
def test_what_is_no_number(data, error, said):
    with pytest.raises(error, match=said):
        cp.tensor(data)


def test_words_that_are_no_number_in_the_kind_asked_for():
    with pytest.raises(DTypeError, match="could not convert string to float: 'one'"):
        cp.tensor(["one"], dtype=float)
    with pytest.raises(DTypeError, match="not 'dict'"):
        cp.tensor({}, dtype=float)


def test_gradients_of_whole_numbers_are_refused_by_name():
    with pytest.raises(GradientError, match="labels has dtype int64"):
        cp.tensor(np.arange(3), name="labels", requires_grad=True)
    assert not cp.tensor(np.arange(3)).requires_grad
    assert not cp.tensor(1.0, requires_grad=False).requires_grad


@pytest.mark.parametrize("nested", [lambda t: [t, t], lambda t: (t, 1.0), lambda t: [[1.0, t]]])
def test_a_list_of_tensors_does_not_lose_its_history_unseen(nested):
    t = cp.tensor(2.0)
    for call in (lambda x: cp.sum(x), lambda x: t * x, lambda x: x * t):
        with pytest.raises(DTypeError, match=r"of tensors .* cp\.stack or cp\.concat"):
            call(nested(t))


def test_values_are_copied_in_and_cannot_be_written_to():
    array = np.ones(3)
    x = cp.tensor(array)
    y = x * 2
    array[0] = 5
    assert x.tolist() == [1.0, 1.0, 1.0]
    for t in (x, y):
        for view in (t.numpy(), np.asarray(t)):
            with pytest.raises(ValueError, match="read-only"):
                view[0] = 7
    np.array(y)[0] = 7  # a copy is one's own
    assert y.tolist() == [2.0, 2.0, 2.0]


def test_numpy_protocol():
    x = cp.tensor([1.0, 2.0]) * 1.0
    assert np.shares_memory(np.asarray(x), x.data)
    assert np.asarray(x, dtype="float32").dtype == np.float32
    assert not np.shares_memory(np.array(x, copy=True), x.data)
    assert np.shares_memory(x.__array__(copy=False), x.data)
    with pytest.raises(ValueError, match="copy"):
        x.__array__(np.float32, copy=False)
    assert np.asarray(cp.sum(x)).shape == ()
    assert np.stack([x, x]).shape == (2, 2)


def test_one_number():
    for t in (cp.tensor(2.5), cp.tensor([[2.5]])):
        assert t.item() == 2.5
        assert float(t) == 2.5
        assert int(t) == 2
        assert bool(t)
    assert type(cp.tensor(2.5).item()) is float
    assert type(cp.tensor(np.int32(3)).item()) is int
    assert not cp.tensor(0.0)
    with pytest.raises(ShapeError, match=r"item\(\) needs exactly one element; .* shape \(2,\)"):
        float(cp.tensor([1.0, 2.0]))


def test_truth():
    with pytest.raises(ShapeError, match=r"truth of 2 elements .* \.any\(\)"):
        bool(cp.tensor([True, False]))
    with pytest.raises(ShapeError, match="truth of 0 elements"):
        bool(cp.tensor([]))
    assert 2.0 in cp.tensor([1.0, 2.0])
    assert 3.0 not in cp.tensor([1.0, 2.0])


def test_whole_numbers_can_be_places():
    assert [10, 20, 30][cp.tensor(np.int64(1))] == 20
    assert range(5)[cp.argmax(cp.tensor([1.0, 9.0, 2.0]))] == 1
    for wrong in (cp.tensor(1.0), cp.tensor(np.array([1])), cp.tensor(True)):
        with pytest.raises(TypeError, match="only a whole number can be an index"):
            [10, 20][wrong]


def test_rows():
    x = cp.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert len(x) == 2
    first, second = x
    assert second.tolist() == [3.0, 4.0]
    cp.sum(first * second).backward()
    assert x.grad.tolist() == [[3.0, 4.0], [1.0, 2.0]]
    assert [t.tolist() for t in reversed(x)] == [[3.0, 4.0], [1.0, 2.0]]
    with pytest.raises(TypeError, match="a single number has no length"):
        len(cp.tensor(1.0))
    with pytest.raises(TypeError, match="a single number has no length"):
        list(cp.tensor(1.0))


@pytest.mark.parametrize(
    ("make", "shown"),
    [
        (lambda: cp.tensor(2), "tensor(2.)"),
        (lambda: cp.tensor([[1, 2]], name="x"), "tensor([[1., 2.]], name='x')"),
        (lambda: cp.tensor([1.5], dtype="float32"), "tensor([1.5], dtype=float32)"),
        (lambda: cp.tensor(True), "tensor(True)"),
        (lambda: cp.tensor(np.arange(2)), "tensor([0, 1])"),
        (lambda: cp.tensor([]), "tensor([])"),
        (lambda: cp.tensor([[1.0], [2.0]]), "tensor([[1.],\n        [2.]])"),
        (lambda: cp.tensor([np.nan, -np.inf]), "tensor([ nan, -inf])"),
        (lambda: cp.tensor(1.0) + 1, "tensor(2.)"),
    ],
)
def test_repr(make, shown):
    assert repr(make()) == shown


def test_nodes_show_themselves():
    x = cp.tensor([1.0, 2.0])
    assert repr(x.node) == "<node leaf (2,)>"
    assert repr((x * 2).node) == "<node multiply (2,)>"
    x.name = "x"
    assert repr(x.node) == "<node x (2,)>"
    assert x.name == "x"


def test_tensors_are_themselves_as_keys():
    x, y = cp.tensor(1.0), cp.tensor(1.0)
    assert len({x, y}) == 2
    assert {x: 1}[x] == 1
    assert x == y  # of one element, so it is one answer


def test_a_shallow_copy_is_another_hold_on_the_same():
    x = cp.tensor([1.0])
    y = copy.copy(x)
    assert y.node is x.node
    (x * x).backward()
    assert x.grad.tolist() == [2.0]


def test_a_deep_copy_has_gradients_of_its_own():
    x = cp.tensor([1.0, 2.0], name="x")
    (x * x).backward([1.0, 1.0])
    y, z = copy.deepcopy([x, x])
    assert y is z
    assert (y.name, y.requires_grad, y.grad.tolist()) == ("x", True, [2.0, 4.0])
    y.grad = None
    (y * y * y).backward([1.0, 1.0])
    assert y.grad.tolist() == [3.0, 12.0]
    assert x.grad.tolist() == [2.0, 4.0]
    product = x * 2.0
    again = copy.deepcopy(product)
    assert again is not product
    assert again.node is product.node
    assert not copy.deepcopy(x.detach()).requires_grad


def test_attributes():
    x = cp.tensor(np.zeros((2, 3, 0)))
    assert (x.ndim, x.size, x.shape) == (3, 0, (2, 3, 0))
    x.grad = np.zeros((2, 3, 0))
    assert isinstance(x.grad, cp.Tensor)
    with pytest.raises(AttributeError):
        x.anything = 1


@pytest.mark.parametrize("name", ["sum", "mean", "max", "prod", "argmax", "std"])
def test_an_axis_that_there_is_not_is_told_with_the_operation(name):
    with pytest.raises(ShapeError, match=rf"axis 5 of an array with axes -2 to 1\.\nin {name} of"):
        getattr(cp, name)(np.ones((2, 3)), axis=5)
