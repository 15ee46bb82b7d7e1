"""The matrix products of the library that NumPy itself calls, for native code to call."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import itertools
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, final

import numpy as np

__all__ = ["Blas", "blas", "found_in"]

# How the libraries name ``cblas_sgemm``, the surest first, and the size of their integers.
_NAMES = (
    ("scipy_cblas_{}64_", 64),
    ("scipy_cblas_{}", 32),
    ("cblas_{}64_", 64),
    ("cblas_{}_64", 64),
    ("cblas_{}$NEWLAPACK$ILP64", 64),
    ("cblas_{}$NEWLAPACK", 32),
    ("cblas_{}", 32),
)
# How they are asked for, and told, the number of their threads.
_COUNTS = (
    ("scipy_openblas_get_num_threads64_", "scipy_openblas_set_num_threads64_"),
    ("scipy_openblas_get_num_threads", "scipy_openblas_set_num_threads"),
    ("openblas_get_num_threads64_", "openblas_set_num_threads64_"),
    ("openblas_get_num_threads", "openblas_set_num_threads"),
    ("MKL_Get_Max_Threads", "MKL_Set_Num_Threads"),
    ("bli_thread_get_num_threads", "bli_thread_set_num_threads"),
)
_ROWS, _PLAIN, _TURNED = 101, 111, 112


@final
class Blas:
    """
    A library's matrix products.

    Parameters
    ----------
    library : ctypes.CDLL
    names : str
        How it names its functions, such as ``cblas_{}``.
    integers : int
        The size of its integers in bits: 64 or 32.

    Attributes
    ----------
    sgemm, dgemm : int
        Where its products of float32 and float64 begin; they are called as ``cblas_sgemm`` is.
    """

    def __init__(self, library: Any, names: str, integers: int) -> None:
        self._library = library
        self.integers = integers
        self._products = {
            np.dtype(np.float32): getattr(library, names.format("sgemm")),
            np.dtype(np.float64): getattr(library, names.format("dgemm")),
        }
        self.sgemm, self.dgemm = (
            ctypes.cast(product, ctypes.c_void_p).value or 0 for product in self._products.values()
        )
        self._count = _counting(library)
        self._lock = threading.Lock()
        self._alone = 0
        self._before = 0

    def product(self, a: np.ndarray, b: np.ndarray, *, ta: bool, tb: bool) -> np.ndarray:
        """
        Multiply two matrices, called from Python: to see whether the library is to be trusted.

        Parameters
        ----------
        a : ndarray, shape (M, K), or (K, M) with `ta`
        b : ndarray, shape (K, N), or (N, K) with `tb`
        ta, tb : bool
            Whether they are transposed first.

        Returns
        -------
        ndarray, shape (M, N)
        """
        (M, K), N = a.shape[:: -1 if ta else 1], b.shape[0 if tb else 1]
        out = np.full((M, N), np.nan, a.dtype)
        whole = ctypes.c_int64 if self.integers == 64 else ctypes.c_int32
        number = ctypes.c_float if a.dtype == np.float32 else ctypes.c_double
        call = self._products[a.dtype]
        call.restype = None
        call.argtypes = [ctypes.c_int] * 3 + [whole] * 3 + [
            number, ctypes.c_void_p, whole, ctypes.c_void_p, whole, number, ctypes.c_void_p, whole,
        ]  # fmt: skip
        call(
            _ROWS, _TURNED if ta else _PLAIN, _TURNED if tb else _PLAIN, M, N, K,
            1.0, a.ctypes.data, a.shape[1], b.ctypes.data, b.shape[1], 0.0, out.ctypes.data, N,
        )  # fmt: skip
        return out

    @contextlib.contextmanager
    def on_one_thread(self) -> Iterator[None]:
        """
        Keep the library to the thread that calls it, while we divide the work ourselves.

        The library has one number for the whole process: its other callers are kept to one thread
        meanwhile, too.
        """
        if self._count is None:
            yield
            return
        ask, tell = self._count
        with self._lock:
            self._alone += 1
            if self._alone == 1:
                self._before = int(ask())
                if self._before != 1:
                    tell(1)
        try:
            yield
        finally:
            with self._lock:
                self._alone -= 1
                if not self._alone and self._before != 1:
                    tell(self._before)

    @property
    def threads(self) -> int | None:
        """How many threads the library uses; None if it does not tell."""
        return None if self._count is None else int(self._count[0]())


@functools.cache
def blas() -> Blas | None:
    """
    Give the library that NumPy multiplies matrices with, if it can be called and multiplies right.

    Returns
    -------
    Blas or None

    Examples
    --------
    >>> found = blas()
    >>> found is None or found.integers in (32, 64)
    True
    """
    return found_in(_libraries())


def found_in(libraries: Iterable[Any]) -> Blas | None:
    """
    Give the first library that has products under one of the known names and multiplies right.

    Parameters
    ----------
    libraries : iterable of ctypes.CDLL

    Returns
    -------
    Blas or None
    """
    for library in libraries:
        for names, integers in _NAMES:
            if hasattr(library, names.format("sgemm")) and hasattr(library, names.format("dgemm")):
                found = Blas(library, names, integers)
                if _multiplies(found):
                    return found
    return None


def _libraries() -> Iterator[Any]:
    """Give what NumPy is linked to: its own module, through which its libraries are seen, first."""
    for name in ("numpy._core._multiarray_umath", "numpy.core._multiarray_umath"):
        if name in sys.modules:
            paths = [Path(sys.modules[name].__file__ or "")]
            break
    else:
        paths = []
    home = Path(np.__file__).parent
    for folder in (home.parent / "numpy.libs", home / ".libs", home / ".dylibs"):
        paths += sorted(folder.glob("*blas*"))
    for path in paths:
        with contextlib.suppress(OSError):
            yield ctypes.CDLL(str(path))


def _counting(library: Any) -> tuple[Any, Any] | None:
    """Give the functions that ask for, and tell, a library's number of threads."""
    for ask, tell in _COUNTS:
        if hasattr(library, ask) and hasattr(library, tell):
            functions = getattr(library, ask), getattr(library, tell)
            functions[0].restype, functions[0].argtypes = ctypes.c_int, []
            functions[1].restype, functions[1].argtypes = None, [ctypes.c_int]
            return functions
    return None


def _multiplies(found: Blas) -> bool:
    """Tell whether small products of whole numbers come out exactly."""
    for dtype, ta, tb in itertools.product((np.float32, np.float64), (False, True), (False, True)):
        a = np.arange(15, dtype=dtype).reshape((5, 3) if ta else (3, 5)) - 7
        b = np.arange(20, dtype=dtype).reshape((4, 5) if tb else (5, 4)) % 7 - 3
        right = np.einsum("ik,kj->ij", a.T if ta else a, b.T if tb else b)
        if not np.array_equal(found.product(a, b, ta=ta, tb=tb), right):
            return False
    return True
