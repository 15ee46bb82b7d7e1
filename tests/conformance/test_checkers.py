"""Each checker of this suite rejects an operation that is broken in the way it looks for."""

import numpy as np
import pytest

from clearprop.core.cases import case, real
from clearprop.core.op import op
from clearprop.core.reading import Pick
from clearprop.core.shapes import broadcast, same
from tests.conformance import test_gradients, test_oracle, test_strict
from tests.conformance.oracle_jax import ORACLE
from tests.conformance.slopes import check_first_order, check_second_order
from tests.conformance.test_precision import check_single, check_single_in_jax
from tests.conformance.test_readings import (
    check_composition,
    check_elementwise,
    check_explained,
    check_reading,
)
from tests.conformance.test_shapes import KINDS, check_dtype, check_other_shapes, check_shape
from tests.conformance.test_words import check_forward_reading, check_rule_reading, check_words
from tests.conformance.trials import OPS, trials_of

pytestmark = pytest.mark.usefixtures("scratch")


def square(rule=lambda xp, g, y, x: 2 * g * x, *, forward=lambda xp, x: x * x, **changed):
    """Define an operation that all checkers accept, but for what is changed."""

    def squared(xp, x):
        """Each element times itself."""
        return forward(xp, x)

    given = {"words": "{x}²", "latex": "{x}^{2}", "shape": same, "cases": [real(2, 3), real(1)]}
    made = op(**(given | changed))(squared)
    return made.vjp(x=rule)


def check_all(made):
    check_words(made)
    check_explained(made)
    for trial in trials_of(made):
        check_first_order(trial, 0)
        check_second_order(trial)
        check_shape(trial)
        check_other_shapes(trial)
        for kinds in KINDS.values():
            check_dtype(trial, kinds)
        test_strict.check_strict(trial)
        check_forward_reading(trial)
        check_rule_reading(trial, 0)
        check_elementwise(trial)
        check_single(trial)


def test_a_sound_operation_passes():
    check_all(square())


def rejected(check, made, *args):
    def run():
        for trial in trials_of(made):
            check(trial, *args)

    with pytest.raises((AssertionError, AttributeError)):
        run()


def test_a_gradient_off_by_a_millionth():
    rejected(check_first_order, square(lambda xp, g, y, x: 2.000002 * g * x), 0)


def test_a_gradient_that_is_wrong_at_one_place():
    def rule(xp, g, y, x):
        return 2 * g * x * xp.asarray(np.where(np.arange(x.size).reshape(x.shape) == 0, 0.0, 1.0))

    rejected(check_first_order, square(rule), 0)


def test_a_gradient_that_lacks_the_sum_over_repeated_elements():
    def scaled(xp, x1, x2):
        return x1 * x2

    made = op("{x1} {x2}", "", shape=broadcast, cases=[case(real(3), real(1))])(scaled)
    made.vjp(x2=lambda xp, g, y, x1, x2: (g * x1)[:1])
    rejected(check_first_order, made, 1)


def test_a_gradient_that_is_no_number():
    rejected(check_first_order, square(lambda xp, g, y, x: g * float("nan")), 0)


def test_a_second_derivative_that_is_wrong():
    def twice(xp, x):
        return x + x

    op("2 {x}", "2 {x}", shape=same, cases=[])(twice).vjp(x=lambda xp, g, y, x: 3 * g)
    made = square(lambda xp, g, y, x: g * xp.twice(x))
    for trial in trials_of(made):
        check_first_order(trial, 0)
    rejected(check_second_order, made)


@pytest.mark.parametrize("shape", [lambda x: (*x, 1), lambda x: list(x), lambda x: ()])
def test_a_shape_rule_that_is_wrong(shape):
    rejected(check_shape, square(shape=shape))


def test_a_shape_that_nobody_refused():
    def tail(xp, x):
        return x[1:] if x.shape[0] > 2 else x

    rejected(check_other_shapes, op("tail({x})", "", shape=same, cases=[real(2)])(tail))


@pytest.mark.parametrize("dtype", ["bool", "index", lambda x: np.float64])
def test_a_dtype_rule_that_is_wrong(dtype):
    rejected(check_dtype, square(dtype=dtype), KINDS["float32"])


@pytest.mark.parametrize(
    "forward", [lambda xp, x: x.clip(-9, 9) * x, lambda xp, x: np.multiply(x, x)]
)
def test_what_is_beyond_the_standard(forward):
    rejected(test_strict.check_strict, square(forward=forward))


@pytest.mark.parametrize(
    "changed",
    [{"words": "squared"}, {"latex": ""}, {"latex": "x^2"}, {"words": " "}],
    ids=str,
)
def test_words_that_do_not_mention_the_input(changed):
    with pytest.raises(AssertionError):
        check_words(square(**changed))


