"""A file that lies about its model gives a clear error, takes no memory, and executes nothing."""

import contextlib
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clearprop as cp
from clearprop import nn
from clearprop.data.tables import Table, prepare
from clearprop.errors import DataError, FormatError, MemoryLimitError
from tests.io.making import described, put_together, small_model, taken_apart


@pytest.fixture
def path(tmp_path):
    """The file of a trained model."""
    return small_model().save(tmp_path / "net.safetensors")


def layer(description, i):
    return description["model"]["config"]["layers"][i]


def changed(where, value):
    """Make a change: set what lies at a place such as ``model.config.name``."""

    def change(description):
        *outer, last = where.split(".")
        inside = description
        for key in outer:
            inside = inside[int(key) if key.isdecimal() else key]
        inside[last] = value

    return change


LAYER = "model.config.layers.0"
FLAWS = {
    "an unknown class": (
        changed(f"{LAYER}.class_name", "Densse"),
        "unknown layer 'Densse'; did you mean 'Dense'? Known: 'Activation'",
    ),
    "a class of Python's": (changed(f"{LAYER}.class_name", "os.system"), "unknown layer 'os.sys"),
    "a class that is no text": (changed(f"{LAYER}.class_name", ["Dense"]), "unknown layer"),
    "an initializer as a layer": (changed(f"{LAYER}.class_name", "Zeros"), "unknown layer 'Zeros'"),
    "a layer as a model": (changed("model.class_name", "Dense"), "unknown model 'Dense'"),
    "no model": (changed("model", None), "its architecture cannot be used: a model is written"),
    "more units": (
        changed(f"{LAYER}.config.units", 5),
        "'dense/kernel' is float32 of shape (3, 4); the model's is float32 of shape (3, 5)",
    ),
    "a billion units": (changed(f"{LAYER}.config.units", 10**9), None),
    "negative units": (changed(f"{LAYER}.config.units", -1), "units must be a positive whole"),
    "units that are text": (changed(f"{LAYER}.config.units", "4"), "units must be a positive"),
    "units that are a list": (changed(f"{LAYER}.config.units", [4]), "units must be a positive"),
    "another dtype": (
        changed(f"{LAYER}.config.dtype", "float64"),
        "'dense/kernel' is float32 of shape (3, 4); the model's is float64",
    ),
    "an unknown dtype": (changed(f"{LAYER}.config.dtype", "O"), "dtype must be 'float32'"),
    "an unknown activation": (
        changed(f"{LAYER}.config.activation", "rleu"), "unknown activation 'rleu'; did you mean",
    ),
    "an activation that is an object": (
        changed(f"{LAYER}.config.activation", {"class_name": "Function"}), "activation must be",
    ),
    "an unknown initializer": (
        changed(f"{LAYER}.config.kernel_initializer", {"class_name": "X", "config": {}}),
        "unknown initializer 'X'",
    ),
    "an unknown argument": (
        changed(f"{LAYER}.config.hook", "os.system"), "unknown argument of Dense 'hook'",
    ),
    "another name": (
        changed(f"{LAYER}.config.name", "other"),
        "the model has 'other/kernel' of shape (3, 4); the file holds no such array",
    ),
    "a name that is none": (changed(f"{LAYER}.config.name", "a/b"), "'a/b' cannot be a name"),
    "two of one name": (
        changed("model.config.layers.1.config.name", "dense"), "has a layer 'dense' already",
    ),
    "no layers": (changed("model.config.layers", []), "which the model it describes does not have"),
    "layers that are none": (changed("model.config.layers", 3), "its architecture cannot be used"),
    "another input": (
        changed("model.config.input_shape", [4]),
        "'dense/kernel' is float32 of shape (3, 4); the model's is float32 of shape (4, 4)",
    ),
    "a huge input": (changed("model.config.input_shape", [10**15]), None),
    "an input that is none": (changed("model.config.input_shape", "x"), "cannot be used"),
    "no input": (changed("model.config.input_shape", None), None),
    "another built_for": (changed("built_for", [None, 4]), "the model is for inputs of shape"),
    "a built_for that is none": (changed("built_for", 7), "the model is for inputs of shape"),
    "a step below 0": (changed("step", -1), "'step': expected a whole number"),
    "a step that is true": (changed("step", True), "'step': expected a whole number"),
    "a step that is a number": (changed("step", 1.5), "'step': expected a whole number"),
    "a huge step": (changed("step", 10**30), "'step': expected a whole number"),
    "dropout that is not there": (changed("draws", {"dropout": 3}), "unknown 'dropout'"),
    "dropout that is none": (changed("draws", None), "expected an object"),
    "an unknown optimizer": (
        changed("compile.optimizer.class_name", "Adamm"), "unknown optimizer 'Adamm'; did you mean",
    ),
    "an optimizer's setting": (
        changed("compile.optimizer.config.beta_1", 2), "beta_1 must be in [0, 1); got 2",
    ),
    "another optimizer": (
        changed("compile.optimizer", {"class_name": "SGD", "config": {"momentum": 0.9}}),
        "sgd remembers ['velocity'] of 'dense/kernel'; the file has ['m', 'v']",
    ),
    "an unknown loss": (changed("compile.loss.class_name", "MSSE"), "unknown loss 'MSSE'"),
    "a loss that is a list": (changed("compile.loss.class_name", []), "training set-up cannot be"),
    "an unknown metric": (changed("compile.metrics", ["accurracy"]), "unknown metric 'accurracy'"),
    "metrics that are none": (changed("compile.metrics", 3), "metrics must be a list"),
    "half a set-up": (changed("compile", {"optimizer": "sgd"}), "a training set-up has"),
    "preprocessing that is none": (
        changed("preprocessing", {"version": 1}), "'features' is missing",
    ),
    "names for other outputs": (
        changed("classes", ["a", "b", "c"]), "3 names of classes for 2 outputs",
    ),
    "a name of a class twice": (changed("classes", ["a", "a"]), "texts that all differ"),
    "a form too new": (
        changed("format", 2), "was written by clearprop 0.1.0 in form 2; this version reads forms",
    ),
    "a form that is none": (changed("format", "1"), "'format': expected a whole number"),
    "a field too many": (changed("more", 1), "unknown 'more'"),
    "no description": (lambda description: [], "expected an object; got []"),
    "a description cut short": (lambda description: {"format": 1}, "'version' is missing"),
}  # fmt: skip


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_description_that_lies_is_refused_in_words(flaw, path):
    change, words = FLAWS[flaw]
    described(path, change)
    start = time.perf_counter()
    if flaw == "no input":  # then `built_for` alone tells the shape
        assert cp.load(path).built_for == (None, 3)
        return
    kinds = (FormatError, MemoryLimitError) if words is None else FormatError
    with pytest.raises(kinds) as caught:
        cp.load(path)
    assert time.perf_counter() - start < 1
    assert "net.safetensors" in str(caught.value) or words is None
    assert words is None or words in str(caught.value)


