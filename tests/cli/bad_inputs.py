"""All that can be given wrongly to a command: bad files, and calls that are wrong."""

import json
from pathlib import Path

import numpy as np

import clearprop as cp
from tests.cli.calling import flowers, good, table

__all__ = ["AFFINE", "CALLS", "make_files"]

L = cp.layers


def make_files():
    """Make good files and bad ones of every kind, in the working folder."""
    flowers("iris.csv")
    good("data", "xor", "--save", "xor.csv")
    good("data", "xor", "--save", "xor.npz")
    amounts = ("--task", "regression", "--hidden", "2", "--epochs", 2)
    good("train", "xor.csv", "-t", "class", *amounts, "--save", "net.safetensors")
    good("train", "iris.csv", "-t", "species", "--epochs", 2)
    Path("dir").mkdir()
    _models()
    _tables()
    _arrays()
    _sheets()
    Path("my_layers.py").write_text(AFFINE)


AFFINE = """
import numpy as np

class Affine:
    def __init__(self):
        self.W, self.b = np.arange(8.0).reshape(4, 2) / 7, np.array([0.1, -0.2])
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T
"""


def _models():
    model = cp.Sequential([cp.Input((2,)), L.Dense(2, "tanh"), L.Dense(1)])
    model.save("bare.safetensors")
    model.compile("sgd", "mse")
    model.save("arrays.safetensors")
    classes = cp.Sequential([cp.Input((6,)), L.Dense(10, "softmax")])
    classes.compile("sgd", "sparse_categorical_crossentropy")
    classes.save("classes.safetensors")
    sound = Path("net.safetensors").read_bytes()
    Path("cut.safetensors").write_bytes(sound[:-9])
    Path("pickle.safetensors").write_bytes(b"\x80\x04\x95" + b"evil" * 9)
    Path("torch.pt").write_bytes(b"PK\x03\x04" + b"evil" * 9)
    for name, old, new in (
        ("layer", r"\"Dense\"", r"\"Dens\""),
        ("activation", r"\"relu\"", r"\"rleu\""),
        ("argument", r"\"units\"", r"\"unitz\""),
        ("units", r"\"units\": 2", r"\"units\": -2"),
        ("form", r"\"format\": 1", r"\"format\": 9"),
        ("huge", r"\"units\": 2", r"\"units\": 200000000000"),
    ):
        Path(f"{name}.safetensors").write_bytes(lying(sound, old.encode(), new.encode()))


def lying(sound, old, new):
    """Give a model's file that says something else of itself."""
    end = 8 + int.from_bytes(sound[:8], "little")
    header = sound[8:end].replace(old, new)
    assert header != sound[8:end]
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + sound[end:]


def _tables():
    Path("empty.csv").write_text("")
    Path("latin.csv").write_bytes("a,b\n1,caf\xe9\n".encode("latin-1"))
    names = ["length", "width", "soil"]
    table("unknown.csv", names, [[1, 2, "wet"], [1, 2, "sandy"]])
    table("narrow.csv", names[:2], [[1, 2]])
    table("letters.csv", names, [["x", 2, "wet"]])
    table("far.csv", names, [["1e300", 2, "wet"]])
    table("one.csv", ["a", "b"], [[1, 2]])
    Path("mine.html").write_text("mine")


