"""
Files that cannot be used, and what is said of each.

Run as ``python -m tests.data.tables.hostile`` it writes the golden files; read the difference.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from clearprop.data import Preprocessor, prepare, read_csv
from clearprop.errors import ClearpropError
from clearprop.lang import LANGUAGES, in_language
from tests.data.tables.making import PEOPLE, stream, table

GOLDEN = Path(__file__).parents[2] / "golden" / "data"

NUMBERS = "x,y\n" + "".join(f"{i},{i * 0.7:.1f}\n" for i in range(40))
CLASSES = "x,y\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(40))

READ: dict[str, str | bytes] = {
    "an empty file": b"",
    "only blank lines": "\n\n  \n",
    "a header and nothing else": "a,b\n",
    "a header and rows without content": "a,b\n,\n,\n",
    "a row that is too short": "a,b,c\n1,2,3\n4,5\n",
    "a row that is too long": "a,b\n1,2\n3,4,five\n",
    "a short row after a cell with line breaks": 'a,b\n"one\ntwo\nthree",2\n4\n',
    "a column without a name": "a,,c\n1,2,3\n",
    "an index as pandas writes it": ",a\n0,5\n",
    "two columns of one name": "a,b,a\n1,2,3\n",
    "two columns of one name but for spaces": "a, a \n1,2\n",
    "two columns of one name, composed in two ways": "가,\u1100\u1161\n1,2\n",
    "a quote that is never closed": 'a,b\n1,2\n"3,4\n5,6\n',
    "a quote inside a quoted cell": 'a,b\n1,"say "hi" now"\n',
    "a cell beyond all measure": "a,b\n1,2\n3," + "x" * 200_000 + "\n",
    "a NUL character": "a,b\n1,2\n3,4\0\n",
    "neither UTF-8 nor CP949": "a,b\n1,2\n3,caf\xe9\n".encode("latin-1"),
    "broken UTF-16": b"\xff\xfea\0,\0b\0\n\0\x00\xd8",
    "a spreadsheet": b"PK\x03\x04\x14\x00\x06\x00",
    "an old spreadsheet": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "a gzip archive": b"\x1f\x8b\x08\x00",
}

TRAIN: dict[str, tuple[str, str, dict]] = {
    "no such target": (PEOPLE, "buy", {}),
    "a target without values": ("x,y\n1,\n2,NA\n", "y", {}),
    "a target with one class": ("x,y\n1,yes\n2,\n3,yes\n", "y", {}),
    "a target with one amount": ("x,y\n1,2.5\n2,2.50\n", "y", {}),
    "a target of one class, spelt in two ways": ("x,y\n1,TRUE\n2,true\n", "y", {}),
    "a target of dates": ("x,y\n1,2024-01-01\n2,2024-01-02\n", "y", {}),
    "a target with another text in each row": (PEOPLE, "name", {}),
    "a target with too many classes": (
        "x,y\n" + "".join(f"{i},c{i // 2}\n" for i in range(2400)),
        "y",
        {},
    ),
    "regression on text": (CLASSES, "y", {"task": "regression"}),
    "a target of numbers with a mistake": (NUMBERS + "40,28.o\n", "y", {}),
    "a column of numbers with a mistake": (CLASSES + "4O,a\n", "y", {}),
    "a number that float64 cannot hold": (CLASSES + "1e999,a\n", "y", {}),
    "numbers with decimal commas": ("x;y\n1,5;a\n2;b\n3,25;a\n", "y", {}),
    "numbers with and without a percent sign": ("x,y\n12,a\n13%,b\n", "y", {}),
    "nothing to learn from": ("id,day,same,empty,y\n1,3/4/2024,x,,a\n2,4/4/2024,x,,b\n", "y", {}),
    "a task that is none": (PEOPLE, "buys", {"task": "clustering"}),
    "too few rows to divide": ("x,y\n1,a\n2,b\n", "y", {"test_size": 2}),
}

PREDICT: dict[str, str] = {
    "a column is missing": "age,city\n30,Seoul\n",
    "a column has another name": "age,city,Income\n30,Seoul,1000\n",
    "there is another column": "age,city,income,pet\n30,Seoul,1000,cat\n",
    "a category is unknown": "age,city,income\n30,Seoul,1000\n31,seoul,1000\n",
    "a number is none": "age,city,income\n30,Seoul,1000\nold,Busan,900\n",
    "a number is beyond the learnt ones": "age,city,income\n30,Seoul,1e200\n",
}


def golden(lang: str) -> Path:
    """Where it is written what is said in a language."""
    return GOLDEN / ("table_errors.txt" if lang == "en" else f"table_errors_{lang}.txt")


def said(call: Callable[[], object], lang: str = "en") -> str:
    """What the error says that `call` raises, after its kind."""
    try:
        call()
    except ClearpropError as error:
        return f"{type(error).__name__}: {in_language(error.message, lang)}"
    raise AssertionError("no error was raised")


def cases() -> Iterator[tuple[str, Callable[[], object]]]:
    """Every case by its name."""
    for name, content in READ.items():
        yield f"read: {name}", lambda content=content: read_csv(stream(content))
    for name, (content, target, options) in TRAIN.items():
        yield (
            f"train: {name}",
            lambda content=content, target=target, options=options: prepare(
                table(content), target, **options
            ),
        )
    learnt = Preprocessor.fit(table(PEOPLE), "buys")
    for name, content in PREDICT.items():
        yield (
            f"predict: {name}",
            lambda content=content: learnt.transform_features(table(content)),
        )


def report(lang: str = "en") -> str:
    """All that is said, as the golden file has it."""
    return "\n".join(f"## {name}\n{said(call, lang)}\n" for name, call in cases())


if __name__ == "__main__":
    for lang in LANGUAGES:
        golden(lang).write_text(report(lang), encoding="utf-8")
