"""What is loaded later: found by name, listed whole, and no sooner than it is asked for."""

import subprocess
import sys
from types import ModuleType

import pytest

from clearprop.core.later import Register, names_of

PACKAGES = [
    ("nn", "clearprop.nn", "LAYERS"),
    ("losses", "clearprop.losses", "LOSSES"),
    ("metrics", "clearprop.metrics", "METRICS"),
    ("optim", "clearprop.optim", "OPTIMIZERS"),
    ("schedules", "clearprop.optim.schedules", "SCHEDULES"),
]

LEFT_OUT = """
import importlib, pkgutil
package = importlib.import_module({package!r})
register = getattr(package, {name!r})
if {forgotten!r}:
    register.modules = tuple(m for m in register.modules if not m.endswith({forgotten!r}))
listed = set(register)
for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
    importlib.import_module(found.name)
print(*sorted(set(register.held) - listed))
"""


def left_out(package, name, forgotten=""):
    """Tell what is entered by modules that the register does not know."""
    program = LEFT_OUT.format(package=package, name=name, forgotten=forgotten)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.fixture
def shop(monkeypatch):
    """A package of two modules that enter what they have, and note that they were loaded."""
    seen, register = [], Register("shop.bread", "shop.cakes")
    parts = {"shop.bread": ["Rye"], "shop.cakes": ["Tart"]}

    class Loader:
        def find_spec(self, name, path=None, target=None):
            from importlib.machinery import ModuleSpec

            return ModuleSpec(name, self) if name in parts else None

        def create_module(self, spec):
            return None

        def exec_module(self, module):
            seen.append(module.__name__)
            module.__all__ = parts[module.__name__]
            for name in module.__all__:
                setattr(module, name, name.lower())
                register[name] = name.lower()

    package = ModuleType("shop")
    package.__path__ = []
    for name in ("shop", *parts):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "shop", package)
    monkeypatch.setattr(sys, "meta_path", [Loader(), *sys.meta_path])
    yield package, register, seen
    for name in parts:
        sys.modules.pop(name, None)


def test_what_comes_after_stays_unloaded(shop):
    _, register, seen = shop
    assert register["Rye"] == "rye"
    assert seen == ["shop.bread"]
    assert "Tart" in register
    assert seen == ["shop.bread", "shop.cakes"]


@pytest.mark.parametrize("listing", [list, len, dict, repr, lambda r: list(r.values())])
def test_whoever_lists_sees_all(shop, listing):
    _, register, seen = shop
    listing(register)
    assert seen == ["shop.bread", "shop.cakes"]
    assert dict(register) == register.held == {"Rye": "rye", "Tart": "tart"}


def test_what_is_entered_by_others_is_there_at_once(shop):
    _, register, seen = shop
    register["Bun"] = "bun"
    assert register["Bun"] == "bun"
    assert seen == []
    del register["Bun"]
    with pytest.raises(KeyError, match="Bun"):
        register["Bun"]


def test_names_are_found_where_they_stand(shop):
    package, _, seen = shop
    find, listing = names_of("shop", ["shop.bread", "shop.cakes"], ["Rye", "Tart"])
    assert find("Rye") == package.Rye == "rye"
    assert seen == ["shop.bread"]
    assert {"Rye", "Tart"} <= set(listing())
    assert find("cakes").Tart == "tart"


def test_names_that_are_not_there(shop):
    _, _, seen = shop
    find, _ = names_of("shop", ["shop.bread"], ["Rye"])
    with pytest.raises(AttributeError, match=r"shop has no 'Rey'; did you mean 'Rye'\?"):
        find("Rey")
    assert seen == []
    asked, _ = names_of("shop", ["shop.bread"], ["Rye"], lambda name: f"no {name}")
    assert asked("Roll") == "no Roll"


@pytest.mark.parametrize(("package", "name"), [each[1:] for each in PACKAGES],
                         ids=[each[0] for each in PACKAGES])  # fmt: skip
def test_every_module_that_enters_something_is_known(package, name):
    assert left_out(package, name) == []


def test_a_module_that_was_forgotten_is_seen():
    assert left_out("clearprop.losses", "LOSSES", forgotten=".similarity") == ["Circle"]
