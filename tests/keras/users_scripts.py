"""Scripts as users of Keras write them, once for Keras and for this library: `keras` is either."""

import numpy as np


def numbers(*shape, seed=3):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def whole(limit, *shape, seed=4):
    return np.random.default_rng(seed).integers(0, limit, size=shape)


def ready(model, scale=0.4):
    """Give a model the same weights, whoever made it."""
    rng = np.random.default_rng(0)
    drawn = [rng.uniform(-scale, scale, np.shape(w)).astype(w.dtype) for w in model.get_weights()]
    variances = ["variance" in w.path for w in model.weights]
    model.set_weights([np.abs(w) + 0.2 if v else w for w, v in zip(drawn, variances, strict=True)])
    return model


def fitted(model, x, y, **options):
    history = model.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0, **options)
    return {name: np.array(figures) for name, figures in history.history.items()}


def parts_of_models(keras):
    """Feature extractors, heads on another's outputs, and what comes after a layer."""
    model = ready(keras.Sequential([
        keras.Input((6,)),
        keras.layers.Dense(5, activation="relu", name="first"),
        keras.layers.Dense(4, activation="tanh", name="second"),
        keras.layers.Dense(2),
    ]))  # fmt: skip
    x = numbers(3, 6)
    features = keras.Model(inputs=model.inputs, outputs=[each.output for each in model.layers])
    first, second, _ = features(x)
    whole_model = keras.Model(model.inputs, model.outputs)
    after = keras.Model(whole_model.get_layer("second").output, whole_model.output)
    head = keras.layers.Dense(1)(model.get_layer("first").output)
    grown = ready(keras.Model(model.inputs, head))
    return {
        "first": np.asarray(first),
        "after": after.predict(np.asarray(second), verbose=0),
        "whole": whole_model.predict(x, verbose=0),
        "grown": grown.predict(x, verbose=0),
        "shapes": f"{model.input_shape} {model.layers[1].input.shape} {first.shape}",
        "output": model.output_shape == (None, 2) and tuple(grown.output_shape) == (None, 1),
    }


def class_of_inputs_and_outputs(keras):
    class Net(keras.Model):
        def __init__(self, units, **options):
            x = keras.Input((4,))
            hidden = keras.layers.Dense(units, activation="relu")(x)
            super().__init__(inputs=x, outputs=keras.layers.Dense(1)(hidden), **options)
            self.units = units

    model = ready(Net(5, name="net"))
    model.compile("sgd", "mse")
    figures = fitted(model, numbers(8, 4), numbers(8, 1))
    return {
        **figures,
        "is": f"{isinstance(model, Net)} {model.units} {model.name} {len(model.layers)}",
    }


def transformer(keras):
    """Token and position embeddings on an Input whose kind of number was left open."""
    layers, ops = keras.layers, keras.ops

    class Places(layers.Layer):
        def __init__(self, length, words, size):
            super().__init__()
            self.words, self.places = layers.Embedding(words, size), layers.Embedding(length, size)

        def call(self, x):
            return self.words(x) + self.places(ops.arange(0, ops.shape(x)[-1], 1))

        def compute_mask(self, x, mask=None):
            return ops.not_equal(x, 0)

    class Block(layers.Layer):
        def __init__(self, size, heads):
            super().__init__()
            self.supports_masking = True
            self.attention = layers.MultiHeadAttention(heads, size)
            self.inner = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(size)])
            self.norm, self.last = layers.LayerNormalization(), layers.LayerNormalization()

        def call(self, x):
            y = self.norm(x + self.attention(x, x))
            return self.last(y + self.inner(y))

    x = keras.Input((None,))
    y = Block(4, 2)(Places(6, 12, 4)(x))
    out = layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling1D()(y))
    model = ready(keras.Model(x, out))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    words = whole(12, 8, 6)
    words[:, 4:] = 0
    return fitted(model, words, whole(2, 8))


