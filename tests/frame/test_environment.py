"""The script that builds the environments: it builds when it must, and only then."""

import json
import shutil
import sys

import pytest

from scripts import environment


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A working tree of its own, with a stand-in for building and installing that keeps a list."""
    root = tmp_path / "a folder with spaces"
    (root / "requirements").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[project]\n")
    for group in ("core", "test", "bench"):
        (root / "requirements" / f"{group}.txt").write_text(f"{group}==1\n")
    done = []

    def call(command, **_):
        if "venv" in command:
            done.append("venv")
            place = root / environment.Path(command[-1]).name / "bin"
            place.mkdir(parents=True)
            (place / "python").symlink_to(sys.executable)
        else:
            done.append(command[command.index("install") + 3 :])
        return 0

    monkeypatch.setattr(environment, "ROOT", root)
    monkeypatch.setattr(environment.subprocess, "call", call)
    monkeypatch.setattr(environment.sys, "executable", sys.executable)
    return root, done


def make(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["environment.py", *arguments])
    environment.main()


def test_a_second_run_does_nothing(tree, monkeypatch):
    _, done = tree
    make(monkeypatch, "core", "test")
    assert done[0] == "venv"
    assert len(done) == 4  # the environment, core, clearprop itself, test
    del done[:]
    make(monkeypatch, "core", "test")
    assert done == []


def test_groups_come_one_on_top_of_another(tree, monkeypatch):
    root, done = tree
    make(monkeypatch, "core")
    del done[:]
    make(monkeypatch, "core", "test")
    assert done == [
        ["--require-hashes", "--only-binary=:all:", "-r", str(root / "requirements" / "test.txt")]
    ]


def test_a_changed_lock_is_installed(tree, monkeypatch):
    root, done = tree
    make(monkeypatch, "core", "test")
    del done[:]
    (root / "requirements" / "test.txt").write_text("test==2\n")
    make(monkeypatch, "core", "test")
    assert [command[-1] for command in done] == [str(root / "requirements" / "test.txt")]


def test_a_changed_project_is_installed_again(tree, monkeypatch):
    root, done = tree
    make(monkeypatch, "core")
    del done[:]
    (root / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    make(monkeypatch, "core")
    assert done[-1][-2:] == ["-e", str(root)]


def test_an_environment_that_was_moved_is_rebuilt(tree, monkeypatch):
    root, done = tree
    make(monkeypatch, "core")
    memory = root / ".venv" / "clearprop.json"
    memory.write_text(json.dumps(json.loads(memory.read_text()) | {"root": "/elsewhere"}))
    del done[:]
    make(monkeypatch, "core")
    assert done[0] == "venv"


def test_an_environment_whose_python_is_gone_is_rebuilt(tree, monkeypatch):
    root, done = tree
    make(monkeypatch, "core")
    (root / ".venv" / "bin" / "python").unlink()
    (root / ".venv" / "bin" / "python").symlink_to(root / "gone")
    del done[:]
    make(monkeypatch, "core")
    assert done[0] == "venv"


def test_a_memory_that_was_cut_short_is_no_memory(tree, monkeypatch):
    root, done = tree
    make(monkeypatch, "core")
    (root / ".venv" / "clearprop.json").write_text('{"root": "/wo')
    del done[:]
    make(monkeypatch, "core")
    assert done[0] == "venv"


def test_the_active_environment_is_rebuilt_with_the_python_below_it():
    assert sys.prefix != sys.base_prefix, "the tests run inside an environment"
    assert not environment.suitable_python(False).startswith(sys.prefix)


def test_a_strange_environment_is_replaced(tree, monkeypatch):
    root, done = tree
    (root / ".venv" / "bin").mkdir(parents=True)
    make(monkeypatch, "core")
    assert done[0] == "venv"


def test_another_python_rebuilds_only_if_asked_for(tree, monkeypatch):
    root, done = tree
    make(monkeypatch, "core")
    del done[:]
    built = str(root / ".venv" / "bin" / "python")
    monkeypatch.setattr(
        environment, "version_of", lambda python: [3, 12 if str(python) == built else 13]
    )
    make(monkeypatch, "core")
    assert done == []
    make(monkeypatch, "--this-python", "core")
    assert done[0] == "venv"


def test_peers_have_an_environment_of_their_own_and_it_alone_has_pytorch(tree, monkeypatch):
    root, done = tree
    make(monkeypatch, "core", "bench")
    assert (root / ".venv-bench").exists()
    assert not (root / ".venv").exists()
    assert [command for command in done if command[0].startswith("torch")]
    del done[:]
    make(monkeypatch, "core", "test")
    assert not [command for command in done if command[0].startswith("torch")]


def test_a_failed_installation_is_not_remembered(tree, monkeypatch):
    root, _ = tree
    make(monkeypatch, "core")
    monkeypatch.setattr(environment.subprocess, "call", lambda *_, **__: 1)
    with pytest.raises(SystemExit, match="pip could not install"):
        make(monkeypatch, "core", "test")
    assert "test" not in json.loads((root / ".venv" / "clearprop.json").read_text())


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10), (3, 15), (4, 0)])
def test_a_python_that_does_not_fit_is_refused_in_words(version, monkeypatch):
    monkeypatch.setattr(environment.sys, "version_info", (*version, 0))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(
        SystemExit, match=rf"3\.11 to 3\.14, and this is {version[0]}\.{version[1]}"
    ):
        environment.suitable_python(False)


def test_a_python_that_fits_is_found_beside_one_that_does_not(monkeypatch):
    monkeypatch.setattr(environment.sys, "version_info", (3, 9, 0))
    monkeypatch.setattr(shutil, "which", lambda name: f"/opt/{name}")
    monkeypatch.setattr(
        environment, "version_of", lambda python: [3, 12] if "3.12" in python else None
    )
    assert environment.suitable_python(False) == "/opt/python3.12"
    with pytest.raises(SystemExit, match=r"this is 3\.9"):  # named by the user: no other will do
        environment.suitable_python(True)


def test_settings_that_mislead_are_dropped(monkeypatch):
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PIP_CERT", "/some/certificates")
    kept = environment.clean_environ()
    assert "PIP_TARGET" not in kept
    assert kept["PIP_CERT"] == "/some/certificates"
