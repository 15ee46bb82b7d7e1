"""Models of many forms, written once for Keras and for this library: `k` is either."""

import numpy as np


def two_inputs(k):
    a, b = k.Input(shape=(4,), name="a"), k.Input(shape=(3,), name="b")
    left = k.layers.Dense(5, activation="sigmoid")(a)
    right = k.layers.Dense(5, activation="tanh")(b)
    return k.Model(inputs=[a, b], outputs=k.layers.Dense(2)(left + right))


def two_outputs(k):
    x = k.Input(shape=(4,), name="x")
    hidden = k.layers.Dense(6, activation="relu")(x)
    p = k.layers.Dense(1, activation="sigmoid", name="p")(hidden)
    q = k.layers.Dense(3, name="q")(hidden * 2.0)
    return k.Model(x, [p, q])


def shared_layer(k):
    a, b = k.Input(shape=(4,)), k.Input(shape=(4,))
    encode = k.layers.Dense(3, activation="tanh")
    return k.Model([a, b], k.layers.Dense(1)(k.ops.abs(encode(a) - encode(b))))


def residual(k):
    x = k.Input(shape=(4,))
    y = k.layers.Dense(4, activation="tanh")(x)
    y = k.layers.Dense(4, activation="tanh")(y) + x
    z = k.layers.Dense(4)(y)
    return k.Model(x, k.layers.Dense(2, activation="softmax")(z + y + x))


def nested(k):
    x = k.Input(shape=(4,))
    code = k.layers.Dense(2, activation="tanh")(x)
    encoder = k.Model(x, code, name="encoder")
    decoder = k.Sequential([k.Input(shape=(2,)), k.layers.Dense(4)], name="decoder")
    y = k.Input(shape=(4,))
    return k.Model(y, decoder(encoder(y)))


def long_branch(k):
    """What is far from the outputs comes first in the list of layers, whenever it was called."""
    x = k.Input(shape=(4,))
    short = k.layers.Dense(3, name="short")(x)
    long = x
    for i in range(3):
        long = k.layers.Dense(3, activation="tanh", name=f"long{i}")(long)
    return k.Model(x, k.layers.Dense(1, name="last")(short + long))


def dict_inputs(k):
    a, b = k.Input(shape=(4,), name="a"), k.Input(shape=(3,), name="b")
    y = k.layers.Dense(2)(k.ops.tanh(k.layers.Dense(3)(a)) * b)
    return k.Model({"a": a, "b": b}, {"out": y})


def subclassed(k):
    class Block(k.layers.Layer):
        def __init__(self, units, **options):
            super().__init__(**options)
            self.inner = k.layers.Dense(units, activation="tanh")
            self.outer = k.layers.Dense(4)

        def call(self, x):
            return x + self.outer(self.inner(x))

    class Scale(k.layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight(
                shape=(input_shape[-1],), initializer="ones", trainable=True, name="scale"
            )

        def call(self, x):
            return x * self.scale

    class Net(k.Model):
        def __init__(self):
            super().__init__()
            self.blocks = [Block(3), Block(2)]
            self.scale = Scale()
            self.head = k.layers.Dense(2)

        def call(self, x, training=None):
            for block in self.blocks:
                x = block(x)
            return self.head(self.scale(x))

    model = Net()
    model(np.zeros((1, 4), "float32"))
    return model


FORMS = [
    two_inputs, two_outputs, shared_layer, residual, nested, long_branch, dict_inputs, subclassed,
]  # fmt: skip


def data_for(model, rng, rows=12):
    """Make inputs and targets in the forms that a model takes and gives."""

    def one(x):
        return rng.standard_normal((rows, *tuple(x.shape)[1:])).astype("float32")

    if not hasattr(model, "inputs") or model.inputs is None:
        return one(np.zeros((1, 4))), one(np.zeros((1, 2)))
    given = [one(x) for x in model.inputs]
    wanted = [one(y) for y in model.outputs]
    if len(wanted) == 2:
        wanted[0] = (wanted[0] > 0).astype("float32")
    if isinstance(model.input, dict):
        return dict(zip(model.input, given, strict=True)), dict(
            zip(model.output, wanted, strict=True)
        )
    return (
        given[0] if len(given) == 1 else given,
        wanted[0] if len(wanted) == 1 else wanted,
    )
