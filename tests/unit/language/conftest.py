from __future__ import annotations

from collections.abc import Iterator

import pytest
from shop import Shop


@pytest.fixture(scope="package")
def shop() -> Shop:
    """Read only; its session is emptied by `session_names`."""
    return Shop()


@pytest.fixture(autouse=True)
def session_names(shop: Shop) -> Iterator[None]:
    yield
    shop.session.clear()


@pytest.fixture
def own_shop() -> Shop:
    """One to write to."""
    return Shop()