def test_the_sound_file_is_loaded(path):
    assert cp.load(described(path, lambda description: None)).count_params() == 26


def test_an_engine_that_this_machine_lacks_is_no_hindrance(path):
    described(path, changed("compile.engine", "jax"))
    assert cp.load(path).get_compile_config()["engine"] == "auto"


def without(name):
    def change(header, content):
        header.pop(name)
        return header, content

    return change


def renamed(old, new):
    def change(header, content):
        header[new] = header.pop(old)
        return header, content

    return change


def rewritten(name, dtype):
    def change(header, content):
        header[name]["dtype"] = dtype
        return header, content

    return change


ARRAYS = {
    "a weight renamed": (renamed("dense/bias", "dense/bais"), "the file holds no such array"),
    "a weight as integers": (
        rewritten("dense/bias", "I32"), "'dense/bias' is int32 of shape (4,); the model's is flo",
    ),
    "a state as integers": (
        rewritten("optimizer/dense/bias/m", "I32"), "the model's is float32 of shape (4,)",
    ),
    "a state of nothing": (
        renamed("optimizer/dense/bias/m", "optimizer/dense/bais/m"),
        "adam remembers ['m', 'v'] of 'dense/bias'; the file has ['v']",
    ),
    "a state too many": (
        renamed("optimizer/dense/bias/m", "optimizer/dense/bias/w"),
        "adam remembers ['m', 'v'] of 'dense/bias'; the file has ['v', 'w']",
    ),
}  # fmt: skip


