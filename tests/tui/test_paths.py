"""Paths as people type and read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from eqmorph.errors import UsageError
from eqmorph.tui.paths import free_path, home_path, short_path, tidy, typed_path


def test_a_path_that_can_not_be_is_an_error_of_ours() -> None:
    for text in ("a\0b", "~nosuchuser"):
        with pytest.raises(UsageError) as raised:
            typed_path(text)
        assert raised.value.hint
    assert typed_path("~/x") == Path.home() / "x"


def test_free_paths_count_up(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    (tmp_path / "a-2.wav").touch()
    assert free_path(tmp_path, "a", ".wav") == tmp_path / "a-3.wav"


def test_a_path_is_short_below_the_folder_one_is_in_and_never_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert short_path(tmp_path / "a" / "b.wav") == str(Path("a/b.wav"))
    assert short_path(Path("a.wav")) == "a.wav"
    assert short_path(tmp_path.parent / "b.wav") == str(tmp_path.parent / "b.wav")
    assert short_path(tmp_path / "-b.wav") == "./-b.wav"


def test_paths_are_shown_as_people_write_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert home_path(tmp_path / "music" / "a.wav") == "~/music/a.wav"
    assert home_path(tmp_path) == "~"
    assert home_path(Path("/elsewhere/a.wav")) == "/elsewhere/a.wav"
    assert tidy(tmp_path / "music" / ".." / "a.wav") == tmp_path.resolve() / "a.wav"
    assert tidy(tmp_path / "a.wav") == tmp_path / "a.wav"
