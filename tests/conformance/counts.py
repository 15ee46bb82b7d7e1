"""
How much is compared with Keras, by family: ``python -m tests.conformance.counts [--run] [--json]``.

The tests that compare are collected as they are. Each counts for what its parameters name, or
`ABOUT` says it is about, among what the library registers; with ``--run`` they are also run, and
those that pass are counted as equal. What Keras has and this has not stands, with the reasons, in
``docs/vocabulary/absent.toml``.
"""

import contextlib
import io
import json
import os
import re
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from clearprop import losses, metrics, nn, optim
from clearprop.nn import registry
from clearprop.nn.activations import ACTIVATIONS
from clearprop.optim.schedules.registry import SCHEDULES

ROOT = Path(__file__).parents[2]
ABSENT = ROOT / "docs" / "vocabulary" / "absent.toml"

# family: where it is compared
FILES = {
    "layers": "tests/nn",
    "activations": "tests/nn/test_.*against_keras",
    "losses": "tests/losses",
    "metrics": "tests/metrics",
    "optimizers": "tests/optim/test_against_keras",
    "schedules": "tests/optim/test_schedules",
    "initializers": "tests/nn/test_initializers",
    "regularizers": "tests/nn/test_regularizers",
    "constraints": "tests/nn/test_constraints",
}
# Tests whose parameters do not name what they compare.
ABOUT = {
    "test_dense": ["Dense"],
    "test_embedding_beside_keras": ["Embedding"],
    "test_masking_beside_keras": ["Masking"],
    "test_cells_on_top_of_each_other": [
        "RNN", "StackedRNNCells", "LSTMCell", "GRUCell", "SimpleRNNCell",
    ],
    "test_both_directions": ["Bidirectional"],
    "test_each_time_step": ["TimeDistributed"],
    "test_heads_in_groups": ["GroupQueryAttention"],
    "test_several_heads": ["MultiHeadAttention"],
    "test_masks_of_several_heads": ["MultiHeadAttention"],
    "test_what_normalization_finds": ["Normalization"],
    "test_steps_that_are_masked_are_not_counted": ["GlobalAveragePooling1D"],
}  # fmt: skip
# Tests of names, and of comparisons that must fail, compare nothing.
NOT_COMPARING = re.compile("name|default|noticed|caught|told_apart|read_again|is_compared|refused")
# What has nothing to be compared with: containers, whose networks are compared whole, what files
# alone hold, the book's own loss, and what Keras computes wrongly (see its own tests).
APART = {
    "layers": {"Applied", "Chain", "Functional", "Graph", "InputLayer", "Model", "Sequential"},
    "layers with code": {"Lambda"},
    "losses": {"HalfSumSquaredError"},
    "activations": {"sparsemax"},
    "initializers": {"Orthogonal"},
}


def registered():
    """Give, by family, the names of all that the library registers itself and Keras has too."""
    ours = {n for n, cls in nn.LAYERS.items() if cls.__module__.startswith("clearprop.")}
    everything = {
        "layers": ours,
        "activations": set(ACTIVATIONS),
        "losses": set(losses.LOSSES),
        "metrics": set(metrics.METRICS),
        "optimizers": set(optim.OPTIMIZERS),
        "schedules": set(SCHEDULES),
        "initializers": set(registry.INITIALIZERS),
        "regularizers": set(registry.REGULARIZERS),
        "constraints": set(registry.CONSTRAINTS),
    }
    apart = set().union(*APART.values())
    return {family: names - apart for family, names in everything.items()}


class Counting:
    """A plugin of pytest's that notes which tests compare what, and how they end."""

    def __init__(self):
        self.about, self.passed = {}, set()

    def pytest_collection_modifyitems(self, items):
        known = registered()
        for item in items:
            for family, where in FILES.items():
                if re.match(where, item.nodeid) and compares(item):
                    self.about[family, item.nodeid] = named_by(item) & known[family]
        wanted = {node for (_, node), about in self.about.items() if about}
        items[:] = [item for item in items if item.nodeid in wanted]

    def pytest_runtest_logreport(self, report):
        if report.when == "call" and report.passed:
            self.passed.add(report.nodeid)


def compares(item):
    """Tell whether a test holds something to Keras."""
    asks = "keras" in getattr(item, "fixturenames", ())
    return asks and not NOT_COMPARING.search(item.originalname or item.name)


def named_by(item):
    """Give the words of a test's parameters, with what it is about in any case."""
    params = getattr(item, "callspec", None)
    words = re.findall(r"\w+", str(params.params)) if params else []
    return {*words, *ABOUT.get(item.originalname, ())}


def counted(paths, options, root=ROOT):
    """Collect tests, or run them, and give the plugin that watched."""
    watching = Counting()
    here = Path.cwd()
    os.chdir(root)
    try:
        with contextlib.redirect_stdout(io.StringIO()) as told:
            code = pytest.main([*paths, "-q", "-p", "no:cacheprovider", *options], [watching])
    finally:
        os.chdir(here)
    if code not in (0, 1):
        raise SystemExit(told.getvalue())
    return watching


def table(watching, ran):
    """Give, by family, what there is, comparisons of each, and what Keras has beside."""
    absent = tomllib.loads(ABSENT.read_text(encoding="utf-8"))
    rows = {}
    for family, names in registered().items():
        tests = {key: about for key, about in watching.about.items() if key[0] == family and about}
        each = Counter(name for about in tests.values() for name in about)
        reasons = defaultdict(list)
        for entry in absent.get(family, []):
            reasons[entry.get("en", "Keras's own machinery.")] += entry["names"].split()
        rows[family] = {
            "names": len(names),
            "comparisons": len(tests),
            "equal": sum(node in watching.passed for _, node in tests) if ran else None,
            "each": {name: each[name] for name in sorted(names)},
            "nowhere": sorted(names - each.keys()),
            "not done": dict(reasons),
        }
    return rows


def main(options):
    """Print the table."""
    ran = "--run" in options
    folders = ["tests/nn", "tests/losses", "tests/metrics", "tests/optim"]
    rows = table(counted(folders, [] if ran else ["--collect-only"]), ran)
    if "--json" in options:
        print(json.dumps(rows))
        return
    print(
        f"{'family':14}{'things':>8}{'compared':>10}{'comparisons':>13}{'equal':>8}{'not done':>10}"
    )
    for family, row in rows.items():
        lacking = sum(map(len, row["not done"].values()))
        equal = "-" if row["equal"] is None else row["equal"]
        compared = row["names"] - len(row["nowhere"])
        numbers = f"{row['names']:8}{compared:10}{row['comparisons']:13}{equal:>8}{lacking:10}"
        print(f"{family:14}{numbers}")
    for family, row in rows.items():
        if row["nowhere"]:
            print(f"compared nowhere: {family}: {', '.join(row['nowhere'])}")
        for reason, names in row["not done"].items():
            print(f"not done: {family}: {', '.join(names)}: {reason}")


if __name__ == "__main__":
    main(sys.argv[1:])
