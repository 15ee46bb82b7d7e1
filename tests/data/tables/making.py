"""Makes CSV files and tables for tests."""

import io

from clearprop.data import Table, read_csv

PEOPLE = """\
name,age,city,income,buys
Ann,31,Seoul,"1,200",yes
Bo,28,Busan,900,no
Cy,,Seoul,1100,no
Di,45,Daegu,"2,350.5",yes
Ed,52,Busan,1700,yes
Flo,39,,800,no
"""


def stream(content: str | bytes, name: str = "people.csv") -> io.BytesIO:
    """A binary stream with a name, as an open file is."""
    binary = io.BytesIO(content.encode() if isinstance(content, str) else content)
    binary.name = name
    return binary


def table(content: str | bytes, **options) -> Table:
    """The table that a file of `content` holds."""
    return read_csv(stream(content), **options)


def column_of(cells: list, name: str = "x") -> str:
    """A file with one column of `cells` and a target that alternates."""
    lines = [f"{'' if cell is None else cell},{'ab'[i % 2]}" for i, cell in enumerate(cells)]
    return f"{name},y\n" + "\n".join(lines)