@pytest.mark.parametrize("flaw", ARRAYS)
def test_arrays_that_do_not_belong_are_refused(flaw, path):
    change, words = ARRAYS[flaw]
    put_together(path, *change(*taken_apart(path)))
    with pytest.raises(FormatError) as caught:
        cp.load(path)
    assert words in str(caught.value)


def test_an_array_too_many_is_refused(path):
    header, content = taken_apart(path)
    end = len(content)
    header["extra"] = {"dtype": "U8", "shape": [1], "data_offsets": [end, end + 1]}
    put_together(path, header, content + b"x")
    with pytest.raises(FormatError, match="holds 'extra', which the model it describes does not"):
        cp.load(path)


def test_tensors_without_a_model_are_refused_in_words(tmp_path):
    cp.io.write_tensors(tmp_path / "w.safetensors", {"w": np.zeros(3)}, {"format": "pt"})
    with pytest.raises(FormatError, match=r"holds 1 arrays but no model.*read_tensors"):
        cp.load(tmp_path / "w.safetensors")


@pytest.mark.parametrize("content", [b"", b"x", bytes(100), b"\x80\x04\x95model", b"PK\x03\x04zip"])
def test_files_of_other_kinds_are_refused(content, tmp_path):
    (tmp_path / "net.pt").write_bytes(content)
    with pytest.raises(FormatError):
        cp.load(tmp_path / "net.pt")


def test_places_without_a_file_are_refused(tmp_path):
    with pytest.raises(DataError, match="cannot read"):
        cp.load(tmp_path)
    with pytest.raises(DataError, match="No such file"):
        cp.load(tmp_path / "net.safetensors")


def test_preprocessing_that_does_not_fit_the_model_is_refused(path, tmp_path):
    columns = {"a": list("0011"), "b": list("0101"), "xor": list("0110")}
    state = prepare(Table(columns, [2, 3, 4, 5]), "xor", test_size=0).preprocessor.to_json_dict()
    described(path, changed("preprocessing", state))
    with pytest.raises(FormatError, match="tables give 2 inputs and need 2 outputs; the model is"):
        cp.load(path)


def test_only_registered_classes_are_made(path):
    @nn.register
    class Loud(nn.Layer):
        made = 0

        def __init__(self, **options):
            Loud.made += 1
            super().__init__(**options)

        def call(self, x):
            return x

    try:
        described(path, changed(f"{LAYER}.class_name", "Loud"))
        with pytest.raises(FormatError, match="unknown argument of Loud"):
            cp.load(path)
        assert Loud.made == 0
    finally:
        del nn.LAYERS["Loud"]


WORDS = ["Dense", "Sequential", "Chain", "relu", "dense", "float64", "Zeros", "Adam"]
KEYS = ["class_name", "config", "name", "units", "layers", "seed", "dtype"]
NUMBERS = st.integers(-3, 10**12) | st.floats(allow_nan=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
)


def places(value, at=()):
    """List every place in nested JSON."""
    yield at
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, each in inner:
        yield from places(each, (*at, key))


@settings(max_examples=200)
@given(st.data())
def test_whatever_stands_anywhere_it_is_loaded_or_refused_in_words(tmp_path_factory, data):
    path = small_model().save(tmp_path_factory.mktemp("fuzz") / "net.safetensors")

    def change(description):
        at = data.draw(st.sampled_from([at for at in places(description) if at]))
        inside = description
        for key in at[:-1]:
            inside = inside[key]
        inside[at[-1]] = data.draw(JSON)

    described(path, change)
    with contextlib.suppress(FormatError, MemoryLimitError):
        cp.load(path)


def test_a_hostile_architecture_takes_no_memory(path):
    """The units that the file promises would take gigabytes; a process that may not is enough."""
    described(path, changed(f"{LAYER}.config.units", 4 * 10**7))
    program = (
        "import sys, resource\n"
        "import clearprop as cp\n"
        "from clearprop.errors import FormatError\n"
        "from clearprop import io\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n"
        "    cp.load(sys.argv[1])\n"
        "except FormatError as error:\n"
        "    print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", program, os.fspath(path)], capture_output=True, text=True, check=True
    )
    words, grown = child.stdout.splitlines()
    assert "the model's is float32 of shape (3, 40000000)" in words
    assert int(grown) < 50_000  # kilobytes; the weights would take 480,000
