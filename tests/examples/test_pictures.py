"""The pictures of the README are what their program draws."""

import importlib.util
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


def drawing():
    spec = importlib.util.spec_from_file_location("pictures_draw", FOLDER / "draw.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def outdated(drawn: Path, kept: Path) -> list[str]:
    """Name the pictures that are missing on one side or differ."""
    names = {path.name for folder in (drawn, kept) for path in folder.glob("*.svg")}
    return sorted(name for name in names if text(drawn / name) != text(kept / name))


def text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def test_kept_pictures_are_what_is_drawn(tmp_path):
    drawing().main(tmp_path)
    assert len(list(tmp_path.glob("*.svg"))) == 4
    assert outdated(tmp_path, FOLDER) == []


def test_an_outdated_picture_is_seen(tmp_path):
    drawing().main(tmp_path)
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "neuron_en.svg").write_text("<svg>another</svg>")
    names = [f"{name}_{lang}.svg" for name in ("branches", "neuron") for lang in ("en", "ko")]
    assert outdated(tmp_path, kept) == names


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
def test_the_pages_show_pictures_that_exist(page):
    root = FOLDER.parents[1]
    words = (root / page).read_text(encoding="utf-8")
    shown = [p for p in FOLDER.glob("*.svg") if f"({p.relative_to(root).as_posix()})" in words]
    assert len(shown) == words.count(".svg)") == 2
