"""Asking why from the command line, of tables, arrays and sets that come along."""

import json
import os
import pickle  # noqa: TID251 - to show that it is refused
import zipfile
from html.parser import HTMLParser

import numpy as np
import pytest

import clearprop as cp
from clearprop.explain.explanation import Explanation
from tests.cli.calling import flowers, good, refused

L = cp.layers


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def iris(tmp_path):
    """A table, and a model that learnt from it."""
    path = flowers(tmp_path / "iris.csv")
    good("train", path, "-t", "species", "--epochs", 5)
    return "iris.safetensors"


@pytest.fixture
def net():
    """A small network for arrays."""
    cp.set_seed(1)
    model = cp.Sequential([cp.Input((2,)), L.Dense(2, "tanh"), L.Dense(1, "sigmoid")])
    model.compile(cp.optimizers.SGD(0.5), "half_sse")
    model.save("net.safetensors")
    return "net.safetensors"


def test_what_can_be_asked_is_listed(iris):
    text = good("why", iris)
    for line in (
        "x[0…3]",
        "dense/kernel[0…3,0…63]  ",
        "dense_1/bias[0…2]",
        "dense/sum[0…63].delta",
    ):
        assert f"  {line}" in text
    assert "Numbered as by hand, the same are w1, w2, w3 …, b1, b2, b3 …, h1" in text
    assert "  x[3]               soil=wet\n" in text
    assert "  dense_1/output[2]  virginica\n" in text
    assert "물을 수 있는 값" in good("why", iris, "--lang", "ko")


@pytest.mark.parametrize(
    "address",
    ["x[3]", "dense/kernel[3,63]", "dense_1/bias[2]", "dense/sum[0].delta", "dense/output[0]",
     "loss", "w1", "b1", "h1", "o3", "dense_1/kernel[0,2].next"],
)  # fmt: skip
def test_what_is_listed_can_be_asked(address, iris):
    assert good("why", iris, address, "--data", "iris.csv").startswith("Why is ")


def test_a_weight_is_explained_for_a_row(iris):
    text = good("why", iris, "dense_1/kernel[0,2]", "--data", "iris.csv", "--row", 7)
    model = cp.load(iris)
    table = cp.data.read_csv("iris.csv").take([5])
    x, y = model.preprocessor.transform(table)
    same = cp.why(model, "dense_1/kernel[0,2]", x=x, y=y, lang="en")
    assert text == same.to_text()
    assert text != good("why", iris, "dense_1/kernel[0,2]", "--data", "iris.csv", "--row", 8)


def test_settings_reach_the_explanation(iris):
    ask = ("why", iris, "loss", "--data", "iris.csv")
    assert "왜" in good(*ask, "--lang", "ko")
    assert len(good(*ask, "--depth", "all")) > len(good(*ask, "--depth", 1))
    shown = json.loads(good(*ask, "--json", "--digits", 3))
    assert shown["digits"] == 3
    assert Explanation.from_json(shown).value == shown["steps"][0]["value"]
    assert good(*ask, "--latex").startswith("\\begin{align")
    both = [good("why", iris, "dense_1/sum[0]", "--data", "iris.csv", "--top", n) for n in (1, 9)]
    assert len(both[0]) < len(both[1])


