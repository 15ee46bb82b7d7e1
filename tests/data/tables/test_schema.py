"""What columns are taken for, at the edges of every rule."""

import pytest

from clearprop.data import Column, infer_columns
from clearprop.errors import DataError, OptionError
from tests.data.tables.making import PEOPLE, column_of, table


def inferred(cells, name="x"):
    """What is made of one column of cells: its kind, or why it is left out."""
    lines = column_of(cells, name).splitlines()
    # Another column to learn from, for those that are left out.
    content = "\n".join(f"{'other' if i == 0 else i % 3},{line}" for i, line in enumerate(lines))
    schema = infer_columns(table(content), "y")
    found = [column for column in schema.features if column.name == name]
    if found:
        return found[0].kind
    [note] = [note for note in schema.notes if name in note.values.get("columns", ())]
    assert schema.left_out == (name,)
    return note.key


WORDS = [f"w{i}" for i in range(2000)]

COLUMNS = {
    "numbers": (["1", "2.5", "-3", None], "number"),
    "thousands": (['"1,000"', '"12,345.5"', "7"], "number"),
    "percent": (["1%", "2.5%", None], "percent"),
    "codes with zeros": (["007", "008", "007", "009"], "category"),
    "texts": (["red", "blue", "red"], "category"),
    "truth": (["TRUE", "false", "True"], "category"),
    "four names": (WORDS[:4], "category"),
    "five names": (WORDS[:5], "left_out_identifier"),
    "five names and a gap": ([*WORDS[:5], None], "left_out_identifier"),
    "five names, one twice": ([*WORDS[:5], "w0"], "category"),
    "twenty texts, one twice": ([*WORDS[:20], "w0"], "category"),
    "many texts, some twice": ([*WORDS[:21], *WORDS[:9]], "left_out_free_text"),
    "many texts, all twice": (WORDS[:21] * 2, "category"),
    "a thousand texts, twice": (WORDS[:1000] * 2, "category"),
    "more than a thousand": (WORDS[:1001] * 3, "left_out_free_text"),
    "dates": (["2024-01-01", "2024-01-02", None], "left_out_date"),
    "dates and other text": (["2024-01-01", "soon"], "category"),
    "one number": (["5", "5.0", "5"], "left_out_constant"),
    "one text": (["a", "a"], "left_out_constant"),
    "one text or none": (["a", None, "a"], "category"),
    "one number or none": (["5", None, "5"], "number"),
    "nothing": ([None, None], "left_out_empty"),
    "numbers and a grade": (["1", "2", "S", "1"], "category"),
    "some mistakes": ([*map(str, range(20)), "?x", "?y", "?z", "?x"], "left_out_free_text"),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "kind"), COLUMNS.values(), ids=COLUMNS)
def test_columns(cells, kind):
    assert inferred(cells) == kind


@pytest.mark.parametrize("name", ["id", "ID", "No", "번호", "Index"])
def test_row_numbers_are_left_out_by_name_and_content(name):
    assert inferred(["1", "2", "3"], name) == "left_out_row_numbers"
    assert inferred(["0", "1", "2"], name) == "left_out_row_numbers"
    assert inferred(["1", "3", "2"], name) == "number"
    assert inferred(["1", None, "3"], name) == "number"


def test_a_column_that_counts_up_under_another_name_is_kept():
    assert inferred(["1", "2", "3"], "year") == "number"


TARGETS = {
    "text": (["a", "b"], "classification", ("a", "b")),
    "truth": (["TRUE", "False", "true"], "classification", ("false", "true")),
    "zero and one": (["0", "1", "1"], "classification", ("0", "1")),
    "zero and one, once each": (["0", "1"], "classification", ("0", "1")),
    "one and two, twice": (["2", "1", "2", "1"], "classification", ("1", "2")),
    "one way to write": (["10", "2.0", "2", "1e1"], "classification", ("2", "10")),
    "one to five, once": (list("12345"), "regression", ()),
    "twenty classes": ([str(i) for i in range(20)] * 2, "classification", None),
    "twenty-one numbers": ([str(i) for i in range(21)] * 2, "regression", ()),
    "fractions": (["0.5", "1.5", "0.5", "1.5"], "regression", ()),
    "percent": (["0%", "1%", "1%", "0%"], "regression", ()),
    "numbers and text": (["1", "2", "x", "1"], "classification", ("1", "2", "x")),
}


