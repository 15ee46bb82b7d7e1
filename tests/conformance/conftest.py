import pytest

from clearprop.core.op import REGISTRY


@pytest.fixture
def scratch():
    """Forget the operations that a test defines."""
    before = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(before)
