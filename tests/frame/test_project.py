"""What pyproject.toml and the lock files promise."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import clearprop

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def names(requirements):
    """Return the bare names of requirements such as ``numpy>=2.0``, sorted."""
    return sorted(re.match(r"[A-Za-z0-9._-]+", line).group().lower() for line in requirements)


def lock_complaints(text):
    """Say what is wrong with a lock file: a place that it names, a pin that is not one, no hash."""
    found = ["names a place"] if re.search(r"://|(^|\s)/\w|--\w*index|@ ", text) else []
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    found += [
        f"not pinned: {entry.split()[0]}" for entry in entries if "==" not in entry.split()[0]
    ]
    found += [f"no hash: {entry.split()[0]}" for entry in entries if "--hash=sha256:" not in entry]
    return found


CORE = ["click", "llvmlite", "numpy", "rich", "safetensors"]


def test_core_dependencies_are_five():
    assert names(PROJECT["project"]["dependencies"]) == CORE


def test_the_installed_metadata_say_the_same():
    required = [line for line in metadata.requires("clearprop") if "extra ==" not in line]
    assert names(required) == CORE


def test_the_version_is_one():
    assert clearprop.__version__ == metadata.version("clearprop") == PROJECT["project"]["version"]


def test_the_package_says_that_it_is_typed():
    assert (Path(clearprop.__file__).parent / "py.typed").exists()


def test_there_are_locks_for_every_group():
    groups = {"core"} | set(PROJECT["dependency-groups"]) - {"build"}
    assert {lock.stem for lock in LOCKS} == groups


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_locks_are_pinned_by_hash_and_name_no_place(lock):
    assert lock_complaints(lock.read_text()) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("six==1.17.0 \\\n    --hash=sha256:00\nfive==1.0\n", "no hash: five==1.0"),
        ("six>=1.17.0 \\\n    --hash=sha256:00\n", "not pinned: six>=1.17.0"),
        ("--index-url https://host/simple\nsix==1.17.0 --hash=sha256:00\n", "names a place"),
        ("six @ file:///tmp/six.whl --hash=sha256:00\n", "names a place"),
        ("six==1.17.0 --hash=sha256:00\n    # via -c /tmp/all.txt\n", "names a place"),
    ],
)
def test_a_careless_lock_is_refused(text, complaint):
    assert complaint in lock_complaints(text)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_no_lock_brings_pytorch(lock):
    locked = names(line for line in lock.read_text().splitlines() if re.match(r"[a-z0-9]", line))
    assert locked
    assert not [name for name in locked if name.startswith(("torch", "nvidia", "triton"))]


def test_groups_that_share_an_environment_agree_on_versions():
    pins = {}
    for name in ("core", "test", "lint"):
        for line in (ROOT / "requirements" / f"{name}.txt").read_text().splitlines():
            if re.match(r"[a-z0-9]", line):
                package = re.split("==", line)[0]
                pins.setdefault(package, {}).setdefault(name, set()).add(line.rstrip(" \\"))
    apart = {p: by for p, by in pins.items() if len(set(map(frozenset, by.values()))) > 1}
    assert apart == {}