@pytest.mark.parametrize(("cells", "task", "classes"), TARGETS.values(), ids=TARGETS)
def test_targets(cells, task, classes):
    content = "f,t\n" + "".join(f"{i % 7},{cell}\n" for i, cell in enumerate(cells))
    schema = infer_columns(table(content), "t")
    assert schema.task == task
    if classes is not None:
        assert schema.target.values == classes


def test_the_task_can_be_said():
    content = "f,t\n" + "".join(f"{i % 7},{i % 3}\n" for i in range(12))
    assert infer_columns(table(content), "t").task == "classification"
    schema = infer_columns(table(content), "t", task="regression")
    assert (schema.task, schema.target) == ("regression", Column("t", "number"))
    fractions = content.replace(",1\n", ",0.5\n")
    schema = infer_columns(table(fractions), "t", task="classification")
    assert schema.target.values == ("0", "0.5", "2")


def test_classes_may_hold_what_would_be_mistakes_among_amounts():
    """Nearly all are numbers; whoever asks for classes means it."""
    cells = [*map(str, range(20)), *map(str, range(20)), "S"]
    content = "f,t\n" + "".join(f"{i % 7},{cell}\n" for i, cell in enumerate(cells))
    with pytest.raises(DataError, match="row 42, column 't': 'S' is not a number"):
        infer_columns(table(content), "t")
    schema = infer_columns(table(content), "t", task="classification")
    assert len(schema.target.values) == 21


def test_people():
    schema = infer_columns(table(PEOPLE), "buys")
    assert schema.features == (
        Column("age", "number"),
        Column("city", "category", ("Busan", "Daegu", "Seoul")),
        Column("income", "number"),
    )
    assert schema.target == Column("buys", "category", ("no", "yes"))
    assert schema.left_out == ("name",)
    assert [str(note) for note in schema.notes] == [
        "Left out, another text in every row, as names and identifiers have: 'name'."
    ]


def test_rows_without_a_target_are_not_looked_at():
    content = "x,y\n1,a\nspoilt,\n2,b\n3,a\nbad,NA\n4,b\n"
    schema = infer_columns(table(content), "y")
    assert schema.features == (Column("x", "number"),)
    assert str(schema.notes[0]) == (
        "Target 'y': 2 rows without a value left out (the first: row 3)."
    )


def test_whole_numbers_as_classes_are_told_of():
    content = "x,stars\n" + "".join(f"{i},{1 + i % 5}\n" for i in range(20))
    [note] = infer_columns(table(content), "stars").notes
    assert note.values == {"column": "'stars'", "n": 5}
    content = content.replace("3\n", "1\n").replace("4\n", "1\n").replace("5\n", "0\n")
    zero_or_one = content.replace(",2\n", ",0\n")
    assert infer_columns(table(zero_or_one), "stars").notes == ()


def test_a_column_of_numbers_and_text_is_told_of():
    content = "x,y\n1,a\n2,b\nS,a\n1,b\n"
    [note] = infer_columns(table(content), "y").notes
    assert str(note) == "Column 'x' is read as categories: row 4 has 'S', which is no number."


def test_columns_left_out_for_one_reason_are_told_of_together():
    content = "a,b,c,y\n" + "".join(f"1,,{i},{'pq'[i % 2]}\n" for i in range(4))
    content = content.replace("a,b", "a,b,d").replace("1,,", "1,,,")
    schema = infer_columns(table(content), "y")
    assert [str(note) for note in schema.notes] == [
        "Left out, the same value in every row: 'a'.",
        "Left out, no value in any row: 'b', 'd'.",
    ]
    assert schema.left_out == ("a", "b", "d")


def test_the_target_may_be_named_in_another_composition():
    content = "x,\uac00\n1,p\n2,q\n"
    assert infer_columns(table(content), " \u1100\u1161 ").target.name == "\uac00"


def test_tasks_are_two():
    with pytest.raises(OptionError, match="unknown task 'regress'; did you mean 'regression'"):
        infer_columns(table(PEOPLE), "buys", task="regress")
