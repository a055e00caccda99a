"""The lock files and pyproject.toml speak of the same packages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"^(\S+?)==(\S+)(?: ; .*?)? \\$", re.MULTILINE)


def locked(name: str) -> dict[str, str]:
    return dict(LINE.findall((ROOT / name).read_text()))


def wanted(*groups: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    texts = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for group in groups:
        texts += project["dependency-groups"][group]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize(
    ("name", "groups"), [("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "dev"])]
)
def test_everything_is_locked_at_a_version_that_is_allowed(name: str, groups: list[str]) -> None:
    versions = locked(name)
    for requirement in wanted(*groups):
        version = versions.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in {name}: make lock"
        assert requirement.specifier.contains(version), f"{name} has {requirement.name} {version}: make lock"


def test_developers_have_what_users_have() -> None:
    users, developers = locked("requirements.lock"), locked("requirements-dev.lock")
    assert users
    assert {name: developers.get(name) for name in users} == users


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_has_hashes_and_none_a_place(name: str) -> None:
    text = (ROOT / name).read_text()
    assert len(LINE.findall(text)) == len(re.findall("^[^ #]", text, re.MULTILINE))
    assert len(re.findall(r" \\\n    --hash=sha256:[0-9a-f]{64}", text)) >= len(LINE.findall(text))
    assert "://" not in text
    assert "index" not in text
