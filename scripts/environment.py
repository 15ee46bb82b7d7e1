"""Build the environment that the Makefile's targets run in, or leave it alone if it is right.

    python3 scripts/environment.py core [test] [lint]   .venv, with these groups on the core
    python3 scripts/environment.py core bench           .venv-bench, with the benchmarks' peers
    python3 scripts/environment.py lock                 .venv-lock, with what `make lock` needs

Everything but PyTorch is installed from requirements/NAME.txt, where each file is pinned by hash.
What is in place is remembered in clearprop.json inside the environment, so a second run installs
nothing and needs no network. This file keeps to the syntax of old Pythons, so that one of those
can still read it far enough to say what is wrong.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 14)
ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = {"bench": ".venv-bench", "lock": ".venv-lock"}
TORCH = "torch==2.13.0"
# Settings that would send packages, or look for them, somewhere else than in the environment.
MISLEADING = (
    "PIP_CONSTRAINT", "PIP_PREFIX", "PIP_ROOT", "PIP_TARGET", "PIP_USER",
    "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP",
)  # fmt: skip


def fits(version):
    """Say whether a Python of this version can run clearprop."""
    return OLDEST <= tuple(version[:2]) <= NEWEST


def suitable_python(this_one):
    """Return this interpreter or, unless it must be this one, another from the PATH that fits."""
    if fits(sys.version_info):
        # Not the .venv's own interpreter, should that be active: rebuilding would remove it first.
        return getattr(sys, "_base_executable", sys.executable)
    for minor in () if this_one else range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other and version_of(other) == [3, minor]:
            return other
    oldest, newest, here = (
        ".".join(map(str, version[:2])) for version in (OLDEST, NEWEST, sys.version_info)
    )
    raise SystemExit(
        f"clearprop needs Python {oldest} to {newest}, and this is {here}: {sys.executable}\n"
        "Install one that fits, or name it: make PYTHON=/path/to/python3.13 ..."
    )


def version_of(python):
    """Return [major, minor] as the interpreter itself tells it, or None if it does not run."""
    ask = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [str(python), "-I", "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return None
    return [int(part) for part in answer.stdout.split()] if answer.returncode == 0 else None


class Environment:
    """A virtual environment of this working tree and the memory of what was installed in it."""

    def __init__(self, folder):
        self.folder = ROOT / folder
        self.python = self.folder / "bin" / "python"
        self.memory_file = self.folder / "clearprop.json"
        self.memory = {}

    def prepare(self, python, asked):
        """Keep the environment if it works here and is of the Python asked for; else build it."""
        with contextlib.suppress(OSError, ValueError):  # missing, or cut short: nothing is known
            self.memory = json.loads(self.memory_file.read_text())
        version = version_of(self.python)
        usable = version is not None and fits(version)
        moved = self.memory.get("root") != str(ROOT)  # scripts and the editable install hold paths
        other = asked and version != version_of(python)
        if usable and not moved and not other:
            return
        if self.folder.exists():
            print(f"Rebuilding {self.folder.name}: it is of another folder or Python.")
            shutil.rmtree(str(self.folder))
        print(f"Building {self.folder.name} with {python}", flush=True)
        if subprocess.call([python, "-m", "venv", str(self.folder)], env=clean_environ()):
            shutil.rmtree(str(self.folder), ignore_errors=True)
            raise SystemExit(
                f"{python} cannot build virtual environments. On Debian and Ubuntu: apt install "
                "python3-venv; elsewhere use a Python from your package manager or python.org."
            )
        self.memory = {"root": str(ROOT)}
        self.remember()

    def remember(self):
        self.memory_file.write_text(json.dumps(self.memory, indent=1) + "\n")

    def install(self, group):
        """Install a locked group unless these very versions were installed before."""
        sources = [ROOT / "requirements" / (group + ".txt")]
        if group == "core":
            sources.append(ROOT / "pyproject.toml")
        digest = hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()
        if self.memory.get(group) == digest:
            return
        print(f"Installing {group} into {self.folder.name}", flush=True)
        self.pip("--require-hashes", "--only-binary=:all:", "-r", str(sources[0]))
        if group == "core":
            self.pip("--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT))
        if group == "bench":
            print(f"Installing {TORCH}, which can be large", flush=True)
            self.pip(TORCH)
        self.memory[group] = digest
        self.remember()

    def pip(self, *arguments):
        # Python compiles what it imports; to compile all of JAX and Keras now would take longer.
        command = [str(self.python), "-m", "pip", "install", "-qq", "--no-compile", *arguments]
        if subprocess.call(command, env=clean_environ(), cwd=str(ROOT)):
            raise SystemExit("pip could not install that; its own words are above.")


def clean_environ():
    """Return the environment variables without those that would mislead pip or Python."""
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    return dict(kept, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")


@contextlib.contextmanager
def alone():
    """Let no other make work on this tree's environments meanwhile; wait until that one is done."""
    with (ROOT / "pyproject.toml").open() as held:
        try:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX)
        except (ImportError, OSError):  # a system or a file system without locks: hope
            pass
        yield


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("groups", nargs="+", choices=["core", "test", "lint", "bench", "lock"])
    parser.add_argument(
        "--this-python", action="store_true", help="rebuild if the environment has another Python"
    )
    options = parser.parse_args()
    python = suitable_python(options.this_python)
    folder = next((ENVIRONMENTS[name] for name in options.groups if name in ENVIRONMENTS), ".venv")
    environment = Environment(folder)
    with alone():
        environment.prepare(python, options.this_python)
        for group in options.groups:
            environment.install(group)


if __name__ == "__main__":
    main()
