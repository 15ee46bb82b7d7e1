"""`cp.gradcheck`: sound gradients pass, and each kind of fault is found and told apart."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.op import REGISTRY
from clearprop.doctor.gradcheck import FEW_NUMBERS, LOOKED_INTO
from clearprop.errors import ClearpropError, GradcheckError, GradientError, OptionError
from clearprop.lang.check import faults
from clearprop.lang.words_gradcheck import WORDS

X = np.array([[0.5, -1.2], [2.0, 0.3]])


@pytest.fixture(autouse=True)
def registry_of_its_own():
    before = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(before)


def square(rule, forward=lambda xp, x: x * x):
    """Define an operation with a rule of one's own."""

    def squared(xp, x):
        return forward(xp, x)

    return cp.op("{x}²", "{x}^2", shape=lambda x: x, cases=[])(squared).vjp(x=rule)


def check(f, *inputs, **options):
    return cp.gradcheck(f, *inputs, raise_exception=False, **options)


def causes(report):
    return {entry.cause.name for entry in report.failures if entry.cause is not None}


# What is sound.


@pytest.mark.parametrize(
    ("f", "inputs"),
    [
        (lambda x: cp.sum(x**3), [X]),
        (lambda x: x * x, [2]),
        (lambda x: cp.sin(x), [X]),
        (lambda w, x: cp.tanh(x @ w), [X, X + 1]),
        (lambda p: cp.sum(p["w"] @ p["x"]) * p["s"], [{"w": X, "x": X[0], "s": 2.0}]),
        (lambda p: {"a": p[0] * 2, "b": [cp.sum(p[1])]}, [(X, X[0])]),
        (lambda x: cp.grad(lambda t: cp.sum(t**4))(x), [X]),
        (lambda x, y: cp.sum(x), [X, X]),
        (lambda x: cp.tensor([3.0]), [X]),
        (lambda x: cp.relu(x), [X]),
        (lambda *parts: parts[0] * parts[1], [2.0, 3.0]),
    ],
)
def test_sound_gradients(f, inputs):
    report = cp.gradcheck(f, *inputs)
    assert report.ok
    assert report
    assert report.entries
    assert report.failures == ()
    assert "The gradients agree" in str(report)
    assert all(entry.absolute < 1e-5 for entry in report.entries)


def test_entries_are_named_as_in_the_function():
    report = cp.gradcheck(lambda w, p: cp.sum(w) * p["b"], X, {"b": 2.0})
    assert [entry.place() for entry in report.entries] == [
        "w[0, 0]", "w[0, 1]", "w[1, 0]", "w[1, 1]", "p['b']"
    ]  # fmt: skip
    assert report.entries[0].analytic == 2.0
    assert report.entries[0].numeric == pytest.approx(2.0)
    report = cp.gradcheck(lambda *parts: {"y": parts[0] * X[0]}, 2.0)
    assert [entry.place() for entry in report.entries] == [
        "inputs[0] for output ['y'][0]", "inputs[0] for output ['y'][1]"
    ]  # fmt: skip


def test_nothing_to_check():
    report = cp.gradcheck(lambda x: cp.sum(x * x), np.ones((0, 3)))
    assert report.ok
    assert "nothing to check" in str(report)


def test_tensors_are_inputs_and_keep_no_gradient():
    x = cp.tensor(X)
    assert cp.gradcheck(lambda x: cp.sum(x * x), x).ok
    assert x.grad is None


def test_inputs_are_not_changed():
    x = X.copy()
    cp.gradcheck(lambda t: cp.sum(t * t), x)
    np.testing.assert_array_equal(x, X)


# What is broken, and what it looks like.

