"""Operations that a user defines: the same class, the same rights, and clear refusals."""

import inspect

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.namespaces import NUMPY
from clearprop.core.op import PRODUCT, REGISTRY
from clearprop.core.symbols import SYMBOLS, rule_in_symbols, symbol
from clearprop.core.tensor import RECORDED
from clearprop.errors import GradientError, OptionError, ShapeError


def same(*shapes, **_):
    return shapes[0]


def cube():
    @cp.op("{x} cubed", "{x}^{3}", shape=same, cases=[])
    def cube(xp, x):
        """Third power of each element."""
        return x * x * x

    return cube.vjp(x=lambda xp, g, y, x: 3 * g * x * x)


def test_it_computes_and_differentiates_to_any_order():
    f = cube()
    assert f(2).item() == 8.0
    assert f(np.float32(2)).dtype == np.float32
    assert cp.grad(cp.grad(cp.grad(f)))(0.7).item() == pytest.approx(6.0)
    assert repr(f) == "<op cube(x)>"
    assert f.__doc__ == "Third power of each element."


def test_it_has_words():
    f = cube()
    assert f.words == "{x} cubed"
    assert rule_in_symbols(f, 0, [0.0], {}).plain() == "3 · g · x · x"
    assert SYMBOLS.cube(symbol("a") + 1).latex() == r"\left(a + 1\right)^{3}"


def test_it_shows_how_it_is_called():
    assert str(inspect.signature(cube())) == "(x, /)"
    assert str(inspect.signature(scaled())) == "(x, w, /, *, factor, shift=0.0)"
    assert list(inspect.signature(cp.concat).parameters) == ["arrays", "axis"]
    with pytest.raises(AttributeError, match="the operation cube has no 'slope'"):
        cube().slope  # noqa: B018
    assert not hasattr(cube(), "shape_")


def test_other_rules_can_use_it_in_every_namespace():
    cube()
    assert NUMPY.cube(2.0) == 8.0
    assert RECORDED.cube(cp.tensor(2.0)).item() == 8.0


def test_it_can_be_defined_anew_in_the_same_module():
    cube()
    old = RECORDED.cube
    assert (old(2.0).item(), NUMPY.cube(2.0)) == (8.0, 8.0)

    @cp.op("{x}", "{x}", shape=same, cases=[])
    def cube_(xp, x):
        return -x

    assert cube_.name == "cube"
    assert REGISTRY["cube"] is cube_
    assert RECORDED.cube is cube_
    assert NUMPY.cube(2.0) == -2.0
    assert old(2.0).item() == 8.0


def test_a_name_that_another_module_has_is_refused():
    def tanh(xp, x):
        return x

    with pytest.raises(OptionError, match=r"'tanh' is defined in clearprop\.ops\.\w+ already"):
        cp.op("", "", shape=same, cases=[])(tanh)
    assert REGISTRY["tanh"] is cp.tanh


def test_a_rule_for_what_is_no_input_is_refused():
    with pytest.raises(OptionError, match=r"cube\.vjp: 'z' is no input; its inputs are \('x',\)"):
        cube().vjp(z=lambda xp, g, y, x: g)


def scaled(**changed):
    def scaled(xp, x, w, *, factor, shift=0.0):
        return x * w * factor + shift

    given = {"shape": same, "cases": [], "level": PRODUCT}
    return cp.op("{factor} {x} {w}", "{factor} {x} {w}", **(given | changed))(scaled)


def test_parameters_by_name_or_after_the_inputs():
    f = scaled()
    assert f(2.0, 3.0, factor=4.0).item() == 24.0
    assert f(2.0, 3.0, 4.0, 1.0).item() == 25.0
    assert f(2.0, 3.0, 4.0, shift=1.0).item() == 25.0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda f: f(2.0), r"scaled\(\) needs 2 array\(s\) \(x, w\); got 1"),
        (lambda f: f(2.0, 3.0), r"scaled\(\) needs 'factor' too, as in factor="),
        (lambda f: f(2.0, 3.0, shift=1.0), "needs 'factor' too"),
        (lambda f: f(2.0, 3.0, 4.0, factor=5.0), "got 'factor' twice"),
        (lambda f: f(2.0, 3.0, facto=5.0), r"takes \(x, w, factor, shift\); .* \['facto'\]"),
        (lambda f: f(2.0, 3.0, 4.0, 5.0, 6.0), r"takes \(x, w, factor, shift\); got 5"),
        (lambda f: f(x=2.0, w=3.0, factor=1.0), r"needs 2 array\(s\)"),
        (lambda f: cp.reshape(np.ones(3)), r"reshape\(\) needs 'shape' too"),
        (lambda f: cp.concat(), r"concat\(\) needs 1"),
    ],
)
def test_calls_that_do_not_fit(call, said):
    with pytest.raises(TypeError, match=said):
        call(scaled())


def test_a_missing_rule_names_the_operation_and_the_input():
    f = scaled().vjp(x=lambda xp, g, y, x, w, factor, shift=0.0: g * w * factor)
    x, w = cp.tensor(2.0), cp.tensor(3.0)
    assert cp.grad(lambda t: f(t, w.detach(), factor=2.0))(x).item() == 6.0
    with pytest.raises(GradientError, match=r"scaled has no derivative with respect to 'w'"):
        f(x, w, factor=2.0).backward()
    with pytest.raises(GradientError, match=r"scaled\.vjp\(w=lambda xp, g, y, \.\.\.: \.\.\.\)"):
        cp.grad(lambda t: f(x, t, factor=2.0))(w)
    f.vjp(w=lambda xp, g, y, x, w, factor, shift=0.0: g * x * factor)
    assert cp.grad(lambda t: f(x, t, factor=2.0))(w).item() == 4.0


