"""Modes: recording or not, with which arrays, and each thread for itself."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.namespaces import MODE, NUMPY, ArrayNamespace, computing_with, recording
from clearprop.core.tensor import leaf

X = np.array([0.3, -1.2])


def test_no_grad_records_nothing():
    x = cp.tensor(X)
    with cp.no_grad():
        y = x * x
    assert not y.requires_grad
    assert y.node.op is None
    assert y.node.inputs == ()
    assert (x * x).requires_grad


def test_recording_within_no_grad():
    x = cp.tensor(X)
    with cp.no_grad(), recording():
        assert (x * x).requires_grad


def test_modes_end_where_they_should_even_after_errors():
    before = MODE.get()

    def fail():
        with cp.no_grad(), recording(), cp.no_grad():
            assert not MODE.get().record
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert MODE.get() is before


def test_no_grad_as_a_decorator_keeps_what_else_is_set_when_called():
    other = ArrayNamespace(np, "other")

    @cp.no_grad()
    def kind(x):
        return MODE.get().xp.kind, (x * x).requires_grad

    x = cp.tensor(X)
    assert kind(x) == ("numpy", False)
    with computing_with(other):
        assert kind(x) == ("other", False)
    assert kind(x) == ("numpy", False)


def test_derivatives_are_taken_under_no_grad_and_have_no_history_there():
    x = cp.tensor(X)
    with cp.no_grad():
        value, g = cp.value_and_grad(lambda t: cp.sum(t * t))(x)
        second = cp.hessian(lambda t: cp.sum(t * t))(x)
        y, pull = cp.vjp(cp.sin, x)
        (back,) = pull(np.ones(2))
        pushed = cp.jvp(cp.sin, x, np.ones(2))
    np.testing.assert_allclose(g.numpy(), 2 * X)
    np.testing.assert_allclose(second.numpy(), 2 * np.eye(2))
    np.testing.assert_allclose(back.numpy(), np.cos(X))
    for t in (value, g, second, y, back, *pushed):
        assert not t.requires_grad
        assert t.node.inputs == ()


def test_no_grad_inside_a_function_makes_constants():
    def f(x):
        with cp.no_grad():
            factor = x * 1.0
        return cp.sum(factor * x)

    np.testing.assert_allclose(cp.grad(f)(X).numpy(), X)


def test_backward_works_under_no_grad():
    x = cp.tensor(X)
    y = cp.sum(x * x)
    with cp.no_grad():
        y.backward()
        y.backward()
    np.testing.assert_allclose(x.grad.numpy(), 4 * X)


def run(*functions):
    """Run functions at once, each in a thread, and give what they return."""
    with ThreadPoolExecutor(len(functions)) as pool:
        return [waiting.result() for waiting in [pool.submit(f) for f in functions]]


def test_one_thread_may_record_while_another_does_not():
    barrier = threading.Barrier(2, timeout=20)
    x = cp.tensor(X)

    def without():
        seen = []
        with cp.no_grad():
            for _ in range(200):
                barrier.wait()
                seen.append((x * x).requires_grad)
        return seen

    def with_record():
        seen = []
        for _ in range(200):
            barrier.wait()
            seen.append((x * x).requires_grad)
        return seen

    quiet, loud = run(without, with_record)
    assert not any(quiet)
    assert all(loud)


def test_a_thread_starts_out_recording():
    with cp.no_grad():
        (seen,) = run(lambda: (cp.tensor(X) * 2).requires_grad)
    assert seen


def test_threads_that_look_at_one_gradient_see_one_record():
    @cp.op("{x}", "{x}", shape=lambda x: x, cases=[])
    def slow(xp, x):
        return x

    slow.vjp(x=lambda xp, g, y, x: time.sleep(0.02) or g)  # others have their turn meanwhile
    w = cp.tensor(X)
    slow(w * w).backward(np.ones(2))
    barrier = threading.Barrier(3, timeout=20)
    g = w.grad.node

    def look():
        barrier.wait()
        return g.inputs[0]

    first, *others = run(look, look, look)
    assert all(node is first for node in others)


def test_threads_differentiate_the_same_record_alike():
    w = cp.tensor(X)
    y = cp.sum(cp.exp(cp.sin(w) * w))
    first = cp.grad(lambda t: cp.sum(cp.exp(cp.sin(t) * t)))

    def work():
        out = []
        for _ in range(20):
            _, pull = cp.vjp(first, w)
            out.append(pull(np.ones(2))[0].numpy().copy())
        return out

    expected = work()[0]
    for found in run(work, work, work):
        for g in found:
            np.testing.assert_array_equal(g, expected)
    assert y.requires_grad


def test_numpy_is_what_is_computed_with_unless_told():
    assert MODE.get() == (NUMPY, True)


@pytest.mark.parametrize("array", [np.float32(2.0), np.array(2.0), np.array([2.0])])
def test_a_leaf_holds_what_it_is_given(array):
    made = leaf(array, requires_grad=True)
    assert made.data is array
    (made * made).sum().backward()
    assert made.grad.tolist() == (4.0 if array.shape == () else [4.0])
    assert made.grad.dtype == array.dtype
