from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
from shop import Shop


@pytest.fixture(scope="package")
def shop() -> Shop:
    """Read only; its session is emptied by `session_names`."""
    return Shop()


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    """A warning would be printed over the user's screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture(autouse=True)
def session_names(shop: Shop) -> Iterator[None]:
    yield
    shop.session.clear()


@pytest.fixture
def own_shop() -> Shop:
    """One to write to."""
    return Shop()
