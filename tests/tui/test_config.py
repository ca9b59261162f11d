"""The config file and the recent files: used as far as they make sense, and never a crash."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eqmorph.tui.config import Config, read_settings, recent_files, remember_file
from eqmorph.user_config import config_path

ACTIONS = {
    "play": "space",
    "render": "r",
    "help": "f1,question_mark",
    "mode": "t",
    "mode.switch": "h",
    "slider.less": "left,h",
    "form.back": "escape",
}


def read(text: str | bytes) -> Config:
    path = config_path()
    assert path is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_settings(actions=ACTIONS, themes={"nord"}, key_names={"left", "f9", "tab"})


def test_without_a_file_all_is_as_it_comes() -> None:
    assert read_settings(actions={}, themes=()) == Config()


def test_theme_and_keys() -> None:
    config = read('[tui]\ntheme = "nord"\n[tui.keys]\nplay = "p"\nslider.less = ["left", "ctrl+b", "+"]\n')
    assert config == Config("nord", {"play": "p", "slider.less": "left,ctrl+b,+"})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[tui]\ntheme = [", "not valid TOML"),
        (b"\xff\xfe", "is not a text file with settings"),
        ('[tui]\ntheme = "pink"', "no theme 'pink'"),
        ("[tui]\nkeys = 3", "must be a table"),
        ('[tui.keys]\nfly = "f"', "no action 'fly'"),
        ('[tui.keys]\nplay = "wheel"', "'wheel' for 'play' is not a key"),
        ('[tui.keys]\nplay = "hyper+p"', "not a key"),
        ("[tui.keys]\nplay = 3", "not a key"),
        ("[tui.keys]\nplay = []", "not a key"),
        ('[tui]\ntheme = ["a"]', "no theme ['a']"),
        ("[tui.theme]\nname = 1", "no theme {'name': 1}"),
        ('[tui.keys]\nplay = ","', "',' for 'play' is not a key: write 'comma' for ','"),
        ('[tui.keys]\nplay = ["p", " "]', "write 'space' for ' '"),
        ('[tui.keys]\nplay = "ctrl+,"', "not a key"),
        ('[tui.keys]\nplay = "r"', "'r' for 'play' is already a key of 'render'"),
        ('[tui.keys]\nplay = "?"', "'question_mark' for 'play' is already a key of 'help'"),
        ('[tui.keys]\nslider.less = ["x", "r"]', "'r' for 'slider.less' is already a key of 'render'"),
        ('[tui.keys]\nplay = "5"', "'5' for 'play' is already a key of 'slider.number'"),
        ('[tui.keys]\nplay = "ctrl+p"', "'ctrl+p' for 'play' is already a key of 'the palette'"),
        ('[tui.keys]\nplay = "tab"', "'tab' for 'play' is already a key of 'the next part'"),
        ('[tui.keys]\nplay = "shift+p"', "'shift+p' for 'play' is not a key: write 'P'"),
        ('[tui.keys]\nplay = "h"', "'h' for 'play' is already a key of 'mode.switch'"),
        ('[tui.keys]\nmode = "x"\nmode.switch = "y"', 'a name with a dot may need quotes: "mode.switch"'),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_named_and_left_out(text: str | bytes, problem: str) -> None:
    config = read(text)
    assert (config.theme, config.keys) == ("", {})
    assert len(config.problems) == 1
    assert problem in config.problems[0]


def test_one_bad_key_does_not_spoil_the_others() -> None:
    config = read('[tui.keys]\nplay = "wheel"\nslider.less = "x"')
    assert config.keys == {"slider.less": "x"}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('[tui.keys]\nplay = "comma"', {"play": "comma"}),
        ('[tui.keys]\nplay = "full_stop"\nhelp = "f9"', {"play": "full_stop", "help": "f9"}),
        ('[tui.keys]\nplay = "r"\nrender = "space"', {"play": "r", "render": "space"}),
        ('[tui.keys]\nform.back = "r"', {"form.back": "r"}),
        ('[tui.keys]\nmode = "x"\n"mode.switch" = "y"', {"mode": "x", "mode.switch": "y"}),
    ],
    ids=["comma", "full stop", "two that change places", "in another place", "in quotes"],
)
def test_what_clashes_with_nothing_holds(text: str, keys: dict[str, str]) -> None:
    assert read(text) == Config(keys=keys)


def test_of_two_that_want_a_key_the_first_has_it() -> None:
    config = read('[tui.keys]\nplay = "p"\nmode = "p"')
    assert config.keys == {"play": "p"}
    assert len(config.problems) == 1


def test_a_key_given_back_is_no_longer_free() -> None:
    """An action that gets no other key keeps its own, which another was to have."""
    config = read('[tui.keys]\nplay = "r"\nrender = "t"')
    assert config.keys == {}
    assert len(config.problems) == 2


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid"), reason="a folder in place of the file")
def test_a_config_that_cannot_be_read_is_a_problem() -> None:
    path = config_path()
    assert path is not None
    path.mkdir(parents=True)
    assert "can't be read" in read_settings(actions={}, themes=()).problems[0]


def test_recent_files_are_the_latest_first_and_still_there(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.wav", "b.wav", "c.wav")]
    for path in files:
        path.touch()
        remember_file(path)
    remember_file(files[0])
    files[1].unlink()
    assert recent_files() == [files[0], files[2]]


def test_a_broken_list_of_recent_files_is_empty(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.touch()
    remember_file(path)
    (kept,) = (home / "state").rglob("recent.json")
    for text in ("[1, {}]", "{", '"a.wav"', ""):
        kept.write_text(text)
        assert recent_files() == []


def test_a_file_is_recent_once_however_it_was_named_and_a_pipe_never(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.touch()
    (tmp_path / "b").mkdir()
    remember_file(tmp_path / "b" / ".." / "a.wav")
    remember_file(path)
    remember_file(Path(os.devnull))
    assert recent_files() == [path]