def test_an_input_with_the_name_of_the_upstream_gradient():
    def named(xp, g):
        """Give it as it is."""
        return g

    with pytest.raises(AssertionError):
        check_words(op("{g}", "{g}", shape=same, cases=[])(named))


@pytest.mark.parametrize("latex", ["{{x}", r"\left({x}", "{x}}{"])
def test_latex_that_is_not_balanced(latex):
    rejected(check_forward_reading, square(latex=latex))


def test_words_left_open():
    rejected(check_forward_reading, square(words="{x} to the {power}"))


def test_a_rule_that_reads_otherwise_than_it_computes():
    rejected(
        check_rule_reading,
        square(lambda xp, g, y, x: g * x * (2 if xp.kind == "numpy" else 3)),
        0,
    )


def test_a_forward_that_reads_otherwise_than_it_computes(monkeypatch):
    made = square()
    monkeypatch.setattr(made, "shape", lambda x: (3, 3, 3))
    rejected(check_shape, made)


def test_an_operation_that_nothing_explains():
    with pytest.raises(AssertionError):
        check_explained(square(elementwise=False))


def test_a_reading_that_is_wrong():
    made = square(elementwise=False)
    made.read(lambda index, x: Pick(0, index))
    rejected(check_reading, made)


def test_a_reading_of_more_than_one_element():
    made = square(forward=lambda xp, x: x, elementwise=False)
    made.read(lambda index, x: Pick(0, (...,)))
    rejected(check_reading, made)


def test_elements_that_are_not_by_themselves():
    rejected(check_elementwise, square(forward=lambda xp, x: x - xp.mean(x)))


@pytest.mark.parametrize(
    "composition",
    [
        lambda xp, x: x * x * 1.000001,
        lambda xp, x: x * (x.detach() if hasattr(x, "detach") else x),
        lambda xp, x: np.asarray(x) ** 2,
    ],
    ids=["another number", "another gradient", "off the record"],
)
def test_a_composition_that_is_wrong(composition):
    made = square()
    made.compose(composition)
    rejected(check_composition, made)


def test_single_precision_that_is_lost():
    rejected(check_single, square(forward=lambda xp, x: x * x * np.float64(1.0)))
    rejected(check_single, square(lambda xp, g, y, x: 2 * g * x * np.float64(1.0)))
    rejected(check_single_in_jax, square(lambda xp, g, y, x: 2 * g * x * np.float64(1.0)))
    in_jax = {"jax": lambda xp, x: xp.astype(x * x, dtype=xp.float64)}
    rejected(check_single_in_jax, square(impl=in_jax))
    rejected(check_single, square(forward=lambda xp, x: (x + 1e6) * (x + 1e6) - 1e12))


def test_the_oracle_sees_a_value_off_by_a_billionth(monkeypatch):
    monkeypatch.setattr(OPS["tanh"], "forward", lambda xp, x: xp.tanh(x) * (1 + 1e-9))
    with pytest.raises(AssertionError):
        test_oracle.check_against_oracle(trials_of(OPS["tanh"]))


def test_the_oracle_sees_a_derivative_off_by_a_billionth(monkeypatch):
    rule = OPS["tanh"].rules["x"]
    monkeypatch.setitem(OPS["tanh"].rules, "x", lambda *args: (1 + 1e-9) * rule(*args))
    with pytest.raises(AssertionError):
        test_oracle.check_against_oracle(trials_of(OPS["tanh"]))


def test_a_broken_rule_that_nobody_notices(monkeypatch):
    made = square(lambda xp, g, y, x: 0.0 * g, forward=lambda xp, x: 0.0 * x + 3.0)
    with pytest.raises(AssertionError, match=r"squared\.x: a factor went unnoticed"):
        test_gradients.test_a_broken_rule_is_caught(made, monkeypatch)


def test_an_operation_unknown_to_the_oracle(monkeypatch):
    monkeypatch.delitem(ORACLE, "tanh")
    with pytest.raises(AssertionError):
        test_oracle.test_the_oracle_knows_every_operation_and_no_other()


@pytest.mark.parametrize(
    ("module", "name", "test"),
    [
        (test_gradients, "FLAT", test_gradients.test_flat_rules_are_flat_and_listed),
        (test_gradients, "NO_RULE", test_gradients.test_a_real_input_without_a_rule_is_listed),
        (
            test_strict,
            "OWN_WAY",
            test_strict.test_what_is_listed_cannot_be_done_in_the_standard_way,
        ),
    ],
    ids=["FLAT", "NO_RULE", "OWN_WAY"],
)
@pytest.mark.parametrize("stale", ["tanh", "tanh.x"])
def test_a_stale_list(module, name, test, stale, monkeypatch):
    monkeypatch.setattr(module, name, getattr(module, name) | {stale})
    with pytest.raises(AssertionError):
        test()