WRONG_RULES = {
    "the sign": lambda xp, g, y, x: -2 * g * x,
    "a factor": lambda xp, g, y, x: 2.1 * g * x,
    "a term is missing": lambda xp, g, y, x: g * x,
    "transposed": lambda xp, g, y, x: 2 * g * xp.matrix_transpose(x),
    "nothing": lambda xp, g, y, x: 0.0 * g,
    "one place": lambda xp, g, y, x: 2 * g * x * np.array([[1.0, 1.0], [1.0, 0.0]]),
    "the upstream gradient is forgotten": lambda xp, g, y, x: 2 * x + 0 * g,
}


@pytest.mark.parametrize("fault", WRONG_RULES)
@pytest.mark.parametrize("scalar", [True, False], ids=["one number", "an array"])
def test_wrong_rules(fault, scalar):
    f = square(WRONG_RULES[fault])
    report = check(lambda x: cp.sum(3 * f(x)) if scalar else 3 * f(x), X)
    assert not report.ok
    assert not report
    assert causes(report) == {"rule"}
    assert "It looks like a wrong rule: with steps from" in str(report)


def test_one_wrong_place_is_named():
    f = square(WRONG_RULES["one place"])
    report = check(lambda weights: cp.sum(f(weights)), X)
    (failure,) = report.failures
    assert (failure.input, failure.index, failure.output) == ("weights", (1, 1), "")
    assert failure.analytic == 0.0
    assert failure.numeric == pytest.approx(0.6)
    assert failure.absolute == pytest.approx(0.6)
    assert failure.relative == pytest.approx(1.0)
    said = str(report)
    assert "1 of 4 entries checked" in said
    assert "weights[1, 1]: backpropagation gives 0, measuring gives 0.6" in said


def test_the_wrong_output_is_named():
    f = square(WRONG_RULES["one place"])
    (failure,) = check(lambda x: f(x), X).failures
    assert failure.place() == "x[1, 1] for output [1, 1]"
    assert failure.place("ko") == "출력 [1, 1]에 대한 x[1, 1]"


@pytest.mark.parametrize("x", [0.0, 1e-7, -3e-7])
@pytest.mark.parametrize("f", [cp.relu, cp.leaky_relu], ids=["relu", "leaky_relu"])
def test_kinks(f, x):
    report = check(lambda x: f(x), np.array([x, 1.0]))
    (failure,) = report.failures
    assert failure.index == (0,)
    assert causes(report) == {"kink"}
    assert "It looks like a kink: to the left the slope is" in str(report)


def test_a_kink_between_large_and_small_numbers():
    report = check(lambda x: cp.sum(cp.abs(x - 1000.0)) + cp.sum(x), np.array([1000.0 + 3e-7]))
    assert causes(report) == {"kink"}


def test_a_wrong_rule_beside_a_kink_is_still_one():
    f = square(lambda xp, g, y, x: g * (x > 0), lambda xp, x: abs(x))
    report = check(lambda x: cp.sum(f(x)), np.array([-1.0, 1.0]))
    assert [e.index for e in report.failures] == [(0,)]
    assert causes(report) == {"rule"}


def test_jumps():
    report = check(lambda x: cp.floor(x), np.array([1.0, 1.5]))
    assert causes(report) == {"jump"}
    assert "a jump: the result goes from 0 to 1" in str(report)


def test_rounding_by_a_tiny_step():
    report = check(lambda x: cp.sum(cp.exp(x)), X, eps=1e-13)
    assert causes(report) == {"rounding"}
    assert "instead of 1e−13, measuring gives" in str(report)
    assert "float64" not in str(report)


def test_rounding_in_single_precision():
    report = check(lambda w: cp.sum(cp.exp(w)), X.astype("f4"))
    assert causes(report) == {"rounding"}
    assert "w has dtype float32; in float64, rounding would be far smaller" in str(report)


def test_a_wrong_rule_in_single_precision():
    f = square(WRONG_RULES["the sign"])
    assert "rule" in causes(check(lambda x: cp.sum(f(x)), X.astype("f4")))


def test_single_precision_passes_with_a_step_that_fits():
    assert cp.gradcheck(lambda x: cp.sum(cp.exp(x)), X.astype("f4"), eps=1e-2, rtol=1e-2).ok


