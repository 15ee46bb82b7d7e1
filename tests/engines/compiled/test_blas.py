"""The library behind NumPy's products: found, held to the truth, called, kept to one thread."""

import ctypes
from types import SimpleNamespace

import numpy as np
import pytest

from clearprop.engines.compiled.machine import native
from clearprop.engines.compiled.machine.blas import Blas, _multiplies, blas, found_in

library = blas()


def wrapped(**names):
    """Give something that has these functions and no others."""
    return SimpleNamespace(**names)


def test_numpy_has_one_here():
    assert library is not None
    assert library.integers in (32, 64)
    assert library.sgemm != library.dgemm


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("ta", [False, True])
@pytest.mark.parametrize("tb", [False, True])
def test_products(dtype, ta, tb):
    rng = np.random.default_rng(0)
    a = rng.normal(size=(7, 5) if ta else (5, 7)).astype(dtype)
    b = rng.normal(size=(3, 7) if tb else (7, 3)).astype(dtype)
    expected = (a.T if ta else a) @ (b.T if tb else b)
    np.testing.assert_allclose(library.product(a, b, ta=ta, tb=tb), expected, rtol=1e-5)


@pytest.mark.parametrize("spoilt", ["sgemm", "dgemm"])
def test_a_library_that_multiplies_wrong_is_not_used(spoilt):
    whole = ctypes.c_int64 if library.integers == 64 else ctypes.c_int32
    number, place = (ctypes.c_float if spoilt == "sgemm" else ctypes.c_double), ctypes.c_void_p
    kinds = [ctypes.c_int] * 3 + [whole] * 3
    kinds += [number, place, whole, place, whole, number, place, whole]
    nothing = ctypes.CFUNCTYPE(None, *kinds)(lambda *_: None)
    suffix = "64_" if library.integers == 64 else ""
    sound = {
        f"cblas_{name}{suffix}": library._products[np.dtype(dtype)]
        for name, dtype in (("sgemm", "float32"), ("dgemm", "float64"))
    }
    assert found_in([wrapped(**sound)]).integers == library.integers
    assert found_in([wrapped(**{**sound, f"cblas_{spoilt}{suffix}": nothing})]) is None


def test_nothing_is_found_where_there_is_nothing():
    assert found_in([]) is None
    assert found_in([wrapped(), wrapped(cblas_sgemm=library._products[np.dtype("f4")])]) is None


def test_one_thread_and_then_as_before():
    counts = SimpleNamespace(now=3, told=[])

    def tell(count):
        counts.now = count
        counts.told.append(count)

    made = Blas.__new__(Blas)
    made.__init__(library._library, *_names_of(library))
    made._count = (lambda: counts.now, tell)
    assert made.threads == 3
    with made.on_one_thread():
        assert made.threads == 1
        with made.on_one_thread():
            assert made.threads == 1
        assert made.threads == 1
    assert made.threads == 3
    with pytest.raises(KeyError), made.on_one_thread():
        raise KeyError
    assert counts.told == [1, 3, 1, 3]


def _names_of(found):
    for names, integers in (("scipy_cblas_{}64_", 64), ("cblas_{}64_", 64), ("cblas_{}", 32)):
        if hasattr(found._library, names.format("sgemm")):
            return names, integers
    raise AssertionError


def test_one_whose_threads_cannot_be_told_is_left_alone():
    made = Blas(library._library, *_names_of(library))
    made._count = None
    with made.on_one_thread():
        assert made.threads is None


def test_the_real_one_comes_back_to_its_threads():
    before = library.threads
    with library.on_one_thread():
        assert library.threads in (1, None)
    assert library.threads == before


def test_native_code_gets_its_address():
    assert native.address_of("clearprop_sgemm") == library.sgemm
    assert native.address_of("clearprop_dgemm") == library.dgemm


@pytest.mark.parametrize("which", [(True, False), (False, True), (True, True)])
def test_the_trial_sees_one_wrong_product(monkeypatch, which):
    product = Blas.product

    def wrong(self, a, b, *, ta, tb):
        return product(self, a, b, ta=ta, tb=tb) + ((ta, tb) == which)

    assert _multiplies(library)
    monkeypatch.setattr(Blas, "product", wrong)
    assert not _multiplies(library)