def masks(keras):
    """A mask by `Masking`, through a layer of one's own, and up to one that asks for it."""
    layers, ops = keras.layers, keras.ops

    class Within(layers.Layer):
        def __init__(self):
            super().__init__()
            self.supports_masking = True
            self.inner = layers.LSTM(3, return_sequences=True)

        def call(self, x):
            return self.inner(x)

    class Pool(layers.Layer):
        def call(self, x, mask=None):
            counted = ops.expand_dims(ops.cast(mask, "float32"), -1)
            return ops.sum(x * counted, axis=1) / ops.sum(counted, axis=1)

        def compute_mask(self, x, mask=None):
            return None

    sequences = numbers(8, 5, 2)
    sequences[:3, 3:] = 0.0
    x = keras.Input((5, 2))
    masked = layers.Masking(0.0)(x)
    pooled = layers.Dense(1)(Pool()(Within()(masked)))
    model = ready(keras.Model(x, pooled))
    model.compile("adam", "mse")
    figures = fitted(model, sequences, numbers(8, 1))
    steps = ready(keras.Sequential([
        keras.Input((5, 2)), layers.Masking(), layers.GRU(3, return_sequences=True),
        layers.TimeDistributed(layers.Dense(1)),
    ]))  # fmt: skip
    steps.compile("sgd", "mse", metrics=["mae"])
    judged = steps.evaluate(sequences, numbers(8, 5, 1), verbose=0)
    words = keras.Input((5,), dtype="int32")
    found = layers.Embedding(9, 3, mask_zero=True)(words)
    dropped = ready(keras.Model(words, layers.LSTM(2)(found + found)))  # an operation has no mask
    numbered = whole(9, 4, 5)
    numbered[:, 3:] = 0
    return {**figures, "judged": judged, "dropped": dropped.predict(numbered, verbose=0)}


def rates(keras):
    """A learning rate that is assigned, read as a number, and one that follows a schedule."""
    found = {}
    model = ready(keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)]))
    model.compile(keras.optimizers.SGD(0.1), "mse")
    fitted(model, numbers(8, 4), numbers(8, 1))
    model.optimizer.learning_rate.assign(0.01)
    found |= fitted(model, numbers(8, 4), numbers(8, 1))
    found["steps"] = int(model.optimizer.iterations)
    found["rate"] = float(model.optimizer.learning_rate.numpy())
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5, staircase=True)
    model.compile(keras.optimizers.SGD(schedule), "mse")
    fitted(model, numbers(8, 4), numbers(8, 1))
    found["scheduled"] = float(model.optimizer.learning_rate)
    return found


def generators(keras):
    """Training by a generator without end, judged by the same batches after each epoch."""

    def batches():
        k = 0
        while True:
            yield numbers(4, 3, seed=k), numbers(4, 1, seed=k + 1)
            k += 1

    model = ready(keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]))
    model.compile("sgd", "mse")
    history = model.fit(
        batches(), steps_per_epoch=3, epochs=3, verbose=0,
        validation_data=batches(), validation_steps=2,
    )  # fmt: skip
    return {name: np.array(figures) for name, figures in history.history.items()}


def written_down(keras):
    model = ready(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="out")]))
    again = keras.models.model_from_json(model.to_json())
    again.set_weights(model.get_weights())
    graph = keras.Model(model.inputs, model.outputs)
    other = keras.Model.from_config(graph.get_config())
    other.set_weights(model.get_weights())
    x = numbers(3, 4)
    return {"json": again.predict(x, verbose=0), "config": other.predict(x, verbose=0)}


def penalties(keras):
    layers = keras.layers

    class Small(layers.Layer):
        def call(self, x):
            self.add_loss(keras.ops.mean(keras.ops.square(x)))
            return x

    x = keras.Input((4,))
    hidden = Small()(layers.Dense(3, kernel_regularizer="l2")(x))
    model = ready(keras.Model(x, layers.Dense(1, bias_regularizer="l1")(hidden)))
    model(numbers(5, 4))
    return {"losses": sorted(float(each) for each in model.losses)}