class Page(HTMLParser):
    """Which tags a page has, and what it refers to."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.refers = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.refers += [value for name, value in attrs if name in ("src", "href", "data")]


def test_a_page_is_written_on_request(iris, tmp_path):
    text = good("why", iris, "loss", "--data", "iris.csv", "--html", "why.html")
    assert text == "The explanation is in why.html.\n"
    page = Page((tmp_path / "why.html").read_text(encoding="utf-8"))
    assert page.tags.count("h1") == 1
    assert not any(place.startswith("http") for place in page.refers)
    assert "cannot write" in refused(
        "why", iris, "loss", "--data", "iris.csv", "--html", "no/x.html"
    )


def test_a_row_without_a_target_has_values_and_no_gradients(iris, tmp_path):
    text = (tmp_path / "iris.csv").read_text().splitlines()
    bare = "\n".join(line.rpartition(",")[0] for line in text)
    (tmp_path / "bare.csv").write_text(bare)
    assert good("why", iris, "dense_1/output[0]", "--data", "bare.csv")
    assert refused("why", iris, "w1", "--data", "bare.csv")


# -- arrays --------------------------------------------------------------------------------------


def test_arrays_in_one_file_or_two(net):
    x, y = cp.datasets.xor()
    np.savez("xor.npz", x=x, y=y)
    np.save("x.npy", x)
    np.save("y.npy", y)
    one = good("why", net, "w1", "--data", "xor.npz", "--row", 1)
    assert one == good("why", net, "w1", "--data", "x.npy", "--labels", "y.npy", "--row", 1)
    assert one == good("why", net, "w1", "--data", "xor", "--row", 1)
    assert one == cp.why(cp.load(net), "w1", x=x[1:2], y=y[1:2], lang="en").to_text()
    assert good("why", net, "o1", "--data", "x.npy")


def test_images_are_flattened_and_labels_written_out_where_the_loss_wants_that():
    cp.set_seed(2)
    model = cp.Sequential([cp.Input((64,)), L.Dense(5, "tanh"), L.Dense(10, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    model.save("hot.safetensors")
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.save("sparse.safetensors")
    texts = [
        good("why", f"{name}.safetensors", "loss", "--data", "digits", "--row", 3, "--depth", 1)
        for name in ("hot", "sparse")
    ]
    values = [text.splitlines()[0].split()[-1] for text in texts]
    assert values[0] == values[1]


def test_rows_count_from_where_the_data_count(net, iris):
    assert "there is no row 4; rows go from 0 to 3." in refused(
        "why", net, "w1", "--data", "xor", "--row", 4
    )
    for row in (1, 92):
        assert "rows go from 2 to 91" in refused(
            "why", iris, "w1", "--data", "iris.csv", "--row", row
        )


class Trap:
    """An object whose pickle would make a file, were it loaded."""

    def __reduce__(self):
        return os.system, ("touch sprung",)


def test_arrays_of_objects_are_refused_and_not_run(net, tmp_path):
    np.save("x.npy", np.array([Trap()], dtype=object), allow_pickle=True)
    np.savez("x.npz", x=np.array([Trap()], dtype=object))
    (tmp_path / "p.npy").write_bytes(pickle.dumps(Trap()))
    (tmp_path / "p.npz").write_bytes(pickle.dumps(Trap()))
    for name in ("x.npy", "x.npz", "p.npy", "p.npz"):
        told = refused("why", net, "w1", "--data", name)
        assert "no arrays that can be read" in told or "Python objects" in told
    assert not (tmp_path / "sprung").exists()


def test_damaged_arrays_are_refused(net, tmp_path):
    np.save("x.npy", np.zeros((4, 2)))
    content = (tmp_path / "x.npy").read_bytes()
    (tmp_path / "x.npy").write_bytes(content[:-8])
    assert "no arrays that can be read" in refused("why", net, "w1", "--data", "x.npy")
    (tmp_path / "empty.npz").write_bytes(b"")
    assert "no arrays that can be read" in refused("why", net, "w1", "--data", "empty.npz")
    np.savez("a.npz", a=np.zeros(3))
    assert "a.npz has no array called x; it has a." in refused("why", net, "w1", "--data", "a.npz")
    np.save("n.npy", np.float64(3))
    assert "holds no rows" in refused("why", net, "w1", "--data", "n.npy")
    assert "No such file" in refused("why", net, "w1", "--data", "none.npy")


def test_an_archive_that_would_unpack_to_more_than_the_machine_is_refused(net, monkeypatch):
    np.savez_compressed("x.npz", x=np.zeros((10**5, 2)))
    monkeypatch.setattr("clearprop.nn.memory.machine_memory", lambda: 10**6)
    with zipfile.ZipFile("x.npz") as archive:
        assert archive.infolist()[0].compress_size < 10**4
    assert "x.npz would take" in refused("why", net, "w1", "--data", "x.npz")


def test_arrays_that_do_not_fit_are_refused(net):
    np.save("x.npy", np.zeros((4, 3)))
    assert "an example has shape (3,); the model takes (2,)" in refused(
        "why", net, "w1", "--data", "x.npy"
    )
    np.savez("odd.npz", x=np.zeros((4, 2)), y=np.zeros(3))
    assert "x has 4 rows, y has 3" in refused("why", net, "w1", "--data", "odd.npz")


# -- what cannot be asked ------------------------------------------------------------------------


def test_data_are_needed_and_must_suit_the_model(net, iris, tmp_path):
    assert "name a file or a data set with --data" in refused("why", net, "w1")
    assert "this model does not know how to read tables" in refused(
        "why", net, "w1", "--data", "iris.csv"
    )
    assert "cannot read 'none.csv'" in refused("why", iris, "w1", "--data", "none.csv")


def test_an_address_that_names_nothing_gets_the_nearest(iris):
    told = refused("why", iris, "dense_1/kernle[0,0]", "--data", "iris.csv")
    assert "nothing is called 'dense_1/kernle[0,0]' here; the nearest are dense_1/kernel" in told
    assert "it goes from 0 to 2" in refused(
        "why", iris, "dense_1/kernel[0,3]", "--data", "iris.csv"
    )
