"""Records are freed when dropped, however long; nothing waits for the garbage collector."""

import gc
import subprocess
import sys
import tracemalloc
import weakref

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.tape import walk
from clearprop.errors import ShapeError

LONG = 50_000
# What is freed one inside the other is kept in bounds by CPython: by the stack that is left, or, in
# 3.13, by the number of calls, for which a small stack is too little.
STACK = 1024 if sys.version_info[:2] == (3, 13) else 256  # KiB


@pytest.fixture
def uncollected():
    """Switch the collector of reference cycles off: what it alone would free stays."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def chain(x, length):
    y = x
    for n in range(length):
        y = cp.sin(y) if n % 2 else y * 0.999
    return y


@pytest.mark.parametrize("how", ["backward", "walk", "grad"])
def test_a_chain_of_fifty_thousand(how):
    x = cp.tensor([0.3, -0.7])
    if how == "grad":
        g = cp.grad(lambda x: cp.sum(chain(x, LONG)))(x.numpy()).numpy()
    else:
        y = chain(x, LONG)
        if how == "backward":
            y.backward(np.ones(2))
            g = x.grad.numpy()
        else:
            (g,) = walk(y.node, np.ones(2), [x.node], cp.core.namespaces.NUMPY, lambda n: n.data)
        last = weakref.ref(y.node)
        x.grad = None
        del y
        assert last() is None  # the whole chain, and no recursion on its way out
    slope, y = np.ones(2), np.array([0.3, -0.7])
    for n in range(LONG):
        slope, y = (slope * np.cos(y), np.sin(y)) if n % 2 else (slope * 0.999, y * 0.999)
    np.testing.assert_allclose(g, slope, rtol=1e-9)


def test_a_chain_through_both_inputs():
    x = cp.tensor(1.0)
    y = x
    for _ in range(LONG):
        y = y * 0.5 + x
    y.backward()
    assert x.grad.item() == pytest.approx(2.0)


def test_a_long_chain_under_gradients_of_gradients():
    second = cp.grad(cp.grad(lambda x: chain(x, 4_000)))(0.3).item()
    h = 1e-4
    first = cp.grad(lambda x: chain(x, 4_000))
    assert second == pytest.approx((first(0.3 + h).item() - first(0.3 - h).item()) / (2 * h), 1e-5)


def test_a_long_chain_is_dropped_by_a_thread_with_a_small_stack():
    code = (
        "import threading, numpy as np, clearprop as cp\n"
        f"threading.stack_size({STACK} * 1024)\n"
        "def work():\n"
        "    x = cp.tensor(np.ones(2)); y = x\n"
        f"    for _ in range({LONG}): y = y * 0.999\n"
        "    y.backward(np.ones(2))\n"
        "    del y; x.grad = None\n"
        "    print('done')\n"
        "t = threading.Thread(target=work); t.start(); t.join()\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (found.stdout, found.returncode) == ("done\n", 0), found.stderr


def training_step(w):
    x = np.ones((4, 3))
    loss = cp.sum(cp.tanh(x @ w) ** 2)
    loss.backward()
    return loss


def cubes(w):
    return cp.sum(w**3)


def ways_to_make_a_record():
    """Name ways to make records out of a leaf, and give what comes of each."""
    return {
        "forward": lambda w: [cp.exp(w) * w],
        "backward": lambda w: [training_step(w)],
        "backward twice": lambda w: [training_step(w), training_step(w)],
        "retained": lambda w: [h := cp.exp(w).retain_grad(), h.backward(np.ones(w.shape))],
        "the gradient's record": lambda w: [training_step(w), w.grad.node.inputs],
        "gradient of the gradient": lambda w: [
            cp.grad(lambda u: cp.sum(cp.grad(cubes)(u) ** 2))(w)
        ],
        "third order": lambda w: [
            cp.grad(
                lambda u: cp.sum(cp.grad(lambda t: cp.sum(cp.grad(lambda s: cp.sum(s**4))(t)))(u))
            )(w)
        ],
        "value and gradient": lambda w: list(cp.value_and_grad(lambda t: cp.sum(t * t))(w)),
        "vjp": lambda w: list(cp.vjp(cp.sin, w)[1](np.ones(w.shape))),
        "jvp": lambda w: list(cp.jvp(cp.sin, w, np.ones(w.shape))),
        "jacobian": lambda w: [cp.jacobian(lambda t: t @ t.T)(w)],
        "hessian": lambda w: [cp.hessian(lambda t: cp.sum(t**3))(w)],
        "iterated": lambda w: [row * 2 for row in w],
        "refused": lambda w: [refused(w)],
    }


def refused(w):
    try:
        w @ w.T @ np.ones((7, 7))
    except ShapeError as error:
        return str(error)


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("way", ways_to_make_a_record())
def test_what_is_dropped_is_freed_at_once(way):
    make = ways_to_make_a_record()[way]

    def watched():
        """Make a record, and keep nothing but weak references to all of its nodes."""
        w = cp.tensor(np.arange(6.0).reshape(3, 2))
        made = make(w)
        nodes = [w.node]
        tensors = [t for t in [*made, w.grad] if isinstance(t, cp.Tensor)]
        waiting = [t.node for t in tensors]
        while waiting:
            node = waiting.pop()
            nodes.append(node)
            waiting += [n for n in node.inputs if isinstance(n, type(w.node)) and n not in nodes]
        return [weakref.ref(node) for node in nodes], weakref.ref(w)

    before = len(gc.get_objects())
    nodes, tensor = watched()
    assert len(nodes) > 1 or way == "refused"
    assert tensor() is None
    assert [n() for n in nodes if n() is not None] == []
    del nodes, tensor
    watched()
    after = len(gc.get_objects())
    assert after - before < 40, "objects were left behind for the collector"


@pytest.mark.usefixtures("uncollected")
def test_a_record_that_is_held_in_a_cycle_would_be_seen():
    w = cp.tensor([1.0])
    y = w * w
    y.node.name = [y.node]  # a cycle, as nothing in the library makes
    node = weakref.ref(y.node)
    del y
    assert node() is not None
    node().name = None
    assert node() is None


# Python keeps some 100 kB of freed tuples for later; a forgotten result is over 400 bytes.
A_STEP_AT_MOST = 200


def grown(step, times):
    """Measure what `times` steps leave allocated, after some to warm up."""
    for _ in range(20):
        step()
    tracemalloc.start()
    try:
        step()
        start = tracemalloc.get_traced_memory()[0]
        for _ in range(times):
            step()
        return tracemalloc.get_traced_memory()[0] - start
    finally:
        tracemalloc.stop()


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("way", ["backward", "grad", "momentum", "no_grad"])
def test_a_thousand_training_steps_need_no_more_memory_than_one(way):
    data = np.random.default_rng(0).standard_normal((16, 8))
    state = {"w": cp.tensor(np.full((8, 4), 0.1)), "v": np.zeros((8, 4))}

    def loss(w):
        return cp.mean(cp.tanh(data @ w) ** 2)

    def step():
        w = state["w"]
        if way == "backward":
            loss(w).backward()
            state["w"] = cp.tensor(w.data - 0.1 * w.grad.data)
        elif way == "no_grad":
            loss(w).backward()
            with cp.no_grad():
                state["w"] = cp.tensor(w - 0.1 * w.grad)
        elif way == "grad":
            with cp.no_grad():
                state["w"] = w - 0.1 * cp.grad(loss)(w)
        else:
            (g,) = walk((y := loss(w)).node, np.ones_like(y.data), [w.node],
                        cp.core.namespaces.NUMPY, lambda n: n.data)  # fmt: skip
            state["v"] = 0.9 * state["v"] + g
            state["w"] = cp.tensor(w.data - 0.1 * state["v"])

    assert grown(step, 1000) < A_STEP_AT_MOST * 1000


@pytest.mark.usefixtures("uncollected")
def test_memory_that_grows_would_be_seen():
    kept = [cp.tensor(np.zeros((8, 4)))]
    assert grown(lambda: kept.append(kept[-1] * 1.0), 1000) > A_STEP_AT_MOST * 1000
