import pytest

from clearprop.core.op import REGISTRY


@pytest.fixture(autouse=True)
def registry_of_its_own():
    """Forget the operations that a test defines."""
    before = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(before)
