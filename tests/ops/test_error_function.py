"""erf and erfc against values of fifty digits, and SciPy's over the whole line."""

import numpy as np
import pytest
import scipy.special

import clearprop as cp

# x, erf(x), erfc(x), erfc(-x)
VALUES = [
    (1e-300, 1.1283791670955126e-300, 1.0, 1.0),
    (1e-08, 1.1283791670955126e-08, 0.9999999887162083, 1.0000000112837917),
    (0.1, 0.1124629160182849, 0.887537083981715, 1.1124629160182848),
    (0.46875, 0.49261347321793797, 0.507386526782062, 1.492613473217938),
    (0.4999999, 0.5204997899347843, 0.47950021006521576, 1.5204997899347843),
    (0.5, 0.5204998778130465, 0.4795001221869535, 1.5204998778130465),
    (0.84375, 0.7672256612323416, 0.23277433876765838, 1.7672256612323416),
    (1.25, 0.9229001282564583, 0.07709987174354177, 1.9229001282564582),
    (2.0, 0.9953222650189527, 0.004677734981047266, 1.9953222650189528),
    (2.857142, 0.9999466874130313, 5.3312586968678585e-05, 1.9999466874130314),
    (3.5, 0.9999992569016276, 7.430983723414128e-07, 1.9999992569016276),
    (5.0, 0.9999999999984626, 1.537459794428035e-12, 1.9999999999984626),
    (10.0, 1.0, 2.088487583762545e-45, 2.0),
    (20.0, 1.0, 5.395865611607901e-176, 2.0),
    (26.5, 1.0, 2.2109076642637343e-307, 2.0),
]


def check_units(got, expected, units):
    """Hold to some units in the last place of the expected number's own kind."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.dtype == expected.dtype
    assert (np.abs(got - expected) <= units * np.spacing(np.abs(expected))).all()


def test_to_the_last_digits():
    x, erf, erfc, other = (np.array(column) for column in zip(*VALUES, strict=True))
    check_units(cp.erf(x), erf, 4)
    check_units(cp.erf(-x), -erf, 4)
    check_units(cp.erfc(x), erfc, 4)
    check_units(cp.erfc(-x), other, 4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_against_scipy(dtype):
    x = np.linspace(-6, 6, 30011).astype(dtype)  # longer than a block
    wide = x.astype(np.float64)
    check_units(cp.erf(x), scipy.special.erf(wide).astype(dtype), 6)
    left = x < 2  # further right SciPy's own erfc loses digits
    check_units(cp.erfc(x[left]), scipy.special.erfc(wide[left]).astype(dtype), 16)


def test_a_difference_that_lost_its_digits_is_rejected():
    x, _, erfc, _ = (np.array(column) for column in zip(*VALUES, strict=True))
    with pytest.raises(AssertionError):
        check_units(1 - np.asarray(cp.erf(x)), erfc, 4)


def test_pieces_are_put_together_as_they_were():
    x = np.random.default_rng(0).standard_normal((7, 3, 1000)).transpose(2, 0, 1)
    for f in (cp.erf, cp.erfc):
        y = f(x).numpy()
        assert y.shape == (1000, 7, 3)
        np.testing.assert_array_equal(y[123], f(x[123]).numpy())


def test_zero_and_the_sign_of_zero():
    assert cp.erf(0.0).item() == 0.0
    assert cp.erfc(0.0).item() == 1.0
    assert cp.erf(np.zeros((0, 3))).shape == (0, 3)