def _arrays():
    np.save("text.npy", np.array(["a"]))
    np.save("nan.npy", np.array([[np.nan, 1.0]]))
    np.save("three.npy", np.ones((2, 3)))
    np.save("none.npy", np.ones((0, 2)))
    np.save("number.npy", np.array(1.0))
    np.save("objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.savez("no_y.npz", x=np.ones((2, 2)))
    np.savez("no_x.npz", z=np.ones(3))
    np.savez("rows.npz", x=np.ones((3, 2)), y=np.ones(2))
    np.savez("labels.npz", x=np.ones((3, 6)), y=np.array([10, -1, 3]))
    np.savez("halves.npz", x=np.ones((2, 6)), y=np.array([0.5, 1.5]))
    np.savez("wide.npz", x=np.ones((2, 2)), y=np.ones((2, 3)))
    np.savez("y_nan.npz", x=np.ones((2, 2)), y=np.full((2, 1), np.nan))
    Path("bad.npz").write_bytes(b"PK\x03\x04 and no more")


def _sheets():
    good("sheet", "2-2-2", "--answers", "answers.csv")
    text = good("sheet", "2-2-2", "--json")
    Path("sheet.json").write_text(text)
    for name, changed in (
        ("layers", {"sizes": [2, 0, 2]}), ("sizes", {"sizes": [2, 2, 3]}),
        ("activation", {"activation": "x"}), ("rate", {"lr": "no"}), ("numbers", {"x": [1e9, 1]}),
    ):  # fmt: skip
        Path(f"sheet_{name}.json").write_text(json.dumps(json.loads(text) | changed))
    for name, content in (
        ("object.json", "{}"), ("list.json", "[1]"), ("no.json", "{x"),
        ("twice.json", '{"a":1,"a":2}'),
        ("unasked.csv", "sum_h9,1\n"), ("again.csv", "sum_h1,1\nsum_h1,2\n"), ("nothing.csv", ""),
        ("short.csv", "sum_h1\n"), ("quote.csv", 'a,"1\n'), ("true.json", '{"sum_h1": true}'),
        ("large.csv", "x" * (1 << 20 | 1)), ("answers_list.json", "[[1]]"),
    ):  # fmt: skip
        Path(name).write_text(content)


CALLS = """
zzz
trian
train
train nothing_there.csv -t y
train dir -t y
train empty.csv -t y
train latin.csv -t b --encoding utf-8
train torch.pt -t y
train iris.csv
train iris.csv extra
train iris.csv -t speceis
train iris.csv -t species --encoding klingon
train iris.csv -t species --hidden x
train iris.csv -t species --test-size 0.999
train iris.csv -t species --test-size 2
train iris.csv -t species --epochs
train iris.csv -t species --json=3
train iris.csv -t species --task regression
train iris.csv -t species --save net.h5
train iris.csv -t species --save iris.csv
train iris.csv -t species --save nowhere/x.safetensors
train iris.csv -t species --save dir
train iris.csv -t species --optimizer adma
train iris.csv -t species --optimizr adam
train iris.csv -t species --lr -1
train one.csv -t b
predict nothing_there.safetensors iris.csv
predict dir iris.csv
predict iris.csv iris.csv
predict cut.safetensors iris.csv
predict pickle.safetensors iris.csv
predict torch.pt iris.csv
predict layer.safetensors iris.csv
predict activation.safetensors iris.csv
predict argument.safetensors iris.csv
predict units.safetensors iris.csv
predict form.safetensors iris.csv
predict huge.safetensors iris.csv
predict bare.safetensors iris.csv
predict iris.safetensors nothing_there.csv
predict iris.safetensors unknown.csv
predict iris.safetensors narrow.csv
predict iris.safetensors letters.csv
predict iris.safetensors far.csv
predict iris.safetensors iris.csv -o nowhere/x.csv
predict iris.safetensors iris.csv -o dir
predict iris.safetensors iris.csv --unknown maybe
why
why nothing_there.safetensors
why net.safetensors w1
why net.safetensors w99 --data xor.csv
why net.safetensors dense/kernle[0,0] --data xor.csv
why net.safetensors dense/kernel --data xor.csv
why net.safetensors dense/kernel[0,9] --data xor.csv
why net.safetensors dense/kernel[0,x] --data xor.csv
why net.safetensors w1.frobnicate --data xor.csv
why net.safetensors w1.gradeint --data xor.csv
why net.safetensors !! --data xor.csv
why net.safetensors x[0].next --data xor.csv
why net.safetensors w1 --data nothing_there.csv
why net.safetensors w1 --data xor.csv --row 99
why net.safetensors w1 --data xor.csv --row 2-99
why net.safetensors w1 --data xor.csv --row x
why net.safetensors w1 --data xor.csv --row 5-2
why net.safetensors w1 --data xor.csv --depth -1
why net.safetensors w1 --data xor.csv --depth many
why net.safetensors w1 --data xor.csv --digits 99
why net.safetensors w1 --data xor.csv --top 0
why net.safetensors w1 --data xor.csv --by epoch
why net.safetensors o1 --data xor.csv --by class
why net.safetensors o1 --data xor.csv --paths
why net.safetensors w1 --data xor.csv --convention kears
why net.safetensors w1 --data xor.csv --yours x
why net.safetensors w1 --data xor.csv --yours 1 --latex
why net.safetensors w1 --data xor.csv --json --latex
why net.safetensors w1 --data xor.csv --html nowhere/x.html
why net.safetensors w1 --data xor.csv --html dir
why arrays.safetensors w1 --data iris.csv
why arrays.safetensors w1 --data no_y.npz
why arrays.safetensors w1 --data no_x.npz
why arrays.safetensors w1 --data rows.npz
why arrays.safetensors w1 --data bad.npz
why arrays.safetensors w1 --data objects.npy
why arrays.safetensors w1 --data text.npy
why arrays.safetensors o1 --data nan.npy
why arrays.safetensors w1 --data three.npy
why arrays.safetensors w1 --data none.npy
why arrays.safetensors w1 --data number.npy
why arrays.safetensors w1 --data nothing_there.npy
why arrays.safetensors w1 --data y_nan.npz
why arrays.safetensors w1 --data wide.npz
why bare.safetensors w1 --data xor.npz
why classes.safetensors w1 --data labels.npz
why classes.safetensors w1 --data labels.npz --row 1
why classes.safetensors w1 --data halves.npz
formulas
formulas net.safetensors
formulas net.safetensors --data xor.csv --row all
formulas net.safetensors --data xor.csv --factors w99
formulas net.safetensors --data xor.csv --notation mine
formulas net.safetensors --data xor.csv --by-hand --python
formulas net.safetensors --data xor.csv --lr x
formulas net.safetensors --data xor.csv --digits 99
formulas classes.safetensors --data labels.npz
formulas arrays.safetensors --data no_y.npz
formulas arrays.safetensors --data wide.npz
what-if
what-if net.safetensors --data xor.csv
what-if net.safetensors --data xor.csv --change w1
what-if net.safetensors --data xor.csv --change w99=1
what-if net.safetensors --data xor.csv --change o1=1
what-if arrays.safetensors --data no_y.npz --change w1=1
what-if bare.safetensors --data xor.npz --change w1=1
sheet
sheet x
sheet 2-0-2
sheet 90-90
sheet 2-2-2 --lr 0
sheet 2-2-2 --activation sigmod
sheet 2-2-2 --seed -1
sheet 2-2-2 --output nowhere/x.html
sheet 2-2-2 --key dir
sheet 2-2-2 --answers nowhere/x
grade
grade nothing_there.json answers.csv
grade dir answers.csv
grade large.csv answers.csv
grade object.json answers.csv
grade list.json answers.csv
grade no.json answers.csv
grade twice.json answers.csv
grade sheet_layers.json answers.csv
grade sheet_sizes.json answers.csv
grade sheet_activation.json answers.csv
grade sheet_rate.json answers.csv
grade sheet_numbers.json answers.csv
grade sheet.json nothing_there.csv
grade sheet.json unasked.csv
grade sheet.json again.csv
grade sheet.json nothing.csv
grade sheet.json short.csv
grade sheet.json quote.csv
grade sheet.json true.json
grade sheet.json answers_list.json
grade - -
check
check nothing_there.py:Affine --input 3,4
check my_layers.py:Afine --input 3,4
check my_layers.py:Affine --input x,y
check my_layers.py:Affine --input 3,4 --loss zzz
check my_layers.py:Affine --input nothing_there.npy
check my_layers.py:Affine --rule momentm
check my_layers.py:Affine --params nothing_there
check nowhere.py
bench
bench zzz
bench 3
bench 3-0-2
bench 3-2 --rows 0
data zzz
data digtis
data digits --download
data digits --save x.txt
data digits --save nowhere/x.csv
demo --epochs 0
demo --epochs 1 --output nowhere/x.html
demo --epochs 1 --output mine.html
demo --seed x
demo extra
""".strip().splitlines()
