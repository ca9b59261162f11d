"""Links in a folder: inside they are followed, out of it only where that is asked for; and what is left out is told."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch import FolderWatch, find_inside, prepare_batch
from eqmorph.batch.links import LinksInside
from eqmorph.errors import UsageError
from eqmorph.process import Settings
from tests.support import make_audio, posix_only, shown, touch

pytestmark = posix_only

SETTINGS = Settings(BandsEq(Bands.parse("LS 120 +6")))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a folder with links of all kinds, next to one that is no business of whoever reads it."""
    make_audio(tmp_path / "private" / "secret.wav", frames=500)
    make_audio(tmp_path / "in" / "a.wav", frames=500)
    make_audio(tmp_path / "in" / "sub" / "b.wav", frames=500)
    (tmp_path / "in" / "file.wav").symlink_to("../private/secret.wav")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "private")
    (tmp_path / "in" / "twice.wav").symlink_to("folder/secret.wav")
    (tmp_path / "in" / "gone.wav").symlink_to("../nowhere.wav")
    (tmp_path / "in" / "inside.wav").symlink_to("sub/b.wav")
    (tmp_path / "in" / "up").symlink_to("../in/sub")
    (tmp_path / "in" / "notes.txt").symlink_to("/etc/hostname")  # no audio file, so nobody would read it
    return tmp_path / "in"


LEADING_OUT = ["file.wav", "folder", "gone.wav", "twice.wav"]


def test_links_inside_are_followed_and_others_left_out(tree: Path) -> None:
    sources, left_out = find_inside([tree])
    assert [source.relative.as_posix() for source in sources] == ["a.wav", "inside.wav", "sub/b.wav"]
    assert sorted(link.name for link in left_out) == LEADING_OUT


def test_all_are_followed_where_that_is_asked_for(tree: Path) -> None:
    sources, left_out = find_inside([tree], follow_links=True)
    names = {source.relative.as_posix() for source in sources}
    assert {"file.wav", "folder/secret.wav", "twice.wav", "gone.wav", "a.wav"} <= names
    assert left_out == ()


def test_what_is_named_may_be_a_link_itself(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to("in")
    for named, names in (
        (tmp_path / "way", ["a.wav", "inside.wav", "sub/b.wav"]),
        (tree / "file.wav", ["file.wav"]),
        (str(tree / "tw*.wav"), ["twice.wav"]),
    ):
        assert [source.relative.as_posix() for source in find_inside([named])[0]] == names


def test_a_link_from_one_input_to_another_is_inside(tree: Path, tmp_path: Path) -> None:
    assert [link.name for link in find_inside([tree, tmp_path / "private"])[1]] == ["gone.wav"]


def test_a_folder_beside_one_of_a_like_name_is_outside(tmp_path: Path) -> None:
    touch(tmp_path, "in/a.wav", "in-private/b.wav")
    (tmp_path / "in" / "b.wav").symlink_to("../in-private/b.wav")
    assert not LinksInside([tmp_path / "in"])(str(tmp_path / "in" / "b.wav"))


def test_a_folder_of_nothing_else_says_so(tmp_path: Path) -> None:
    touch(tmp_path, "private/secret.wav")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.wav").symlink_to("../private/secret.wav")
    with pytest.raises(UsageError, match=r"no audio files but .*a.wav, a link that leads out of the input\n") as caught:
        find_inside([tmp_path / "in"])
    assert caught.value.hint == "follow_links=True follows them."


def test_a_batch_reads_nothing_from_outside(tree: Path, tmp_path: Path) -> None:
    batch = prepare_batch([tree], tmp_path / "out", SETTINGS)
    assert sorted(link.name for link in batch.left_out) == LEADING_OUT
    assert batch.run().count("done") == 3
    followed = prepare_batch([tree], tmp_path / "all", SETTINGS, follow_links=True)
    outcome = followed.run()
    assert {ended.job.output.name for ended in outcome.results if ended.error} == {"gone.wav"}
    assert (tmp_path / "all" / "folder" / "secret.wav").exists()


def test_a_watch_tells_once_of_each_link_that_it_leaves_out(tree: Path, tmp_path: Path) -> None:
    told: list[str] = []
    stop = threading.Event()
    watch = FolderWatch(tree, tmp_path / "out", SETTINGS, settle_s=0, every_s=0.01)

    def on_result(_result: object) -> None:
        if len(list((tmp_path / "out").rglob("*.wav"))) == 3:
            stop.set()

    watch.run(stop=stop, on_result=on_result, on_left_out=lambda link: told.append(link.name))
    assert sorted(told) == LEADING_OUT
    assert not (tmp_path / "out" / "file.wav").exists()


@pytest.mark.parametrize(
    "command", ["apply {} {}/out --bands flat", "analyze {} --json", "rank {} --by warm --no-cache --json"]
)
def test_commands_name_what_they_leave_out(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    words = command.format(tree, tmp_path).split()
    (tree / "gone.wav").unlink()
    shown(capsys, *words)
    shown(capsys, *words, *(["--force"] if words[0] == "apply" else []))
    assert "secret" not in shown(capsys, *words, *(["--force"] if words[0] == "apply" else []))
    from eqmorph.cli import run

    assert run([*words, *(["--force"] if words[0] == "apply" else [])]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("note: 3 links that lead out of the input (")
    assert said.err.rstrip().endswith("are not followed: --follow-links follows them")
    assert run([*words, "--follow-links", *(["--force"] if words[0] == "apply" else [])]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "secret" in said.out


def test_python_is_warned_of_what_is_left_out(tree: Path, tmp_path: Path) -> None:
    import eqmorph

    with pytest.warns(UserWarning, match="4 links that lead out of the input .* follow_links=True follows them"):
        outcome = eqmorph.apply_folder(tree, tmp_path / "out", Bands.parse("LS 120 +3"))
    assert outcome.count("done") == 3