@pytest.mark.parametrize("f", [lambda x: cp.exp(3 * x), lambda x: cp.sin(10 * x)])
def test_a_step_that_is_too_large(f):
    report = check(lambda x: cp.sum(f(x)), X, eps=0.1)
    assert causes(report) == {"step"}
    assert "The step of 0.1 is too large here" in str(report)


def test_a_function_that_is_not_deterministic():
    rng = np.random.default_rng(0)
    report = check(lambda x: cp.sum(x * rng.random(2)), X)
    assert not report.ok
    assert report.entries == ()
    assert "not deterministic: called twice at the same point" in str(report)


def test_a_function_of_changing_shape_is_not_deterministic():
    sizes = iter(range(1, 9))
    assert "not deterministic" in str(check(lambda x: cp.sum(x) * np.ones(next(sizes)), X))


def test_results_that_are_not_finite():
    for value, shown in ((np.nan, "nan"), (np.inf, "inf"), (-np.inf, "−inf")):
        report = check(lambda x, value=value: cp.sum(x) * value, X)
        assert not report.ok
        assert f"gives {shown} at the point itself" in str(report)


def test_gradients_that_are_not_finite():
    report = check(lambda x: cp.sum(cp.sqrt(cp.abs(x))), np.array([0.0, 2.0]))
    assert not report.ok
    assert causes(report) == {"infinite"}
    assert report.failures[0].index == (0,)


def test_a_slope_that_cannot_be_measured():
    report = check(lambda x: cp.sum(cp.log(x)), np.array([1e-9]))
    assert causes(report) == {"infinite"}


@pytest.mark.parametrize(
    "f",
    [
        lambda x: cp.sum(cp.tensor(x.numpy() ** 2)),
        lambda x: cp.sum(x.detach() * 2),
        lambda x: float(cp.sum(x)) * cp.tensor(2.0),
        lambda x: x.numpy() * 3.0,
    ],
)
def test_a_result_off_the_record(f):
    report = check(f, X)
    assert causes(report) == {"record"}
    assert "has no record of x" in str(report)


def test_something_wild_is_unclear():
    report = check(lambda x: cp.sin(1e9 * x), 0.3)
    assert causes(report) == {"unclear"}
    assert "the cause is not clear" in str(report)


# Size, and what is left out.


def test_large_inputs_are_sampled_and_checked_as_a_whole():
    w = np.linspace(-1, 1, 2000).reshape(2, 1000)
    report = cp.gradcheck(lambda w: cp.sum(w**2), w, most=50, seed=3)
    assert len(report.entries) == 51
    assert len({entry.index for entry in report.entries}) == 51
    assert report.entries[-1].index is None
    assert report.entries[-1].place() == "w along a random direction"
    assert "w has 2000 entries: 50 of them were drawn with seed 3" in str(report)
    again = cp.gradcheck(lambda w: cp.sum(w**2), w, most=50, seed=3)
    other = cp.gradcheck(lambda w: cp.sum(w**2), w, most=50, seed=4)
    assert [e.index for e in again.entries] == [e.index for e in report.entries]
    assert [e.index for e in other.entries] != [e.index for e in report.entries]


def test_what_no_sample_saw_is_caught_by_the_whole():
    mask = np.ones(5000)
    mask[17] = 0.0
    f = square(lambda xp, g, y, x: 2 * g * x * mask)
    report = check(lambda x: cp.sum(f(x)), np.full(5000, 30.0), most=3)
    assert [entry.index for entry in report.failures] == [None]
    assert causes(report) == {"rule"}


def test_many_results_are_summed_with_weights():
    size = FEW_NUMBERS + 1
    report = cp.gradcheck(lambda x: x**2, np.ones(size))
    assert len(report.entries) == 2 * size
    assert f"gives {size} numbers: two sums of them with random weights (seed 0)" in str(report)
    f = square(WRONG_RULES["a factor"])
    assert causes(check(lambda x: f(x), np.ones(size))) == {"rule"}


