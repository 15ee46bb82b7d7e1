"""From text to numbers and back: right, repeatable, and never silent about what it mended."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.data import Note, Preprocessor, Table
from clearprop.data.tables import prepare
from clearprop.errors import DataError, MemoryLimitError, NumericsError, OptionError, ShapeError
from tests.data.tables.making import PEOPLE, table

LEARNT = Preprocessor.fit(table(PEOPLE), "buys")


def test_people_become_numbers():
    x, y = LEARNT.transform(table(PEOPLE))
    assert LEARNT.inputs == (
        *("age", "city=Busan", "city=Daegu", "city=Seoul", "city=(missing)", "income"),
    )
    assert (LEARNT.task, LEARNT.classes, LEARNT.outputs) == ("classification", ("no", "yes"), 2)
    assert x.dtype == np.float32
    assert y.dtype == np.int64
    assert y.tolist() == [1, 0, 0, 1, 1, 0]
    np.testing.assert_array_equal(x[:, 1:5].argmax(axis=1), [2, 0, 2, 1, 0, 3])
    np.testing.assert_array_equal(x[:, 1:5].sum(axis=1), 1)
    income = np.array([1200, 900, 1100, 2350.5, 1700, 800])
    np.testing.assert_allclose(x[:, 5], (income - income.mean()) / income.std(), rtol=1e-6)
    ages = np.array([31, 28, 45, 52, 39])
    filled = np.array([31, 28, 39, 45, 52, 39])  # the median where there was none
    np.testing.assert_allclose(x[:, 0], (filled - ages.mean()) / ages.std(), rtol=1e-6)


def test_what_was_mended_is_told():
    notes = []
    LEARNT.transform(table(PEOPLE), notes=notes)
    assert [str(note) for note in notes] == [
        "Column 'age': the median, 39, stands in for 1 missing value (the first: row 4).",
        "Column 'city': 1 missing value is read as one category (the first: row 7).",
    ]
    assert notes[0].in_words("ko") == "'age' 열의 빠진 값 1개(처음: 4행)를 중앙값 39로 채웠습니다."


def test_a_table_without_the_target_and_with_columns_in_another_order():
    content = "income,city,age\n1200,Seoul,31\n"
    expected = LEARNT.transform_features(table(PEOPLE))[:1]
    np.testing.assert_array_equal(LEARNT.transform_features(table(content)), expected)


def test_columns_that_were_left_out_may_be_there_or_not():
    content = "name,age,city,income,buys\nZoe,31,Seoul,1200,\n"
    assert LEARNT.transform_features(table(content)).shape == (1, 6)


def test_a_row_gives_the_same_numbers_whatever_its_company():
    whole = LEARNT.transform_features(table(PEOPLE))
    for i in range(6):
        alone = LEARNT.transform_features(table(PEOPLE).take([i]))
        np.testing.assert_array_equal(alone[0], whole[i])


def test_unknown_categories_can_be_ignored():
    content = "age,city,income\n30,Paris,1000\n31,Seoul,1000\n32,Rome,1000\n"
    with pytest.raises(DataError, match="row 2, column 'city': the value 'Paris' was never seen"):
        LEARNT.transform_features(table(content))
    notes = []
    x = LEARNT.transform_features(table(content), unknown="ignore", notes=notes)
    assert x[:, 1:5].sum(axis=1).tolist() == [0, 1, 0]
    assert [str(note) for note in notes] == [
        (
            "Column 'city': 2 values were never seen in training and count as no category "
            "(the first: 'Paris', row 2)."
        )
    ]
    with pytest.raises(OptionError, match="unknown must be 'error' or 'ignore'; got 'skip'"):
        LEARNT.transform_features(table(content), unknown="skip")


def test_a_missing_category_that_training_did_not_have_is_unknown():
    learnt = Preprocessor.fit(table("c,y\nred,1\nblue,0\nred,0\n"), "y")
    content = "c,pet\nred,\n,cat\n".replace(",pet", ",y").replace(",cat", ",1")
    with pytest.raises(DataError, match="row 3, column 'c': the value is missing"):
        learnt.transform_features(table(content))
    x = learnt.transform_features(table(content), unknown="ignore")
    assert x.tolist() == [[0, 1], [0, 0]]


def test_truth_is_truth_however_spelt():
    learnt = Preprocessor.fit(table("t,y\nTrue,a\nFalse,b\nTrue,a\n"), "y")
    assert learnt.inputs == ("t=false", "t=true")
    assert learnt.transform_features(table("t,y\nTRUE,\nfalse,\n")).tolist() == [[0, 1], [1, 0]]


def test_percentages():
    learnt = Preprocessor.fit(table("p,y\n10%,a\n30%,b\n"), "y")
    assert learnt.transform_features(table("p,y\n50%,\n")).tolist() == [[3.0]]
    with pytest.raises(DataError, match="'50' is not a number with a percent sign"):
        learnt.transform_features(table("p,y\n50,\n"))


@pytest.mark.parametrize(
    ("cells", "median"), [(["1", "2", "10"], 2), (["4", "1", "2", "10"], 3), (["5", "6"], 5.5)]
)
def test_the_median(cells, median):
    content = "x,y\n" + "".join(f"{cell},{'ab'[i % 2]}\n" for i, cell in enumerate(cells))
    learnt = Preprocessor.fit(table(content), "y")
    assert learnt.features[0].median == median


def test_the_largest_numbers_do_not_overflow():
    content = "x,y\n1.7e308,a\n-1.7e308,b\n1.6e308,a\n-1.6e308,b\n"
    x, _ = Preprocessor.fit(table(content), "y").transform(table(content))
    np.testing.assert_allclose(x[:, 0], [1.03, -1.03, 0.97, -0.97], atol=0.01)


def test_statistics_come_from_the_rows_to_train_on_and_categories_from_all():
    content = "x,c,y\n1,p,a\n3,p,b\n100,q,a\n,p,b\n"
    learnt = Preprocessor.fit(table(content), "y", rows=[0, 1])
    number, kind = learnt.features
    assert (number.shift, number.scale, number.median) == (2.0, 1.0, 2.0)
    assert kind.categories == ("p", "q")


def test_a_column_that_is_empty_in_the_rows_to_train_on():
    content = "x,y\n,a\n,b\n5,a\n7,b\n"
    learnt = Preprocessor.fit(table(content), "y", rows=[0, 1])
    assert learnt.features[0].median == 6.0


def test_regression_and_back():
    content = 'x,price\n1,"1,000"\n2,"3,000"\n3,"8,000"\n'
    learnt = Preprocessor.fit(table(content), "price")
    _, y = learnt.transform(table(content))
    assert (learnt.task, learnt.classes, learnt.outputs) == ("regression", (), 1)
    assert y.shape == (3, 1)
    assert y.dtype == np.float32
    assert abs(y.mean()) < 1e-6
    assert abs(y.std() - 1) < 1e-6
    np.testing.assert_allclose(learnt.decode(y), [1000, 3000, 8000], rtol=1e-6)
    np.testing.assert_allclose(learnt.decode(y[:, 0]), [1000, 3000, 8000], rtol=1e-6)
    assert learnt.decode(y).dtype == np.float64


def test_classes_and_back():
    _, y = LEARNT.transform(table(PEOPLE))
    assert LEARNT.decode(np.eye(2)[y]) == table(PEOPLE).column("buys")
    assert LEARNT.decode([[0.2], [0.5], [0.51]]) == ["no", "no", "yes"]
    content = "x,y\n1,10\n2,2.0\n3,10\n4,2\n"
    learnt = Preprocessor.fit(table(content), "y")
    assert learnt.transform(table(content))[1].tolist() == [1, 0, 1, 0]
    assert learnt.transform(table("x,y\n1,1e1\n"))[1].tolist() == [1]
    assert learnt.decode([[0.9, 0.1]]) == ["2"]


WRONG_OUTPUTS = {
    "too many": (np.zeros((4, 3)), ShapeError, r"shape \(4, 3\); expected \(N, 2\) or \(N, 1\)"),
    "flat": (np.zeros(4), ShapeError, r"shape \(4,\)"),
    "nan": ([[0.1, 0.9], [np.nan, 0.1]], NumericsError, "row 1 .* 1 of 2 in all; the network has"),
    "infinite": ([[np.inf, 0.0]], NumericsError, "row 0 "),
}


@pytest.mark.parametrize(("outputs", "error", "words"), WRONG_OUTPUTS.values(), ids=WRONG_OUTPUTS)
def test_outputs_that_mean_nothing_are_refused(outputs, error, words):
    with pytest.raises(error, match=words):
        LEARNT.decode(outputs)


def test_amounts_that_mean_nothing_are_refused():
    learnt = Preprocessor.fit(table("x,y\n1,1.5\n2,2.5\n"), "y")
    with pytest.raises(ShapeError, match=r"\(3, 2\); expected \(N, 1\)"):
        learnt.decode(np.zeros((3, 2)))
    with pytest.raises(NumericsError):
        learnt.decode([[np.nan]])


def test_targets_that_cannot_be_read():
    with pytest.raises(DataError, match="row 3, column 'buys': the target is missing, here"):
        LEARNT.transform(table("age,city,income,buys\n1,Seoul,1,no\n1,Seoul,1,\n1,Seoul,1,?\n"))
    with pytest.raises(DataError, match="'maybe' is none of the classes learnt, 'no', 'yes'"):
        LEARNT.transform(table("age,city,income,buys\n1,Seoul,1,maybe\n"))
    amounts = Preprocessor.fit(table("x,y\n1,1.5\n2,2.5\n"), "y")
    with pytest.raises(DataError, match="row 2, column 'y': 'much' is not a number"):
        amounts.transform(table("x,y\n1,much\n"))
    with pytest.raises(DataError, match=r"1e300 is too far from the amounts .* around 2"):
        amounts.transform(table("x,y\n1,1e300\n"))


def test_a_table_that_would_not_fit_into_memory_is_refused():
    wide = Table({"c": ["a", "b"]}, [2, 3])
    learnt = Preprocessor.fit(Table({"c": ["a", "b"], "y": ["p", "q"]}, [2, 3]), "y")

    class Long(list):
        def __len__(self):
            return 10**10

    with pytest.raises(MemoryLimitError, match="10,000,000,000 rows of 2 inputs would take 80"):
        learnt.transform_features(Table(wide.columns, Long()))


@given(
    numbers=st.lists(st.none() | st.floats(-1e30, 1e30).map(repr), min_size=4, max_size=12),
    texts=st.lists(st.sampled_from([None, "red", "green", "파랑"]), min_size=12, max_size=12),
)
def test_the_state_survives_json(numbers, texts):
    n = len(numbers)
    columns = {"n": numbers, "t": texts[:n], "i": [str(i % 3) for i in range(n)]}
    made = Table({**columns, "y": ["a", "b", *["a"] * (n - 2)]}, range(2, n + 2))
    learnt = Preprocessor.fit(made, "y")
    again = Preprocessor.from_json_dict(json.loads(json.dumps(learnt.to_json_dict())))
    assert again.features == learnt.features
    assert again.target == learnt.target
    assert again.left_out == learnt.left_out
    for got, expected in zip(again.transform(made), learnt.transform(made), strict=True):
        np.testing.assert_array_equal(got, expected)


def test_notes_are_data():
    assert LEARNT.notes == (Note("left_out_identifier", {"columns": ("name",)}),)


def test_one_unknown_category_counts_in_the_singular():
    notes = []
    content = "age,city,income\n30,Paris,1000\n31,Seoul,1000\n"
    LEARNT.transform_features(table(content), unknown="ignore", notes=notes)
    assert "1 value was never seen in training and counts as no" in str(notes[0])


def test_a_median_between_two_values_is_written_as_a_person_would():
    content = "size,kind\n0.1,a\n0.14,b\n,a\n0.05,a\n0.2,b\n"
    learnt = prepare(table(content), "kind").preprocessor
    told = []
    learnt.transform_features(table(content), notes=told)
    assert "the median, 0.12, stands in" in str(told[0])


def test_amounts_are_no_classes():
    rows = "".join(f"{n % 7},{n * 1.5}\n" for n in range(40)) + "1,0.0\n"
    with pytest.raises(DataError, match=r"'price'.* in nearly each \(40\) of the 41 rows.*regress"):
        prepare(table("size,price\n" + rows), "price", task="classification")
