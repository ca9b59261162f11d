"""The folders that an agent may use are never left: not by dots, not by links, not by names that no file can have."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from eqmorph.agents.roots import Roots
from eqmorph.errors import EqmorphError, InputError, UsageError
from tests.support import touch


@pytest.fixture
def music(tmp_path: Path) -> Path:
    touch(tmp_path / "music", "song.wav", "album/one.wav")
    touch(tmp_path / "secret", "other.wav")
    return tmp_path / "music"


@pytest.fixture
def roots(music: Path) -> Roots:
    return Roots([music])


def refused(roots: Roots, given: str) -> str:
    """Return what is said of a path that is refused, both to read and to write."""
    said = []
    for ask in (roots.existing, roots.new):
        with pytest.raises(EqmorphError) as raised:
            ask(given)
        said.append(f"{raised.value} {raised.value.hint}")
    return said[0]


@pytest.mark.parametrize(
    "given", ["song.wav", "music/song.wav", "./song.wav", "album/../song.wav", "music/album/../song.wav"]
)
def test_a_file_inside_is_found_by_any_way_to_it(roots: Roots, music: Path, given: str) -> None:
    assert roots.existing(given) == music / "song.wav"
    assert roots.shown(roots.existing(given)) == "music/song.wav"


def test_an_absolute_path_inside_is_taken(roots: Roots, music: Path) -> None:
    assert roots.existing(str(music / "album")) == music / "album"


@pytest.mark.parametrize(
    "given",
    ["../secret/other.wav", "music/../../secret/other.wav", "album/../../secret/other.wav", "/etc/passwd", "..", "/"],
)
def test_what_lies_outside_is_refused_whether_it_exists_or_not(roots: Roots, tmp_path: Path, given: str) -> None:
    said = refused(roots, given)
    assert "outside the folders that may be used" in said
    assert "music (read and write)" in said
    assert str(tmp_path) not in said
    assert "outside" in refused(roots, given + "/not-there")


def test_a_link_that_leads_outside_is_refused(roots: Roots, music: Path, tmp_path: Path) -> None:
    (music / "file.wav").symlink_to(tmp_path / "secret" / "other.wav")
    (music / "folder").symlink_to(tmp_path / "secret")
    for given in ("file.wav", "folder", "folder/other.wav", "folder/new.wav", str(music / "folder" / "other.wav")):
        with pytest.raises(UsageError):
            roots.existing(given)
        with pytest.raises(UsageError):
            roots.new(given)
    assert not roots.may_follow(str(music / "folder"))
    assert roots.may_follow(str(music / "album"))


def test_of_several_folders_too_a_link_that_leads_outside_is_said_to_and_never_suggested(
    roots: Roots, music: Path, tmp_path: Path
) -> None:
    touch(tmp_path / "more", "song.wav")
    both = Roots([music], [tmp_path / "more"])
    (music / "way-out").symlink_to(tmp_path / "secret")
    (music / "link.wav").symlink_to(tmp_path / "secret" / "other.wav")
    (music / "broken.wav").symlink_to(tmp_path / "secret" / "not-there.wav")
    paths = ("link.wav", "broken.wav", "way-out/other.wav", "way-out/not-there.wav", "music/link.wav")
    for given in (*paths, str(music / "link.wav")):
        for some in (roots, both):
            with pytest.raises(UsageError) as raised:
                some.existing(given)
            assert str(raised.value) == f"{given!r} leads, by a link, outside the folders that may be used"
            assert "music (read and write)" in raised.value.hint
    for given in ("lnk.wav", "nowhere/link.wav"):
        with pytest.raises(InputError) as missing:
            both.existing(given)
        assert "link.wav" not in missing.value.hint


def test_a_link_that_stays_inside_is_followed_to_read_and_not_to_write(roots: Roots, music: Path) -> None:
    (music / "link.wav").symlink_to(music / "song.wav")
    assert roots.existing("link.wav") == music / "song.wav"
    with pytest.raises(UsageError, match="is a link"):
        roots.new("link.wav")


def test_a_broken_link_is_no_way_out(roots: Roots, music: Path, tmp_path: Path) -> None:
    (music / "new.wav").symlink_to(tmp_path / "secret" / "not-yet.wav")
    refused(roots, "new.wav")


def test_a_folder_that_is_itself_a_link_is_used_where_it_is(music: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(music)
    roots = Roots([tmp_path / "link"])
    assert roots.existing("song.wav") == music / "song.wav"
    assert roots.existing(str(tmp_path / "link" / "song.wav")) == music / "song.wav"
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(UsageError):
        roots.existing(str(tmp_path / "link" / "other.wav"))


def test_a_folder_swapped_for_a_link_after_it_was_judged_is_noticed(roots: Roots, music: Path, tmp_path: Path) -> None:
    output = roots.new("album/out.wav")
    (music / "album").rename(music / "before")
    (music / "album").symlink_to(tmp_path / "secret")
    with pytest.raises(UsageError, match="somewhere else by a link"):
        roots.check_output(output)
    (music / "other.wav").symlink_to(tmp_path / "secret" / "other.wav")
    with pytest.raises(UsageError, match="leads outside"):
        roots.check_input(music / "other.wav")


@pytest.mark.parametrize("given", ["", " ", "a\0b", "x" * 5000, "x/" * 400 + "y", "n" * 300])
def test_what_is_no_name_is_refused_in_a_short_sentence(roots: Roots, given: str) -> None:
    with pytest.raises(EqmorphError) as raised:
        roots.existing(given)
    assert len(str(raised.value)) < 300


def test_a_name_is_found_whatever_way_its_accents_are_encoded(roots: Roots, music: Path) -> None:
    name = unicodedata.normalize("NFD", "canción.wav")
    (music / name).touch()
    assert roots.existing("canción.wav").name == name


def test_a_name_that_is_shown_escaped_can_be_named_so(roots: Roots, music: Path) -> None:
    (music / "two\nlines.wav").touch()
    shown = roots.shown(music / "two\nlines.wav")
    assert shown == "music/two\\nlines.wav"
    assert roots.existing(shown) == music / "two\nlines.wav"


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(roots: Roots) -> None:
    with pytest.raises(InputError) as raised:
        roots.existing("Sogn.wav")
    assert raised.value.hint == "Did you mean music/song.wav?"


def test_a_name_in_a_folder_that_is_not_there_is_looked_for(roots: Roots) -> None:
    with pytest.raises(InputError) as raised:
        roots.existing("albums/one.wav")
    assert raised.value.hint == "Did you mean music/album/one.wav?"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_is_not_read(roots: Roots, music: Path) -> None:
    os.mkfifo(music / "pipe.wav")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        roots.existing("pipe.wav")


def test_a_folder_to_read_is_not_written(music: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    roots = Roots([tmp_path / "out"], [music])
    with pytest.raises(UsageError) as raised:
        roots.new("music/new.wav")
    assert "may only be read" in str(raised.value)
    assert raised.value.hint == "Write to out."
    assert roots.new("out/new.wav") == tmp_path / "out" / "new.wav"
    assert roots.new("new.wav") == tmp_path / "out" / "new.wav"


def test_the_innermost_folder_decides(music: Path) -> None:
    roots = Roots([music], [music / "album"])
    with pytest.raises(UsageError, match="only be read"):
        roots.new("music/album/new.wav")
    assert roots.shown(music / "album" / "one.wav") == "album/one.wav"


def test_where_two_folders_could_be_meant_to_write_to_none_is_chosen(music: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    roots = Roots([music, tmp_path / "out"])
    with pytest.raises(UsageError) as raised:
        roots.new("new.wav")
    assert raised.value.hint == "Begin with one of these: music, out."
    assert roots.new("album/new.wav") == music / "album" / "new.wav"


def test_folders_of_one_name_get_labels_of_their_own(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "music", "one.wav")
    touch(tmp_path / "b" / "music", "two.wav")
    roots = Roots([tmp_path / "a" / "music", tmp_path / "b" / "music"])
    assert [root.label for root in roots.roots] == ["music", "music-2"]
    assert roots.existing("music-2/two.wav") == tmp_path / "b" / "music" / "two.wav"


def test_places_are_taken_out_of_texts(roots: Roots, music: Path) -> None:
    assert roots.cleaned(f"no permission to write in {music}/album") == "no permission to write in music/album"


@pytest.mark.parametrize("name", ["missing", "music/song.wav"])
def test_a_root_must_be_a_folder(music: Path, name: str) -> None:
    with pytest.raises(UsageError):
        Roots([music.parent / name])
