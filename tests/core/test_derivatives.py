"""Derivatives of functions: of arrays and trees, of any order, and what is refused."""

import math
from collections import OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import GradientError, OptionError, ShapeError

Pair = namedtuple("Pair", "w b")
A = np.array([[1.0, -2.0], [0.5, 3.0]])
X = np.array([0.3, -1.2])


def same(got, expected):
    np.testing.assert_allclose(np.asarray(got), expected, rtol=1e-12, atol=1e-14)


def test_grad_of_an_array():
    same(cp.grad(lambda x: cp.sum(x * x * x))(X), 3 * X**2)


def test_a_python_number_is_a_point_too():
    g = cp.grad(lambda x: x * x)(3)
    assert isinstance(g, cp.Tensor)
    assert g.item() == 6.0


def test_value_and_grad_give_both():
    value, g = cp.value_and_grad(lambda x: cp.sum(cp.sin(x)))(X)
    same(value, np.sin(X).sum())
    same(g, np.cos(X))


@pytest.mark.parametrize("kind", [dict, OrderedDict, lambda **k: defaultdict(list, **k)])
def test_dicts(kind):
    p = kind(w=A, b=X)
    g = cp.grad(lambda p: cp.sum((A @ p["w"] + p["b"]) ** 2))(p)
    assert type(g) is type(p)
    residual = 2 * (A @ A + X)
    same(g["w"], A.T @ residual)
    same(g["b"], residual.sum(axis=0))


def test_trees_of_every_kind():
    tree = {"layers": [Pair(A, X), (X, None)], "scale": 2.0}

    def f(t):
        (first, (second, nothing)), scale = t["layers"], t["scale"]
        assert nothing is None
        return cp.sum(first.w @ first.b) * scale + cp.sum(second * second)

    g = cp.grad(f)(tree)
    assert isinstance(g["layers"], list)
    assert isinstance(g["layers"][0], Pair)
    assert g["layers"][1][1] is None
    same(g["layers"][0].w, 2 * np.tile(X, (2, 1)))
    same(g["layers"][0].b, 2 * A.sum(axis=0))
    same(g["layers"][1][0], 2 * X)
    same(g["scale"], np.sum(A @ X))


def test_what_is_not_used_has_a_gradient_of_zeros():
    g = cp.grad(lambda p: cp.sum(p["used"]))({"used": X, "unused": A.astype("f4")})
    same(g["unused"], np.zeros((2, 2)))
    assert g["unused"].dtype == np.float32
    same(cp.grad(lambda x: 3.0)(X), np.zeros(2))


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [(0, (3.0,)), (1, (2.0,)), (-1, (2.0,)), (np.int64(1), (2.0,)), ((0, 1), (3.0, 2.0)),
     ([1, 0], (2.0, 3.0)), ((), ())],
)  # fmt: skip
def test_argnums(argnums, expected):
    g = cp.grad(lambda x, y: x * y, argnums)(2.0, 3.0)
    assert tuple(t.item() for t in (g if isinstance(g, tuple) else (g,))) == expected
    assert isinstance(g, tuple) == isinstance(argnums, tuple | list)


def test_further_arguments_come_through_as_they_are():
    seen = []

    def f(x, data, *, power, training=False):
        seen.append((data, training))
        return cp.sum(x**power)

    data = [1, "two", None]
    same(cp.grad(f)(X, data, power=2, training=True), 2 * X)
    assert seen == [(data, True)]


def test_an_argument_is_called_as_its_parameter_unless_it_has_a_name_and_keeps_its_history():
    x = cp.tensor(2.0, name="x")
    names = []
    g = cp.grad(lambda t: names.append(t.name) or t * t * x)(x * 1.0)
    assert names == ["t"]
    assert cp.grad(lambda t: names.append(t.name) or t * t)(x).item() == 4.0
    assert names[-1] == "x"
    g.backward()  # 2 t x with t = x: also by way of t
    assert x.grad.item() == 8.0


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_derivatives_of_derivatives(n):
    f = cp.sin
    for _ in range(n):
        f = cp.grad(f)
    expected = [np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin, np.cos][n - 1]
    same(f(0.7), expected(0.7))


def test_third_order_through_a_network():
    def f(w):
        return cp.sum(cp.tanh(A @ cp.tanh(A @ w)))

    def directional(g, v):
        return lambda w: cp.sum(cp.grad(g)(w) * v)

    v = np.array([0.4, -0.9])
    third = directional(directional(directional(f, v), v), v)
    line = cp.grad(cp.grad(cp.grad(lambda t: f(X + t * v))))
    same(third(X), line(0.0).numpy())


