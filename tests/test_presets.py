"""EQs by name and from files: found where they are, and plainly refused where they are not."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eqmorph.bands import Band, Bands
from eqmorph.errors import EqmorphError, InputError, UsageError
from eqmorph.presets import (
    Preset,
    find_preset,
    format_preset,
    list_presets,
    read_preset,
    take_bands,
    user_preset_folder,
)

pytestmark = pytest.mark.usefixtures("own_presets")

MINE = """
name = "mine"
description = "My own."
tags = ["voice"]

[[bands]]
kind = "bell"
freq_hz = 300
gain_db = -2.5
q = 1.2

[[bands]]
kind = "low_shelf"
freq_hz = 90.5
gain_db = 1
"""
MY_BANDS = Bands([Band("low_shelf", 90.5, 1), Band("bell", 300, -2.5, 1.2)])


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_shipped_preset_is_found_by_name() -> None:
    preset = find_preset("de-mud")
    assert preset.name == "de-mud"
    assert preset.bands
    assert preset.description
    assert preset.tags


def test_all_shipped_presets_are_listed_and_read() -> None:
    presets = list_presets()
    assert len(presets) >= 16
    for name, path in presets.items():
        assert read_preset(path).name == name


def test_a_users_own_preset_is_found_by_its_files_name(own_presets: Path) -> None:
    written(own_presets / "mine.toml", MINE)
    assert find_preset("mine").bands == MY_BANDS
    presets = list_presets()
    assert presets["mine"] == own_presets / "mine.toml"
    assert list(presets) == sorted(presets)


def test_a_users_own_preset_goes_before_a_shipped_one(own_presets: Path) -> None:
    shipped = find_preset("air").bands
    written(own_presets / "air.toml", MINE)
    assert find_preset("air").bands == MY_BANDS != shipped


def test_without_a_folder_of_the_users_own_the_shipped_presets_are_there(own_presets: Path) -> None:
    own_presets.rmdir()
    assert find_preset("air").bands


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="XDG folders are Linux's")
def test_the_users_folder_is_where_the_system_keeps_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert user_preset_folder() == tmp_path / "xdg" / "eqmorph" / "presets"


@pytest.mark.parametrize("line", ["gain = 0.5", "to = 0.5", 'mode = "fixed"', 'tag = "voice"', "[level]"])
def test_a_key_that_no_preset_has_is_named(tmp_path: Path, line: str) -> None:
    path = written(tmp_path / "mine.toml", f'target = "warm:0.7"\n{line}\n')
    with pytest.raises(InputError, match=repr(line.partition(" ")[0].strip("[]"))) as caught:
        read_preset(path)
    assert caught.value.path == path
    assert "name, description, tags, bands, target" in caught.value.hint


@pytest.mark.parametrize("text", ['target = "warm"\namount = 3', 'target = "warm"\namount = "much"', "amount = 0.5"])
def test_an_amount_is_a_share_of_words(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="amount"):
        read_preset(written(tmp_path / "mine.toml", text))


@pytest.mark.parametrize("name", ["mine.toml", "mine.TOML", "any name at all"])
def test_a_preset_is_read_from_a_file_anywhere(tmp_path: Path, name: str) -> None:
    preset = find_preset(str(written(tmp_path / name, MINE)))
    assert (preset.name, preset.description, preset.tags) == ("mine", "My own.", ("voice",))
    assert preset.bands == MY_BANDS


def test_a_preset_without_a_name_is_called_like_its_file(tmp_path: Path) -> None:
    preset = read_preset(written(tmp_path / "my own.toml", MINE.partition("tags = ")[2].partition("\n")[2]))
    assert (preset.name, preset.description, preset.tags) == ("my own", "", ())


@pytest.mark.parametrize(
    ("asked", "hint"),
    [("demud", "de-mud"), ("Air", "air"), ("warm_tape", "warm-tape"), ("podcast", "podcast-voice")],
)
def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(asked: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"no preset is called '{asked}'") as caught:
        find_preset(asked)
    assert hint in caught.value.hint


def test_the_hint_knows_a_users_own_presets(own_presets: Path) -> None:
    written(own_presets / "zither.toml", MINE)
    with pytest.raises(UsageError) as caught:
        find_preset("zitter")
    assert "zither" in caught.value.hint


@pytest.mark.parametrize("asked", ["qqqqqq", "", ".", "..", "x" * 5000, "a\0b", "line\nbreak", "\udcff"], ids=range(8))
def test_a_name_like_no_other_is_answered_with_the_way_to_see_all(asked: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_preset(asked)
    assert "eqmorph.list_presets()" in caught.value.hint
    assert str(caught.value).isprintable()


def test_a_preset_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="doesn't exist") as caught:
        find_preset(str(tmp_path / "gone.toml"))
    assert caught.value.path == tmp_path / "gone.toml"


BAND = '{"kind": "bell", "freq_hz": 300, "gain_db": 2}'

TOML_TROUBLE = {
    "no toml": ("name = = 3", "is not valid TOML: "),
    "place named": ("name = 'x'\ntags = [1 2]", "line 2"),
    "empty": ("", "holds no bands"),
    "no bands": ('name = "x"', "holds no bands"),
    "bands are a number": ("bands = 3", "holds no bands"),
    "bands are words": ('bands = ["LS 120 +3"]', "holds no bands"),
    "one band is not listed": ('[bands]\nkind = "bell"', "holds no bands"),
    "a field misses": ('[[bands]]\nkind = "bell"\ngain_db = 1', "band 1: freq_hz is missing"),
    "a field too many": (
        '[[bands]]\nkind = "bell"\nfreq_hz = 100\ngain_db = 1\nwidth = 2',
        "band 1: unknown field width",
    ),
    "unknown kind": (MINE.replace('"low_shelf"', '"low"'), "band 2: unknown kind of band 'low'"),
    "out of range": (MINE.replace("-2.5", "-25"), "band 1: gain -25 dB is out of range"),
    "not a number": (MINE.replace("-2.5", "nan"), "band 1: gain nan dB is out of range"),
    "infinite": (MINE.replace("90.5", "inf"), "band 2: frequency inf Hz is out of range"),
    "huge number": (MINE.replace("-2.5", "1" * 400), "band 1: gain inf dB is out of range"),
    "words for numbers": (MINE.replace("-2.5", '"-2.5"'), "band 1: gain must be a number, not '-2.5'"),
    "truth for numbers": (MINE.replace("-2.5", "true"), "band 1: gain must be a number, not True"),
    "name is a number": (MINE.replace('"mine"', "3"), "name and description must be text"),
    "description is a list": (MINE.replace('"My own."', "[]"), "name and description must be text"),
    "tags are a word": (MINE.replace('["voice"]', '"voice"'), "tags must be a list of words"),
    "tags are numbers": (MINE.replace('["voice"]', "[1]"), "tags must be a list of words"),
    "nested to no end": ("bands = " + "[" * 100_000, "is not valid TOML"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\xff", "is not a text file with bands"),
    "utf-16, cut off": (MINE.encode("utf-16")[:-1], "is not a text file with bands"),
    "huge": (b"# " + b"x" * (1 << 20), "is not a text file with bands"),
}
JSON_TROUBLE = {
    "no json": ('{"bands": [', "is not valid JSON: "),
    "empty": ("", "is not valid JSON: "),
    "a number": ("3", "holds no bands"),
    "no bands": ('{"name": "x"}', "holds no bands"),
    "words": ('["LS 120 +3"]', "holds no bands"),
    "row named": (f'[{BAND}, {BAND[:-1]}, "q": 99}}]', "band 2: Q 99 is out of range"),
    "not a number": (f"[{BAND.replace('2}', 'NaN}')}]", "band 1: gain nan dB is out of range"),
    "null": (f"[{BAND.replace('300', 'null')}]", "band 1: frequency must be a number, not None"),
    "huge number": (f"[{BAND.replace('300', '9' * 400)}]", "band 1: frequency inf Hz is out of range"),
    "too many digits": (f"[{BAND.replace('300', '9' * 9000)}]", "is not valid JSON"),
    "nested to no end": ("[" * 100_000, "is not valid JSON"),
    "binary": (b"\xff\xfe\x00", "is not a text file with bands"),
}
TEXT_TROUBLE = {
    "no bands": ("LS 120 +3\nhello\n", "'hello' is not a band"),
    "empty": ("", "no bands given"),
    "only comments": ("# nothing\n", "no bands given"),
    "out of range": ("LS 5 +3", "'LS 5 +3': frequency 5 Hz is out of range"),
    "binary": (bytes(range(256)), "is not a text file with bands"),
    "nuls": (b"\0" * 5000, "is not a band"),
    "huge": (b"LS 120 +3\n" * 120_000, "is not a text file with bands"),
    "one long line": (b"x" * 100_000, "is not a band"),
}
TROUBLE = {
    f"{kind}: {name}": (suffix, *case)
    for kind, suffix, cases in (
        ("toml", ".toml", TOML_TROUBLE),
        ("json", ".json", JSON_TROUBLE),
        ("text", ".txt", TEXT_TROUBLE),
    )
    for name, case in cases.items()
}


@pytest.mark.parametrize(("suffix", "content", "complaint"), TROUBLE.values(), ids=TROUBLE)
def test_a_bad_file_is_named_with_what_is_wrong(
    tmp_path: Path, suffix: str, content: str | bytes, complaint: str
) -> None:
    path = written(tmp_path / f"bad{suffix}", content)
    with pytest.raises(InputError) as caught:
        take_bands(str(path))
    assert complaint in caught.value.message
    assert caught.value.path == path
    assert len(caught.value.message) < 300
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("name", ["folder.toml", "folder.json"])
def test_a_folder_is_not_a_file_with_bands(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(InputError):
        take_bands(str(tmp_path / name))


@pytest.mark.parametrize("name", ["bands.txt", "bands", "bands.eq", "BANDS.TXT", "LS 120 +3"])
def test_lines_of_bands_are_read_from_a_file(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, "# mine\nLS 90.5 +1  # body\nPK 300 -2.5 Q1.2\r\n")
    assert take_bands(str(path)).bands == MY_BANDS


def test_json_is_read_as_it_is_written(tmp_path: Path) -> None:
    rows = MY_BANDS.to_list()
    for data in (rows, {"bands": rows}, {"name": "x", "bands": rows, "more": [1]}):
        assert take_bands(str(written(tmp_path / "b.json", json.dumps(data)))).bands == MY_BANDS


def test_a_preset_file_gives_its_bands(tmp_path: Path) -> None:
    assert take_bands(str(written(tmp_path / "p.toml", MINE))).bands == MY_BANDS


@pytest.mark.parametrize("name", ["b.toml", "b.json", "b.txt"])
def test_a_byte_order_mark_does_no_harm(tmp_path: Path, name: str) -> None:
    content = {"b.toml": MINE, "b.json": json.dumps(MY_BANDS.to_list()), "b.txt": str(MY_BANDS)}[name]
    assert take_bands(str(written(tmp_path / name, content.encode("utf-8-sig")))).bands == MY_BANDS


def test_text_that_names_no_file_is_bands() -> None:
    assert take_bands("LS 90.5 +1; PK 300 -2.5 Q1.2").bands == MY_BANDS
    assert take_bands("flat").bands == Bands()
    assert take_bands("; ".join(["PK 300 -2.5"] * 500)).bands == Bands(
        [Band("bell", 300, -2.5)] * 500
    )  # longer than a name


@pytest.mark.parametrize("text", ["gone.toml", "gone.json", "gone.txt", "no/such/bands.TXT"])
def test_what_looks_like_a_file_and_is_not_there_is_called_missing(text: str) -> None:
    with pytest.raises(InputError, match="doesn't exist"):
        take_bands(text)


@pytest.mark.parametrize("text", ["hello", "LS 120", "a\0b", "\udcff", "x" * 9000, ""])
def test_text_that_is_not_bands_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        take_bands(text)
    assert caught.value.hint
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("suffix", [".toml", ".json", ".txt"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the empty folder serves all examples
@given(content=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_whatever_a_file_holds_it_gives_bands_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, content: bytes
) -> None:
    path = written(tmp_path_factory.getbasetemp() / f"any{suffix}", content)
    with contextlib.suppress(EqmorphError):
        assert isinstance(take_bands(str(path)).bands, Bands)


@pytest.mark.parametrize(
    "preset",
    [
        Preset("mine", Bands.parse("LS 123.456 +3.3333; PK 1000 -2 Q0.7"), 'with "quotes"\nand\x7f', ("a", "b")),
        Preset("words", Bands(), target="warm:0.1 + airy:-0.3"),
        Preset("some", Bands(), target="warm:0.1", amount=0.35),
        Preset("flat", Bands()),
    ],
    ids=lambda preset: preset.name,
)
def test_a_preset_written_is_the_preset_read(tmp_path: Path, preset: Preset) -> None:
    path = tmp_path / "preset.toml"
    path.write_text(format_preset(preset), encoding="utf-8")
    assert read_preset(path) == preset


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_bands_come_out_of_a_pipe(tmp_path: Path) -> None:
    """``--bands <(command)`` in a shell."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(str(MY_BANDS),))
    writer.start()
    assert take_bands(str(pipe)).bands == MY_BANDS
    writer.join()


def test_what_is_there_but_no_file_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        take_bands(str(tmp_path))
    with pytest.raises(UsageError, match="stdin"):
        take_bands("-")
    if Path("/dev/null").exists():
        with pytest.raises(InputError, match="is not a text file with bands"):
            take_bands("/dev/null")


def test_a_folder_doesnt_stand_in_the_way_of_bands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flat").mkdir()
    assert take_bands("flat").bands == Bands()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "context.modules = [{ name = libpipewire-module-parametric-equalizer }]",
            "names a file that holds the filters",
        ),
        ("filters: !!python/object/apply:os.system ['ls']", "line 1: .* is a tag, which isn't read"),
        ("filters: &all\n  a: 1", "line 1: '&all' is an anchor"),
        ("filters: " + "[" * 40 + "]" * 40, "line 1: is nested more than 32 deep"),
    ],
)
def test_what_is_wrong_with_another_programs_text_is_said(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        take_bands(text)


def test_yaml_that_is_no_eq_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 1: '!!python/x' is a tag"):
        take_bands(str(written(tmp_path / "a.yml", "base: !!python/x")))