def broken(rule, shape=same):
    def broken(xp, x):
        return xp.asarray(x) * 1.0

    made = cp.op("{x}", "{x}", shape=shape, cases=[])(broken)
    return made.vjp(x=rule)


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        (lambda xp, g, y, x: g[0:1, 0:2], ShapeError),
        (lambda xp, g, y, x: xp.matrix_transpose(g), ShapeError),
        (lambda xp, g, y, x: xp.hypotenuse(g, x), AttributeError),
        (lambda xp, g, y, x: None, AttributeError),
        (lambda xp, g, y: g, TypeError),
        (lambda xp, g, y, x: {}["missing"], KeyError),
    ],
)
def test_a_rule_that_fails_says_whose_it_is(rule, error):
    x = cp.tensor(np.ones((2, 3)))
    y = broken(rule)(x)
    with pytest.raises(error) as found:
        y.backward(np.ones((2, 3)))
    assert found.value.__notes__ == ["in the rule of broken for x"]


def test_a_gradient_that_is_smaller_is_repeated():
    f = broken(lambda xp, g, y, x: xp.sum(g, axis=0))
    x = cp.tensor(np.ones((2, 3)))
    f(x).backward(np.ones((2, 3)))
    assert x.grad.tolist() == [[2.0] * 3] * 2
    x = cp.tensor(np.ones((1, 2, 3)))
    f(x).backward(np.ones((1, 2, 3)))
    assert x.grad.shape == (1, 2, 3)


@pytest.mark.parametrize("name", ["hypot_of_mine", "sort"])
def test_a_rule_on_the_record_uses_operations_only(name):
    """The numbers of a first derivative come from any function; a second one needs operations."""
    f = broken(lambda xp, g, y, x: g * getattr(xp, name)(x))
    x = cp.tensor([2.0])
    if name == "sort":
        f(x).backward([1.0])
        assert x.grad.tolist() == [2.0]
    with pytest.raises(AttributeError, match=name):
        cp.grad(lambda t: cp.sum(cp.grad(lambda s: cp.sum(f(s)))(t)))(x)


@pytest.mark.parametrize("make", [lambda xp, x: xp.asarray(x), lambda xp, x: xp.full((1,), x[0])])
def test_a_rule_cannot_lose_the_record_on_the_way(make):
    f = broken(lambda xp, g, y, x: g * make(xp, x))
    x = cp.tensor([2.0])
    assert cp.grad(lambda t: cp.sum(f(t)))(x).tolist() == [2.0]
    with pytest.raises(GradientError, match="would make a constant"):
        cp.grad(lambda t: cp.sum(cp.grad(lambda s: cp.sum(f(s)))(t)))(x)


def test_an_error_in_the_shape_rule_does_not_hide_the_real_one():
    def fails(xp, x):
        raise ValueError("the real one")

    f = cp.op("{x}", "{x}", shape=lambda x: x[0] / 0, cases=[])(fails)
    for shape in ((), (2,)):
        with pytest.raises(ValueError, match="the real one") as found:
            f(np.ones(shape))
        assert found.value.__notes__ == [f"in fails of shapes [{shape}]"]


def test_what_the_shape_rule_refuses_is_the_error():
    def refuse(x):
        raise ShapeError("two axes, please")

    def fails(xp, x):
        raise ValueError("the library's own words")

    f = cp.op("{x}", "{x}", shape=refuse, cases=[])(fails)
    with pytest.raises(ShapeError, match="two axes, please"):
        f(np.ones(2))


def test_a_strict_operation_asks_its_shape_rule_first():
    def refuse(x):
        if len(x) != 2:
            raise ShapeError("two axes, please")
        return x

    called = []

    def strict(xp, x):
        called.append(x)
        return x

    f = cp.op("{x}", "{x}", shape=refuse, cases=[], strict=True)(strict)
    with pytest.raises(ShapeError, match="two axes"):
        f(np.ones(2))
    assert called == []
    assert f(np.ones((2, 2))).shape == (2, 2)


def test_an_operation_on_a_sequence():
    def gather(xp, *parts, weight=1.0):
        return weight * (parts[0] + parts[-1])

    f = cp.op("{parts}", "{parts}", shape=same, cases=[])(gather)
    f.vjp(parts=lambda xp, g, y, i, *parts, weight=1.0: weight * g * (i in (0, len(parts) - 1)))
    x = [cp.tensor(float(n)) for n in range(3)]
    assert f(x, 2.0).item() == 4.0
    f(x, weight=2.0).backward()
    assert [t.grad.item() for t in x] == [2.0, 0.0, 2.0]
    g = cp.grad(lambda p: f(p, weight=3.0))([1.0, 2.0])
    assert [t.item() for t in g] == [3.0, 3.0]


def test_an_override_for_one_library():
    def own_way(xp, x):
        return x + 1

    f = cp.op(
        "{x}", "{x}", shape=same, cases=[], impl={"numpy": lambda xp, x: x + 100}
    )(own_way)  # fmt: skip
    assert f(1.0).item() == 101.0
    assert NUMPY.own_way(1.0) == 101.0