def a_layer_s_answers(keras):
    layers = keras.layers
    normal = layers.Normalization()
    normal.adapt(numbers(20, 3) * 3 + 1)
    model = ready(keras.Sequential([keras.Input((3,)), layers.Dense(2, name="d")]))
    kernel = model.get_layer("d").kernel
    return {
        "mean": np.asarray(normal.mean).ravel(), "variance": np.asarray(normal.variance).ravel(),
        "of": [float(np.mean(kernel)), float(np.std(kernel)), float(np.sum(kernel))],
        "kinds": f"{model.layers[0].compute_dtype} {model.layers[0].dtype_policy.name}",
        "counts": [len(model.variables), len(model.trainable_variables),
                   len(model.non_trainable_variables)],
    }  # fmt: skip


def vectors_learnt_elsewhere(keras):
    layers, vectors = keras.layers, numbers(10, 4)
    given = keras.initializers.Constant(vectors)
    model = keras.Sequential([
        keras.Input((5,), dtype="int32"),
        layers.Embedding(10, 4, embeddings_initializer=given, trainable=False),
        layers.Flatten(), layers.Dense(1, kernel_initializer="ones"),
    ])  # fmt: skip
    model.compile("adam", "mse")
    figures = fitted(model, whole(10, 6, 5), numbers(6, 1))
    again = keras.Sequential.from_config(model.get_config())
    return {**figures, "vectors": model.get_weights()[0], "again": again.get_weights()[0]}


def stateful(keras):
    layers = keras.layers
    model = ready(keras.Sequential([
        keras.Input(batch_shape=(2, 3, 1)), layers.LSTM(3, stateful=True), layers.Dense(1),
    ]))  # fmt: skip
    x = numbers(4, 3, 1)
    first, second = np.asarray(model(x[:2])), np.asarray(model(x[2:]))
    model.layers[0].reset_states()
    return {"first": first, "second": second, "again": np.asarray(model(x[2:]))}


def operations(keras):
    ops, x, y = keras.ops, numbers(3, 4), numbers(3, 4, seed=9)
    values, places = ops.top_k(x, 2)
    found = {
        "sort": ops.sort(x, axis=0), "argsort": ops.argsort(x), "values": values, "places": places,
        "split": ops.split(x, 2, axis=1)[1], "einsum": ops.einsum("ij,kj->ik", x, y),
        "median": ops.median(x), "quantile": ops.quantile(x, 0.3, axis=1),
        "slice": ops.slice(x, (0, 1), (2, 2)), "unstack": ops.unstack(x, axis=0)[1],
        "update": ops.slice_update(ops.convert_to_tensor(x), (1, 0), ops.ones((1, 2))),
        "scatter": ops.scatter(np.array([[0], [2], [0]]), np.array([1, 2, 4], "float32"), (4,)),
        "segment": ops.segment_sum(x, np.array([0, 0, 1]), 2),
        "bincount": ops.bincount(np.array([0, 1, 1])), "diag": ops.diag(x[0], 1),
        "nan": ops.nan_to_num(np.array([np.nan, 1.0], "float32")), "cbrt": ops.cbrt(np.abs(x)),
        "grid": ops.meshgrid(np.arange(2.0), np.arange(3.0))[0], "glu": ops.glu(x),
        "map": ops.vectorized_map(lambda row: row * 2, x), "close": ops.isclose(x, x),
        "conv": ops.conv(x[None], numbers(2, 4, 3), padding="same"), "tri": ops.tri(3),
        "pool": ops.max_pool(x[None], (2,), (1,)), "mean": ops.average_pool(x[None], (2,), (1,)),
        "hot": ops.multi_hot(np.array([0, 2]), 4), "inner": ops.inner(x, y), "ptp": ops.ptp(x),
        "top": ops.in_top_k(np.array([0, 1, 2]), x, 2), "vdot": ops.vdot(x, y),
        "while": ops.while_loop(lambda k: k < 5, lambda k: (k + 2,), (0,))[0],
        "fori": ops.fori_loop(0, 4, lambda k, s: s + k, 0), "nn": ops.nn.relu(x),
        "nanmean": ops.nanmean(np.array([np.nan, 1.0, 3.0], "float32")),
    }  # fmt: skip
    return {name: np.asarray(each) for name, each in found.items()}


SCRIPTS = [
    parts_of_models, class_of_inputs_and_outputs, transformer, masks, rates, generators,
    written_down, penalties, a_layer_s_answers, stateful, operations,
    vectors_learnt_elsewhere,
]  # fmt: skip
