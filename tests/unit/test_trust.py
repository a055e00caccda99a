"""A project's file counts only as it was when it was trusted, and never for what runs programs."""

import json
import os
import stat
from pathlib import Path

import pytest

from dbx import config, target, trust
from dbx.errors import UsageError

TEXT = 'target = "@dev"\n[profiles.dev]\nurl = "dev.db"\npassword_file = "secret"\n[profiles.own]\nurl = "x.db"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's file in a folder that is left again for one below it."""
    home, folder = tmp_path / "home", tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    home.mkdir()
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "DBX_CONFIG", "DBX_TARGET", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(folder / "src")
    file = folder / ".dbx.toml"
    file.write_text(TEXT)
    return file


def test_it_is_ignored_until_it_is_trusted_and_again_once_it_changes(project: Path) -> None:
    assert (config.load().profiles, config.load().ignored) == ({}, project)
    trust.remember(trust.read(project))
    found = config.load()
    assert (found.target, found.project, found.ignored) == ("@dev", project, None)
    project.write_text(TEXT + "row_limit = 5\n")
    assert (config.load().target, config.load().ignored) == ("", project)
    project.write_text(TEXT)
    assert config.load().target == "@dev"
    assert trust.forget(project)
    assert config.load().ignored == project


def test_an_unknown_profile_says_that_a_file_is_ignored(project: Path) -> None:
    with pytest.raises(UsageError) as caught:
        target.parse("@dev", config.load())
    assert "dbx trust" in caught.value.hint


def test_its_files_are_seen_from_where_it_stands(project: Path) -> None:
    trust.remember(trust.read(project))
    profile = config.load().profile("dev")
    assert profile.url == str(project.parent / "dev.db")
    assert profile.password_file == str(project.parent / "secret")


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("sqlite:///a.db?mode=ro", "sqlite:///{}/a.db?mode=ro"),
        ("sqlite:////a.db", "sqlite:////a.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql://h/d", "postgresql://h/d"),
        (":memory:", ":memory:"),
        ("@other", "@other"),
    ],
)
def test_urls_of_files_alone_are_moved(project: Path, url: str, seen: str) -> None:
    project.write_text(f'[profiles.p]\nurl = "{url}"\n')
    said = trust.read(project).config()
    assert said.profile("p").url == seen.format(project.parent)


def test_a_profile_of_ones_own_stands_above(project: Path) -> None:
    config.path().parent.mkdir(parents=True)
    config.path().write_text('[profiles.own]\nurl = "mine.db"\n')
    trust.remember(trust.read(project))
    found = config.load()
    assert (found.profile("own").url, found.shadowed) == ("mine.db", ("own",))
    assert "dev" in found.profiles


@pytest.mark.parametrize("line", ['password_command = ["touch", "pwned"]', "keyring = true"])
def test_what_runs_programs_is_refused_even_when_trusted(project: Path, line: str) -> None:
    project.write_text(f'[profiles.dev]\nurl = "dev.db"\n{line}\n')
    trust.remember(trust.read(project))
    with pytest.raises(UsageError, match="not for a project's file"):
        config.load()


def test_what_others_could_have_written_is_never_read(project: Path) -> None:
    trust.remember(trust.read(project))
    project.chmod(0o666)
    assert config.load().ignored == project
    project.chmod(0o644)
    project.parent.chmod(0o777)
    assert config.load().ignored == project
    project.parent.chmod(0o755)
    assert config.load().project == project


def test_a_link_is_not_followed(project: Path, tmp_path: Path) -> None:
    project.rename(tmp_path / "elsewhere")
    project.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="symbolic link"):
        trust.read(project)
    assert config.load().ignored == project


def test_a_folder_a_pipe_and_a_huge_file_do_no_harm(project: Path) -> None:
    project.unlink()
    os.mkfifo(project)
    with pytest.raises(UsageError, match="no plain file"):
        trust.read(project)
    project.unlink()
    project.mkdir()
    with pytest.raises(UsageError):
        trust.read(project)
    assert config.load().ignored == project


def test_the_store_is_private_and_one_of_others_counts_for_nothing(project: Path) -> None:
    trust.remember(trust.read(project))
    file = trust.store()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text()) == {str(project): trust.read(project).digest}
    file.chmod(0o644)
    assert config.load().ignored == project
    file.chmod(0o600)
    file.write_text("[]")
    assert config.load().ignored == project


def test_the_search_ends_at_the_repository(project: Path) -> None:
    (project.parent / "src" / ".git").mkdir()
    assert config.load().ignored is None
