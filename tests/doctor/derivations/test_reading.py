"""What a program computes is read from what it does with chosen numbers, whatever its layout."""

from __future__ import annotations

import numpy as np
import pytest

from clearprop.doctor.derivations.chain import Chain, Part, Ref
from clearprop.doctor.derivations.reading_convolutions import convolutions_of
from clearprop.doctor.derivations.reading_poolings import poolings_of
from clearprop.doctor.derivations.sliding import Slide, conv_link, pool_link


def as_laid(link, x_axes, w_axes, y_axes):
    """Compute a convolution in another layout: axes out of NCHW, FCHW; those left out are 1."""

    def lay(a, axes, order):
        missing = tuple(i for i, name in enumerate(order) if name not in axes)
        return np.expand_dims(a.transpose([axes.index(n) for n in order if n in axes]), missing)

    def call(x, w):
        values = {"x": lay(x, x_axes, "NCHW"), "w": lay(w, w_axes, "FCHW")}
        y = Chain((Part(link, {"W": Ref("w")}),), Ref("x")).forward(values)
        gone = tuple(i for i, name in enumerate("NFHW") if name not in y_axes)
        kept = [n for n in "NFHW" if n in y_axes]
        return np.squeeze(y, gone).transpose([kept.index(n) for n in y_axes])

    return call


CASES = [
    ("NCHW", "FCHW", "NFHW", (2, 2, 4, 5), (3, 2, 2, 2), Slide((2, 2), (2, 1))),
    (
        "NHWC",
        "HWCF",
        "NHWF",
        (2, 5, 4, 2),
        (3, 3, 2, 2),
        Slide((3, 3), before=(1, 1), after=(1, 1)),
    ),
    ("NHWC", "FHWC", "NFHW", (2, 5, 4, 3), (2, 2, 2, 3), Slide((2, 2), gap=(2, 1))),
    ("CHW", "FCHW", "FHW", (2, 4, 4), (2, 2, 3, 3), Slide((3, 3))),
    ("HW", "HW", "HW", (5, 4), (2, 3), Slide((2, 3))),
    ("WC", "WCF", "WF", (7, 2), (3, 2, 2), Slide((1, 3), (1, 2))),
    ("NW", "W", "NW", (2, 6), (3,), Slide((1, 3), before=(0, 2), after=(0, 2))),
    ("NHW", "FHW", "NFHW", (2, 4, 4), (2, 2, 2), Slide((2, 2))),
]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}-{c[1]}-{c[2]}")
def test_convolutions_are_read_in_every_layout(case, turned):
    x_axes, w_axes, y_axes, x, w, slide = case
    call = as_laid(conv_link(slide, turned=turned), x_axes, w_axes, y_axes)
    rng = np.random.default_rng(1)
    values = {"x": rng.normal(size=x), "w": rng.normal(size=w)}
    fitting = []
    for reading in convolutions_of(call, x, w):
        part = Part(reading.link, {"W": Ref("w", reading.w)})
        y = Chain((part,), Ref("x", reading.x), reading.y).forward(values)
        if y.shape == call(*values.values()).shape and np.allclose(y, call(*values.values())):
            fitting.append(reading.link.about)
    assert fitting
    assert fitting[0]["slide"].stride == slide.stride
    assert fitting[0]["turned"] == turned


def test_channels_with_kernels_of_their_own_are_groups():
    call = as_laid(conv_link(Slide((2, 2)), groups=3), "NCHW", "FCHW", "NFHW")
    (about,) = [r.link.about for r in convolutions_of(call, (2, 3, 4, 4), (3, 1, 2, 2))][:1]
    assert about["groups"] == 3


@pytest.mark.parametrize(
    "call",
    [lambda x, w: x @ w, lambda x, w: x * w.sum(), lambda x, w: np.fft.fft(x).real * w.mean()],
    ids=["product", "scale", "spectrum"],
)
def test_what_is_no_convolution_is_not_read_as_one(call):
    assert list(convolutions_of(call, (3, 4), (4, 4))) == []


POOLS = [
    (lambda x: x.max(axis=1), (3, 4), "max"),
    (lambda x: x.mean(axis=(2, 3), keepdims=True), (2, 2, 3, 3), "mean"),
    (lambda x: x.reshape(2, 2, 2, 3, 2, 2).max(axis=(2, 4)), (2, 4, 6, 2), "max"),
    (lambda x: np.array([x[i : i + 3].sum() for i in range(0, 6, 2)]), (8,), "sum"),
    (lambda x: np.array([x[i : i + 2].min() for i in range(5)]), (6,), "min"),
]


@pytest.mark.parametrize(("call", "shape", "kind"), POOLS)
def test_poolings_are_read(call, shape, kind):
    x = np.random.default_rng(2).normal(size=shape)
    found = []
    for reading in poolings_of(call, shape):
        y = Chain((Part(reading.link),), Ref("x", reading.x), reading.y).forward({"x": x})
        if np.allclose(np.squeeze(y), np.squeeze(call(x))):
            found.append(reading.link.about["kind"])
    assert found
    assert found[0] == kind


def test_a_kernel_that_is_written_into_a_program_is_read_too():
    own = np.array([0.5, -2.0, 1.0])
    (reading, *_) = poolings_of(lambda x: np.correlate(x, own, "same"), (6,))
    np.testing.assert_allclose(reading.fixed.ravel(), own, atol=1e-9)


@pytest.mark.parametrize(
    "call", [np.tanh, lambda x: x[::-1], lambda x: np.sort(x), lambda x: np.outer(x, x)]
)
def test_what_is_no_pooling_is_not_read_as_one(call):
    assert [r for r in poolings_of(call, (5,)) if r.fixed is None] == []


def test_a_kind_that_is_not_theirs_is_not_the_same_numbers():
    x = np.random.default_rng(3).normal(size=(1, 4))
    (reading, *_) = poolings_of(lambda a: a.max(axis=1), (1, 4))
    other = pool_link("mean", reading.link.about["slide"], whole=reading.link.about["whole"])
    y = Chain((Part(other),), Ref("x", reading.x), reading.y).forward({"x": x})
    assert not np.allclose(y, x.max(axis=1))
