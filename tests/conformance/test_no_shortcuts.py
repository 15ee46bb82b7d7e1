"""Every layer is made of operations alone: no value is looked at on the way, no record broken."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import clearprop as cp
from clearprop.core.namespaces import ArrayNamespace, computing_with
from clearprop.core.op import REGISTRY
from clearprop.core.tensor import Node, Tensor, leaf
from clearprop.core.tree import flatten
from clearprop.nn import LAYERS, Layer
from clearprop.nn.effects import adding_losses_to, replacing_by
from tests.conformance.layer_examples import EXAMPLES, WHOLE, Example
from tests.oracles import agree

JAX = ArrayNamespace(jnp, "jax")


def settled(layer):
    """Let a layer that draws begin again with its first draw, and forget gradients."""
    for each in [layer, *layer.sublayers()]:
        if hasattr(each, "step"):
            each.step = 0
    for w in layer.weights:
        w.grad = None


def run(example, layer, arrays, training):
    """Give the outputs, the gradients by inputs and weights of their weighted sum, and inputs."""
    settled(layer)
    xs = [leaf(x, requires_grad=example.kind != WHOLE) for x in arrays]
    penalties = []
    with adding_losses_to(penalties), replacing_by(lambda variable, value: None):
        y = example.call(layer, xs, training=training)
    ys = flatten(list(y) if isinstance(y, tuple) else y)[0]
    total = sum(
        (each * np.linspace(-1, 2, each.size).reshape(each.shape)).sum() for each in ys
    ) + sum(penalties, 0.0)
    total.backward()
    slopes = [x.grad for x in xs if x.requires_grad] + [w.grad for w in layer.trainable_weights]
    settled(layer)
    return ys, slopes


def arrays_of(tensors):
    return [None if each is None else each.data for each in tensors]


def ready(example, layer):
    """Build a layer by calling it on what it is for."""
    with replacing_by(lambda variable, value: None):
        example.call(layer, example.inputs())
    return layer


def compiled(jobs):
    """Run many layers in one compiled function of JAX; what failed to be traced is told."""
    failed = {}

    def all_of_them(inputs):
        found = {}
        for key, (example, layer) in jobs.items():
            for training in (False, True):
                try:
                    with computing_with(JAX):
                        ys, slopes = run(example, layer, inputs[key], training)
                except jax.errors.JAXTypeError as error:
                    failed[key] = error
                else:
                    found[f"{key} {training}"] = arrays_of(ys), arrays_of(slopes)
        return found

    inputs = {key: [jnp.asarray(x) for x in e.inputs()] for key, (e, _) in jobs.items()}
    fast = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
    found = jax.jit(all_of_them).lower(inputs).compile(compiler_options=fast)(inputs)
    return found, failed


@pytest.fixture(scope="module")
def layers():
    return {name: ready(example, example.made()) for name, example in EXAMPLES.items()}


@pytest.fixture(scope="module")
def jitted(layers):
    return compiled({name: (EXAMPLES[name], layer) for name, layer in layers.items()})


def alike(example, layer, key, jitted):
    found, failed = jitted
    assert key not in failed, failed[key]
    for training in (False, True):
        ours = run(example, layer, example.inputs(), training)
        both = zip(("output", "slope"), ours, found[f"{key} {training}"], strict=True)
        for what, mine, theirs in both:
            for k, (a, b) in enumerate(zip(arrays_of(mine), theirs, strict=True)):
                assert (a is None) == (b is None), f"{what} {k}"
                assert a is None or agree(b, a, str(a.dtype)), f"{what} {k}, training={training}"


def test_every_layer_has_an_example():
    own = {name for name, kind in LAYERS.items() if kind.__module__.startswith("clearprop.nn.")}
    assert set(EXAMPLES) == own


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_compiled_layer_gives_the_same(name, layers, jitted):
    alike(EXAMPLES[name], layers[name], name, jitted)


def unbroken(example, layer, training=True):
    """Say what is wrong with the record from the outputs to inputs and weights."""
    wrong = []
    ys, slopes = run(example, layer, example.inputs(), training)
    for k, slope in enumerate(slopes):
        if slope is None:
            wrong.append(f"no gradient {k}")
    seen, waiting = set(), [y.node for y in ys]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.op is not None and REGISTRY.get(node.op.name) is not node.op:
            wrong.append(f"{node.op.name} is no operation of the registry")
        waiting.extend(x for x in node.inputs if isinstance(x, Node))
    return wrong


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_record_is_unbroken(name, layers):
    assert unbroken(EXAMPLES[name], layers[name]) == []


class ByHand(Layer):
    """A layer that leaves the record for NumPy."""

    def call(self, x):
        return Tensor(Node(np.tanh(x.numpy())))


class HalfByHand(Layer):
    """One whose record is whole, though it looks at values."""

    def call(self, x):
        return x * np.sign(x.numpy())


class Branching(Layer):
    """One that does another thing for other values."""

    def call(self, x):
        return x * 2.0 if (x.sum() > 0).item() else x


@pytest.fixture
def of_ones_own():
    return Example("Own", {}, (2, 3))


@pytest.mark.parametrize("kind", [ByHand, HalfByHand, Branching])
def test_a_layer_that_looks_at_values_is_caught(kind, of_ones_own):
    layer = ready(of_ones_own, kind(dtype="float64"))
    if kind is ByHand:
        with pytest.raises(cp.errors.GradientError):
            unbroken(of_ones_own, layer)
    with pytest.raises(AssertionError):
        alike(of_ones_own, layer, "own", compiled({"own": (of_ones_own, layer)}))


class OffUnderJAX(Layer):
    """One that gives other numbers with another library's arrays."""

    def call(self, x):
        return x * (2.0 if isinstance(x.data, np.ndarray) else 2.000001)


def test_other_numbers_are_caught(of_ones_own):
    layer = ready(of_ones_own, OffUnderJAX(dtype="float64"))
    with pytest.raises(AssertionError, match="output 0"):
        alike(of_ones_own, layer, "own", compiled({"own": (of_ones_own, layer)}))