def test_an_inner_gradient_does_not_take_an_outer_variable_for_its_own():
    assert cp.grad(lambda x: x * cp.grad(lambda y: x * y)(1.0))(3.0).item() == 6.0
    assert cp.grad(lambda x: x * cp.grad(lambda y: x + y)(1.0))(3.0).item() == 1.0
    assert cp.grad(lambda x: cp.grad(lambda y: x * y * y)(x))(3.0).item() == 12.0


def test_backward_and_grad_mix():
    x = cp.tensor(2.0)
    y = cp.grad(lambda t: t**3)(x) * x  # 3 x³
    y.backward()
    assert x.grad.item() == 36.0


def test_vjp():
    y, pull = cp.vjp(lambda a, x: a @ x, A, X)
    same(y, A @ X)
    g = np.array([2.0, -1.0])
    to_a, to_x = pull(g)
    same(to_a, np.outer(g, X))
    same(to_x, A.T @ g)
    same(pull([0, 0])[1], [0.0, 0.0])  # again, and with whole numbers


def test_vjp_of_trees():
    _, pull = cp.vjp(lambda p: p["a"] @ p["x"], {"a": A, "x": X})
    (g,) = pull(np.ones(2))
    same(g["x"], A.sum(axis=0))


def test_jvp():
    v = np.array([1.0, 0.5])
    y, change = cp.jvp(lambda x: cp.exp(A @ x), X, v)
    same(y, np.exp(A @ X))
    same(change, np.exp(A @ X) * (A @ v))


def test_jvp_of_trees_goes_by_key_not_by_order():
    def f(p):
        return p["w"] * p["w"] + 10 * p["b"]

    _, change = cp.jvp(f, {"w": 3.0, "b": 1.0}, {"b": 1.0, "w": 0.5})
    assert change.item() == 13.0


def test_jvp_of_what_does_not_depend():
    y, change = cp.jvp(lambda x: cp.tensor(A), X, X)
    assert change.shape == y.shape
    assert not np.any(change.numpy())


def test_jvp_can_be_differentiated():
    v = np.array([1.0, 0.5])
    g = cp.grad(lambda x: cp.sum(cp.jvp(cp.sin, x, v)[1]))(X)
    same(g, -np.sin(X) * v)


def test_a_direction_may_be_a_list():
    same(cp.jvp(cp.sin, X, [1, 0])[1], np.cos(X) * [1, 0])


def test_jacobian():
    same(cp.jacobian(lambda x: A @ x * x)(X), A * X[:, None] + np.diag(A @ X))
    same(cp.jacobian(cp.sin)(0.5), np.cos(0.5))
    assert cp.jacobian(lambda x: cp.reshape(x, (0, 2)))(np.zeros((2, 0))).shape == (0, 2, 2, 0)


def test_jacobian_of_several_shapes():
    j = cp.jacobian(lambda p: p["a"] @ p["x"])({"a": A, "x": X})
    same(j["x"], A)
    same(j["a"], np.einsum("ij,k->ijk", np.eye(2), X))
    j = cp.jacobian(lambda x: {"same": x, "sum": cp.sum(x)})(X)
    same(j["same"], np.eye(2))
    same(j["sum"], np.ones(2))


def test_further_arguments_of_a_jacobian():
    same(cp.jacobian(lambda x, a, *, k: k * (a @ x))(X, A, k=2), 2 * A)


def test_hessian():
    quadratic = A + A.T
    same(cp.hessian(lambda x: x @ (A @ x))(X), quadratic)
    same(cp.hessian(lambda x: x**3)(2.0), 12.0)


def test_hessian_of_a_tree():
    h = cp.hessian(lambda p: cp.sum(p["w"] ** 2) * p["b"])({"w": X, "b": 3.0})
    same(h["w"]["w"], 6 * np.eye(2))
    same(h["w"]["b"], 2 * X)
    same(h["b"]["w"], 2 * X)
    same(h["b"]["b"], 0.0)


def test_the_jacobian_of_a_hessian_is_symmetric():
    third = cp.jacobian(cp.hessian(lambda x: cp.sum(cp.sin(A @ x))))(X).numpy()
    same(third, third.transpose(2, 0, 1))
    same(third, -np.einsum("k,ka,kb,kc->abc", np.cos(A @ X), A, A, A))


