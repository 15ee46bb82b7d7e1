"""Every example is run, is short, says what it shows, and uses what is public only."""

import ast
from pathlib import Path

import pytest

from tests.examples.running import EXAMPLES, SMALL

FILES = sorted(EXAMPLES.rglob("*.py"))
LONGEST = 99  # lines
# What a user may import: the library, its face under Keras's names, and what comes along with it.
OURS = ("clearprop", "clearprop.keras")


def complaints(text: str) -> list[str]:
    """Say what is wrong with an example; nothing said is nothing wrong."""
    tree = ast.parse(text)
    found = []
    if len(text.splitlines()) > LONGEST:
        found.append("too long")
    words = ast.get_docstring(tree) or ""
    if not any(letter.isdigit() for letter in words):
        found.append("no docstring that gives the figure it reaches")
    if "main" not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
        found.append("no main")
    for node in ast.walk(tree):
        found += [f"private: {name}" for name in names(node) if is_private(name)]
        found += [f"not public: {name}" for name in imports(node) if not is_public(name)]
    return found


def names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.ImportFrom):
        return [alias.name for alias in node.names]
    return []


def imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module]
    return []


def is_private(name: str) -> bool:
    return name.startswith("_") and name not in ("__name__", "__init__")


def is_public(module: str) -> bool:
    return module.split(".")[0] != "clearprop" or ".".join(module.split(".")[:2]) in OURS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_is_as_a_user_would_write_it(path: Path):
    assert complaints(path.read_text(encoding="utf-8")) == []


def test_each_has_a_size_at_which_it_is_run():
    assert {path.relative_to(EXAMPLES).with_suffix("").as_posix() for path in FILES} == set(SMALL)


def test_each_is_run_by_a_test():
    tests = "".join(p.read_text() for p in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in SMALL if f'"{name}"' not in tests] == []


GOOD = '"""Reaches 0.5."""\nimport numpy as np\nimport clearprop as cp\ndef main():\n    pass\n'


def test_a_good_one_is_not_complained_of():
    assert complaints(GOOD + "if __name__ == '__main__':\n    main()\n") == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GOOD + "\n" * 95, "too long"),
        (GOOD.replace("0.5", "much"), "no docstring that gives the figure it reaches"),
        (GOOD.replace("main", "run"), "no main"),
        (GOOD + "cp.Tensor._node", "private: _node"),
        (GOOD + "from clearprop import _ops", "private: _ops"),
        (GOOD + "from clearprop.core import tensor", "not public: clearprop.core"),
        (GOOD + "import clearprop.core.tape", "not public: clearprop.core.tape"),
        (GOOD + "from clearprop.core.tape import walk", "not public: clearprop.core.tape"),
    ],
)
def test_a_careless_one_is_seen(text, complaint):
    assert complaints(text) == [complaint]
