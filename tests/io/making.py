"""Files to be read: sound ones taken apart, changed, and put together again."""

import json
from pathlib import Path

import clearprop as cp


def small_model(optimizer="adam"):
    """A compiled model of a few weights, whose optimizer has something to remember."""
    cp.set_seed(5)
    model = cp.Sequential(
        [
            cp.Input((3,)),
            cp.layers.Dense(4, activation="tanh"),
            cp.layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"])
    model.train_on_batch([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]], [0, 1])
    return model


def taken_apart(path):
    """Give a file's header as an object, and the bytes behind it."""
    content = Path(path).read_bytes()
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def put_together(path, header, content=b""):
    """Write a file with this header: an object, or its JSON."""
    text = header if isinstance(header, str) else json.dumps(header)
    encoded = text.encode()
    Path(path).write_bytes(len(encoded).to_bytes(8, "little") + encoded + content)
    return path


def described(path, change):
    """Change what a model's file says of the model."""
    header, content = taken_apart(path)
    description = json.loads(header["__metadata__"]["clearprop"])
    changed = change(description)
    text = json.dumps(description if changed is None else changed)
    header["__metadata__"]["clearprop"] = text
    return put_together(path, header, content)