def test_nothing_is_left_in_grad():
    x = cp.tensor(X)
    cp.grad(lambda t: cp.sum(t * t))(x)
    cp.hessian(lambda t: cp.sum(t * t * t))(x)
    assert x.grad is None


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: cp.grad(lambda x: x * 1.0)(np.arange(3)), GradientError,
         r"grad: argument 0 has dtype int64.*x\.astype\('float64'\)"),
        (lambda: cp.grad(lambda p: p["a"])({"a": X, "b": np.array([True])}), GradientError,
         r"grad: argument 0\['b'\] has dtype bool"),
        (lambda: cp.jacobian(lambda p: p[0])([X, np.arange(2)]), GradientError,
         r"jacobian: argument 0\[1\] has dtype int64"),
        (lambda: cp.tensor([1, 2], dtype=int, requires_grad=True), GradientError,
         "the tensor has dtype int64"),
        (lambda: cp.grad(lambda x: x * 2)(X), ShapeError,
         r"must give one number; it gave shape \(2,\)\. Reduce it"),
        (lambda: cp.grad(lambda x: None)(X), ShapeError, "gave NoneType. Does it lack a return"),
        (lambda: cp.grad(lambda x: (cp.sum(x), 1))(X), ShapeError, "one array; it gave tuple"),
        (lambda: cp.vjp(lambda x: [x, x], X), ShapeError, "vjp: .* it gave list"),
        (lambda: cp.jvp(lambda x: {"y": x}, X, X), ShapeError, "jvp: .* it gave dict"),
        (lambda: cp.jacobian(lambda x: None)(X), ShapeError, "no array. Does it lack a return"),
        (lambda: cp.grad(cp.argmax)(X), GradientError, "function's result has dtype int64"),
        (lambda: cp.vjp(lambda x: x > 0, X), GradientError, "function's result has dtype bool"),
        (lambda: cp.grad(lambda x: x)(None), GradientError, "grad: argument 0 is None.*a number"),
        (lambda: cp.grad(lambda x: x, 1)(2.0), OptionError, "argnums has 1, .* has 1 positional"),
        (lambda: cp.grad(lambda x: x)(), OptionError, "argnums has 0, .* has 0 positional"),
        (lambda: cp.grad(lambda x, y: x, (1, -1))(2.0, 3.0), OptionError, "argument twice"),
        (lambda: cp.vjp(cp.sin, X)[1](np.ones(3)), ShapeError,
         r"shape \(3,\); f gave shape \(2,\)"),
        (lambda: cp.jvp(cp.sin, X, np.ones(3)), ShapeError, r"x has shapes \[\(2,\)\]"),
        (lambda: cp.jvp(lambda p: p["a"], {"a": X}, {"b": X}), ShapeError,
         r"trees do not match: .* keys \['a'\], the other a dict with the keys \['b'\]"),
        (lambda: cp.jvp(lambda p: p[0], [X, {"c": X}], [X, {"c": None}]), ShapeError,
         r"at \[1\]\['c'\]: one has one array, the other nothing"),
    ],
)  # fmt: skip
def test_refusals(call, error, said):
    with pytest.raises(error, match=f"(?s){said}"):
        call()


@pytest.mark.parametrize(
    "derivative",
    [cp.grad, cp.value_and_grad, cp.jacobian, cp.hessian, lambda f: lambda x: cp.vjp(f, x),
     lambda f: lambda x: cp.jvp(f, x, 1.0)],
)  # fmt: skip
@pytest.mark.parametrize("leave", [math.sin, float, lambda x: int(x) * 1.0])
def test_a_number_cannot_leave_the_record_in_silence(derivative, leave):
    with pytest.raises(GradientError, match=r"use cp\.sin\(x\) instead of math\.sin.*x\.detach"):
        derivative(lambda x: x * leave(x * 2.0))(1.0)
    x = cp.tensor(1.0)
    assert leave(x) == leave(1.0)  # outside of derivatives it may, as ever


def test_what_is_not_differentiated_by_may_become_a_number():
    w = cp.tensor(2.0)
    assert cp.grad(lambda x: x * float(w))(3.0).item() == 2.0
    assert cp.grad(lambda x: x * math.exp(x.detach()))(0.0).item() == 1.0
    inner = cp.grad(lambda y: y * y)
    with pytest.raises(GradientError, match="out of the record"):  # of the outer derivative
        cp.grad(lambda x: cp.grad(lambda y: y * math.sin(x))(1.0))(1.0)
    assert float(cp.value_and_grad(lambda x: x * x)(3.0)[0]) == 9.0
    assert float(inner(3.0)) == 6.0


def test_looking_at_a_value_on_the_way_is_no_leaving():
    seen = []
    cp.grad(lambda x: (seen.append((x.item(), repr(x), x.numpy())), x * 2.0)[1])(1.0)
    assert seen[0][0] == 1.0


def test_errors_inside_the_function_come_out_as_they_are():
    def f(x):
        raise KeyError("mine")

    for derivative in (cp.grad(f), cp.jacobian(f), lambda x: cp.jvp(f, x, x)):
        with pytest.raises(KeyError, match="mine"):
            derivative(X)
    assert cp.grad(cp.sin)(0.0).item() == 1.0  # and leave no mode behind
