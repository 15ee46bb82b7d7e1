"""Build the environment that the Makefile's targets run in, or leave it alone if it is as it should be.

    python3 scripts/environment.py core [test] [lint]     .venv, with these groups on top of the core
    python3 scripts/environment.py core bench             .venv-bench, with the peers of the benchmarks
    python3 scripts/environment.py lock                   .venv-lock, with what `make lock` needs

Everything but PyTorch is installed from requirements/NAME.txt, where each file is pinned by hash.
What is in place is remembered in clearprop.json inside the environment, so a second run installs
nothing and needs no network. This file keeps to the syntax of old Pythons, so that one of those
can still read it far enough to say what is wrong.
"""

import argparse
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


def suitable_python():
    """Return this interpreter, or one that fits from the PATH; give up with a message if none does."""
    if fits(sys.version_info):
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which("python3.{}".format(minor))
        if other and version_of(other) == [3, minor]:
            return other
    raise SystemExit(
        "clearprop needs Python {}.{} to {}.{}; python3 is {}.{} here and the PATH has no other.\n"
        "Install one of those, or name it: make PYTHON=/path/to/python3.13 ...".format(
            *(OLDEST + NEWEST + tuple(sys.version_info[:2]))
        )
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
        """Keep the environment if it works, is of this folder and of the Python asked for; else build it."""
        if self.memory_file.exists():
            self.memory = json.loads(self.memory_file.read_text())
        version = version_of(self.python)
        usable = version is not None and fits(version)
        moved = self.memory.get("root") != str(ROOT)  # scripts and the editable install hold paths
        other = asked and version != version_of(python)
        if usable and not moved and not other:
            return
        if self.folder.exists():
            print("Rebuilding {}: it is of another folder or Python.".format(self.folder.name))
            shutil.rmtree(str(self.folder))
        print("Building {} with {}".format(self.folder.name, python), flush=True)
        if subprocess.call([python, "-m", "venv", str(self.folder)], env=clean_environ()):
            shutil.rmtree(str(self.folder), ignore_errors=True)
            raise SystemExit(
                "{} cannot build virtual environments. On Debian and Ubuntu: apt install python3-venv; "
                "elsewhere a Python from your package manager or python.org has it.".format(python)
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
        print("Installing {} into {}".format(group, self.folder.name), flush=True)
        self.pip("--require-hashes", "--only-binary=:all:", "-r", str(sources[0]))
        if group == "core":
            self.pip("--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT))
        if group == "bench":
            print("Installing {}, which can be large".format(TORCH), flush=True)
            self.pip(TORCH)
        self.memory[group] = digest
        self.remember()

    def pip(self, *arguments):
        # Python compiles what it imports; to compile all of JAX and Keras now would take longer.
        command = [str(self.python), "-m", "pip", "install", "-qq", "--no-compile"] + list(arguments)
        if subprocess.call(command, env=clean_environ(), cwd=str(ROOT)):
            raise SystemExit("pip could not install that; its own words are above.")


def clean_environ():
    """Return the environment variables without those that would mislead pip or Python."""
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    return dict(kept, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")


def hold_the_lock():
    """Wait until no other make works on the environments of this tree; held until this process ends."""
    try:
        import fcntl
    except ImportError:
        return None
    held = (ROOT / "pyproject.toml").open()
    fcntl.flock(held, fcntl.LOCK_EX)
    return held


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("groups", nargs="+", choices=["core", "test", "lint", "bench", "lock"])
    parser.add_argument(
        "--this-python", action="store_true", help="rebuild if the environment has another Python"
    )
    options = parser.parse_args()
    python = suitable_python()
    held = hold_the_lock()
    folder = next((ENVIRONMENTS[name] for name in options.groups if name in ENVIRONMENTS), ".venv")
    environment = Environment(folder)
    environment.prepare(python, options.this_python)
    for group in options.groups:
        environment.install(group)
    if held is not None:
        held.close()


if __name__ == "__main__":
    main()
