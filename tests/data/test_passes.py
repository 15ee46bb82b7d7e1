"""Data sets that make their elements anew for each pass."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.data import Batches, PyDataset
from clearprop.errors import DataError, OptionError, ShapeError

X = np.arange(10)


def numbers(data):
    return [np.asarray(element).ravel().tolist() for element in data]


def flat(data):
    return [number for element in numbers(data) for number in element]


def test_arrays_in_batches_pass_after_pass():
    data = Batches.of((X, X * 2), batch_size=4)
    for _ in range(2):
        batches = list(data)
        assert [len(x) for x, _ in batches] == [4, 4, 2]
        assert all((y == 2 * x).all() for x, y in batches)
    assert len(data) == data.cardinality() == 3
    assert repr(data) == "Batches(3 of elements)"


def test_rows_of_tuples_dicts_and_lists():
    assert [(int(x), int(y)) for x, y in Batches.from_tensor_slices((X[:2], X[2:4]))] == [
        (0, 2), (1, 3)
    ]  # fmt: skip
    (row,) = Batches.from_tensor_slices({"a": [5], "b": [[1, 2]]})
    assert row["a"] == 5
    assert row["b"].tolist() == [1, 2]
    assert flat(Batches.from_tensor_slices([3, 4])) == [3, 4]


@pytest.mark.parametrize("seed", [None, 7])
def test_each_pass_has_an_order_of_its_own_and_the_same_next_time(seed):
    def orders():
        cp.set_seed(1)
        one, other = (Batches.of(X, 10, shuffle=True, seed=seed) for _ in range(2))
        return [flat(one), flat(one), flat(other)]

    first, second, other = orders()
    assert sorted(first) == sorted(second) == X.tolist()
    assert first != second
    assert (first == other) == (seed is not None)
    assert orders() == [first, second, other]


def test_a_pass_can_be_asked_for_by_its_number():
    data = Batches.of(X, 3, shuffle=True, seed=2)
    passes = [flat(data) for _ in range(3)]
    again = Batches.of(X, 3, shuffle=True, seed=2)
    assert flat(again.in_pass(2)) == passes[2]
    assert flat(again) == passes[0]


@pytest.mark.parametrize("size", [1, 3, 10, 50])
def test_a_shuffle_holds_every_element_once(size):
    data = Batches.from_tensor_slices(X).shuffle(size, seed=3)
    first, second = flat(data), flat(data)
    assert sorted(first) == sorted(second) == X.tolist()
    assert (first == X.tolist()) == (size == 1)
    if size > 1:
        assert first != second
        held = Batches.from_tensor_slices(X).shuffle(size, 3, reshuffle_each_iteration=False)
        assert flat(held) == flat(held)


def test_a_buffer_of_three_lets_no_element_come_early():
    for seed in range(20):
        order = flat(Batches.from_tensor_slices(X).shuffle(3, seed))
        assert all(place >= element - 2 for place, element in enumerate(order))


def test_orders_are_all_as_likely():
    counts = {}
    for number in range(600):
        data = Batches.from_tensor_slices(X[:3]).shuffle(3, seed=number)
        order = tuple(flat(data))
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 6
    assert min(counts.values()) > 60


def test_what_scripts_for_tf_data_chain():
    data = (
        Batches.from_tensor_slices((X, X * 10))
        .cache()
        .map(lambda x, y: (x + 1, y), num_parallel_calls=-1)
        .filter(lambda x, y: x % 2 == 0)
        .batch(2)
        .prefetch(-1)
    )
    assert [(x.tolist(), y.tolist()) for x, y in data] == [
        ([2, 4], [10, 30]), ([6, 8], [50, 70]), ([10], [90])
    ]  # fmt: skip
    with pytest.raises(TypeError, match="does not know its length; give fit steps_per_epoch"):
        len(data)
    assert data.cardinality() == -2
    assert flat(data.unbatch().map(lambda x, y: x)) == [2, 4, 6, 8, 10]


def test_parts_and_repetitions():
    data = Batches.from_tensor_slices(X)
    assert flat(data.take(3)) == [0, 1, 2]
    assert flat(data.skip(8)) == [8, 9]
    assert flat(data.take(2).repeat(2)) == [0, 1, 0, 1]
    assert flat(data.take(2).concatenate(data.skip(9))) == [0, 1, 9]
    assert [len(d) for d in (data.take(3), data.take(-1), data.skip(8), data.repeat(3))] == [
        3, 10, 2, 30,
    ]  # fmt: skip
    assert [len(data.batch(4)), len(data.batch(4, drop_remainder=True))] == [3, 2]
    assert numbers(data.batch(4, drop_remainder=True))[-1] == [4, 5, 6, 7]
    endless = data.take(3).repeat()
    assert flat(endless.take(7)) == [0, 1, 2, 0, 1, 2, 0]
    assert endless.cardinality() == -1
    with pytest.raises(TypeError, match="goes on without end"):
        len(endless)


def test_repeated_passes_have_orders_of_their_own():
    data = Batches.from_tensor_slices(X).shuffle(10, seed=1).repeat(2)
    order = flat(data)
    assert order[:10] != order[10:]


def test_a_cache_reads_once():
    read = []

    def begin(number):
        read.append(number)
        return iter([1, 2, 3])

    data = Batches(begin, 3).cache()
    assert flat(data.take(1)) == [1]  # not a whole pass: nothing is held
    assert flat(data) == flat(data) == flat(data) == [1, 2, 3]
    assert len(read) == 2


def test_generators_are_made_anew():
    data = Batches.from_generator(lambda: iter([1, 2]), output_signature=None)
    assert flat(data) == flat(data) == [1, 2]
    with pytest.raises(OptionError, match="not what it made"):
        Batches.from_generator(iter([1, 2]))


def test_elements_that_make_no_batch():
    data = Batches(lambda _: iter([np.zeros(2), np.zeros(3)]))
    with pytest.raises(ShapeError, match=r"shapes \(2,\), \(3,\) cannot be stacked"):
        list(data.batch(2))


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Batches.of((X, X[:3])), ShapeError, "same number of rows"),
        (lambda: Batches.of(X[:0]), DataError, "no rows"),
        (lambda: Batches.of(X, 0), OptionError, "batch_size must be a whole number, 1 or more"),
        (lambda: Batches.of(X, shuffle=True, seed=-1), OptionError, "seed"),
        (lambda: Batches.of(X).shuffle(0), OptionError, "buffer_size"),
        (lambda: Batches.of(X).batch(2.5), OptionError, "batch_size"),
        (lambda: list(Batches(lambda _: iter([])).repeat()), DataError, "is empty"),
    ],
)
def test_what_cannot_be_is_said(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_batches_by_their_numbers():
    class Two(PyDataset):
        ended = 0

        def __len__(self):
            return 2

        def __getitem__(self, index):
            return X[index : index + 1], X[index : index + 1]

        def on_epoch_end(self):
            self.ended += 1

    data = Two(workers=4)
    assert [int(x[0]) for x, _ in data] == [int(x[0]) for x, _ in data] == [0, 1]
    model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
    model.compile("sgd", "mse")
    data.__class__.__getitem__ = lambda self, i: (np.ones((1, 1)), np.ones((1, 1)))
    model.fit(data, epochs=3)
    assert data.ended == 3
    assert cp.utils.Sequence is cp.utils.PyDataset