def test_only_the_worst_are_looked_into_and_written_out():
    f = square(lambda xp, g, y, x: 0.0 * g)
    report = check(lambda x: cp.sum(f(x)), np.arange(1.0, 41.0))
    assert len(report.failures) == 40
    assert [entry.index for entry in report.failures[:2]] == [(39,), (38,)]
    assert sum(entry.cause is not None for entry in report.entries) == LOOKED_INTO
    assert str(report).endswith("and 35 more")
    assert report.to_text(most=40).count("backpropagation gives") == 40
    assert [entry.index for entry in report.worst(1)] == [(39,)]


def test_whole_numbers_are_held_fixed():
    report = cp.gradcheck(lambda x, n: cp.sum(x[n]), X, np.array([0, 1, 1]))
    assert {entry.input for entry in report.entries} == {"x"}
    assert "n has dtype int64, which has no gradients; it was held fixed" in str(report)


def test_tolerances():
    f = square(lambda xp, g, y, x: 2.02 * g * x)
    assert not check(lambda x: f(x), 1.0).ok
    assert check(lambda x: f(x), 1.0, rtol=0.02).ok
    assert check(lambda x: f(x), 1.0, rtol=0.0, atol=0.03).ok
    assert not check(lambda x: f(x), 1.0, rtol=0.0, atol=0.01).ok


# Errors.


def test_the_error_is_the_report():
    f = square(WRONG_RULES["the sign"])
    with pytest.raises(GradcheckError, match="wrong rule") as found:
        cp.gradcheck(lambda x: cp.sum(f(x)), X)
    assert isinstance(found.value, ClearpropError)
    assert isinstance(found.value, AssertionError)
    assert len(found.value.report.failures) == 4
    assert str(found.value) == str(found.value.report)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: cp.gradcheck(cp.sum, np.arange(3)), GradientError, "got x int64"),
        (lambda: cp.gradcheck(lambda: 1.0), GradientError, "got no array"),
        (lambda: cp.gradcheck(lambda x: None, X), GradientError, "Does it lack a return"),
        (lambda: cp.gradcheck(lambda x: x > 0, X), GradientError, "dtype bool"),
        (lambda: cp.gradcheck(cp.sum, "one"), ClearpropError, "takes arrays and numbers; got str"),
        (lambda: cp.gradcheck(cp.sum, X, eps=0), OptionError, "must be positive.* eps=0"),
        (lambda: cp.gradcheck(cp.sum, X, rtol=-1.0), OptionError, "rtol=-1.0"),
        (lambda: cp.gradcheck(cp.sum, X, atol=np.nan), OptionError, "atol=nan"),
        (lambda: cp.gradcheck(cp.sum, X, most=0), OptionError, "most=0"),
    ],
)
def test_refusals(call, error, said):
    with pytest.raises(error, match=said):
        call()


def test_errors_of_the_function_come_out_as_they_are():
    def f(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        cp.gradcheck(f, X)


def test_a_missing_rule_is_named():
    def unruled(xp, x):
        return x

    f = cp.op("{x}", "{x}", shape=lambda x: x, cases=[])(unruled)
    with pytest.raises(GradientError, match="unruled has no derivative with respect to 'x'"):
        cp.gradcheck(lambda x: cp.sum(f(x)), X)


# Words.


def test_it_is_said_in_korean_too(monkeypatch):
    f = square(WRONG_RULES["the sign"])
    report = check(lambda x: cp.sum(f(x)), X)
    text = report.to_text("ko")
    assert "기울기가 맞지 않습니다. 확인한 성분 4개 가운데 4개가 어긋납니다." in text
    assert "미분 규칙이 틀린 것으로 보입니다." in text
    monkeypatch.setenv("CLEARPROP_LANG", "ko")
    assert str(report) == text
    assert "기울기가 맞습니다." in str(check(lambda x: cp.sum(x), X))


def test_the_words_are_whole():
    assert list(faults(WORDS)) == []
