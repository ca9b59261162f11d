"""What a run remembers, and when it is no longer true."""

from __future__ import annotations

import copy
import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from eqmorph.adapt.adaptive import AdaptiveEq
from eqmorph.adapt.fixed import BandsEq
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import Ear, load_ear
from eqmorph.analysis.encoders import AnalyticEncoder
from eqmorph.bands import Bands
from eqmorph.batch import journal as module
from eqmorph.batch.journal import Journal, fingerprint
from eqmorph.errors import OutputError, UsageError
from eqmorph.level import Level
from eqmorph.model import load_space
from eqmorph.process import Settings
from tests.support import posix_only

SETTINGS = Settings(BandsEq(Bands.parse("LS 120 +3")))
NAME = ".eqmorph-journal.jsonl"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "a.wav"
    path.parent.mkdir()
    path.write_bytes(b"input")
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "out" / "sub" / "a.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"output")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out"


def note(folder: Path, source: Path, target: Path, settings: Settings = SETTINGS) -> None:
    Journal(folder, settings).record(source, source.stat(), target, target)


def test_what_was_done_is_known_to_the_next_run(folder: Path, source: Path, target: Path) -> None:
    journal = Journal(folder, SETTINGS)
    assert not journal.knows(target)
    assert not journal.is_current(source, target)
    journal.record(source, source.stat(), target, target)
    for later in (journal, Journal(folder, SETTINGS)):
        assert later.knows(target)
        assert later.is_current(source, target)


def test_a_file_is_noted_before_it_has_its_name(folder: Path, source: Path, target: Path) -> None:
    temp = target.with_name("temp")
    target.rename(temp)
    Journal(folder, SETTINGS).record(source, source.stat(), target, temp)
    assert not Journal(folder, SETTINGS).is_current(source, target), "killed before the renaming"
    temp.rename(target)
    assert Journal(folder, SETTINGS).is_current(source, target)


def test_what_did_not_get_its_name_is_forgotten(folder: Path, source: Path, target: Path) -> None:
    journal = Journal(folder, SETTINGS)
    journal.record(source, source.stat(), target, target)
    journal.forget(target)
    journal.forget(target.with_name("never.wav"))
    assert not journal.knows(target)
    assert not Journal(folder, SETTINGS).knows(target)
    assert len((folder / NAME).read_bytes().splitlines()) == 2


def test_a_run_that_was_too_late_does_not_take_back_what_the_other_wrote(
    folder: Path, source: Path, target: Path
) -> None:
    first, second = (Journal(folder, SETTINGS) for _ in range(2))
    for journal in (first, second):
        journal.record(source, source.stat(), target, target)
    second.forget(target)
    assert Journal(folder, SETTINGS).is_current(source, target)
    first.forget(target)
    assert not Journal(folder, SETTINGS).knows(target)


# ---------------------------------------------------------------------------------------------- no longer true


def test_a_touched_input_is_outdated(folder: Path, source: Path, target: Path) -> None:
    note(folder, source, target)
    status = source.stat()
    os.utime(source, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000_000))
    assert not Journal(folder, SETTINGS).is_current(source, target)


def test_an_input_of_another_size_is_outdated(folder: Path, source: Path, target: Path) -> None:
    note(folder, source, target)
    status = source.stat()
    source.write_bytes(b"longer input")
    os.utime(source, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not Journal(folder, SETTINGS).is_current(source, target)


def test_an_input_that_changed_while_it_was_read_is_outdated(folder: Path, source: Path, target: Path) -> None:
    before = source.stat()
    source.write_bytes(b"another input")
    Journal(folder, SETTINGS).record(source, before, target, target)
    assert not Journal(folder, SETTINGS).is_current(source, target)


def test_another_input_or_a_vanished_one_is_not_the_same(folder: Path, source: Path, target: Path) -> None:
    note(folder, source, target)
    other = source.with_name("b.wav")
    other.write_bytes(source.read_bytes())
    os.utime(other, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))
    assert not Journal(folder, SETTINGS).is_current(other, target)
    source.unlink()
    assert not Journal(folder, SETTINGS).is_current(source, target)


@pytest.mark.parametrize("damage", ["missing", "truncated", "longer", "one bit"])
def test_a_missing_or_damaged_output_is_noticed(folder: Path, source: Path, target: Path, damage: str) -> None:
    note(folder, source, target)
    if damage == "missing":
        target.unlink()
    else:
        target.write_bytes({"truncated": b"outpu", "longer": b"output!", "one bit": b"ouuput"}[damage])
    assert not Journal(folder, SETTINGS).is_current(source, target)
    assert Journal(folder, SETTINGS).knows(target), "and yet it is ours to overwrite"


@pytest.mark.parametrize(
    "changes",
    [
        {"eq": BandsEq(Bands.parse("LS 120 +3.1"))},
        {"eq": BandsEq(Bands.parse("LS 120 +3"), 0.5)},
        {"level": Level("keep")},
        {"level": Level("lufs", -16)},
        {"ceiling_db": -2.0},
        {"format": "flac"},
        {"bit_depth": "24"},
        {"repair": True},
    ],
)
def test_every_setting_that_changes_the_result_makes_it_outdated(
    folder: Path, source: Path, target: Path, changes: dict[str, object]
) -> None:
    note(folder, source, target)
    assert not Journal(folder, replace(SETTINGS, **changes)).is_current(source, target)


class Otherwise(AnalyticEncoder):
    """The analytic encoder under another identity."""

    identity = "otherwise"


def test_what_another_ear_would_hear_is_outdated(folder: Path, source: Path, target: Path) -> None:
    """`--resume` with another model, reference or encoder makes the files again."""
    ear = load_ear()
    goal = Goal(ear.space.target("warm"))

    def settings(ear: Ear) -> Settings:
        return Settings(AdaptiveEq(ear, goal))

    note(folder, source, target, settings(ear))
    same = Ear(load_space(), ear.reference)
    assert Journal(folder, settings(same)).is_current(source, target)
    model = copy.copy(ear.space)
    model.card = {**model.card, "files": {**model.card["files"], "encoder.safetensors": "0" * 64}}
    reference = replace(ear.reference, curves_db=ear.reference.curves_db * 0.9)
    others = [
        Ear(model, ear.reference),
        Ear(ear.space, reference),
        Ear(ear.space, ear.reference, Otherwise(ear.reference.neutral_db)),
    ]
    for other in others:
        assert not Journal(folder, settings(other)).is_current(source, target)


@pytest.mark.parametrize("earlier", ["e7f653ca92c90357"])
def test_what_an_earlier_version_rendered_is_outdated(earlier: str) -> None:
    """Fingerprints of the same settings, by versions whose rule gave other bands."""
    assert fingerprint(SETTINGS) != earlier


def test_settings_that_change_nothing_do_not() -> None:
    assert fingerprint(SETTINGS) == fingerprint(replace(SETTINGS, measure=True))
    assert fingerprint(SETTINGS) == fingerprint(replace(SETTINGS, ceiling_db=-1.0)), "the default, put in words"
    assert fingerprint(SETTINGS) == fingerprint(Settings(BandsEq(Bands.parse("LS 120 +3"))))


def test_of_several_lines_for_one_file_the_last_counts(folder: Path, source: Path, target: Path) -> None:
    note(folder, source, target)
    target.write_bytes(b"another output")
    note(folder, source, target)
    assert Journal(folder, SETTINGS).is_current(source, target)


# ------------------------------------------------------------------------------------------------ damaged itself


@pytest.mark.parametrize(
    "line",
    [
        b'{"output": "sub/b.wav", "inp',
        b"",
        b"\xff\xfe\x00",
        b"null",
        b"17",
        b'"text"',
        b"[1, 2]",
        b'{"output": "sub/a.wav"}',
        b'{"forget": ["x"]}',
        json.dumps({key: [] for key in Journal.record.__annotations__}).encode(),
    ],
)
def test_a_broken_line_does_no_harm_to_the_lines_around_it(
    folder: Path, source: Path, target: Path, line: bytes
) -> None:
    note(folder, source, target)
    with (folder / NAME).open("ab") as file:
        file.write(line)  # and no line end: the run was killed
    assert Journal(folder, SETTINGS).is_current(source, target)
    other = target.with_name("b.wav")
    other.write_bytes(b"b")
    note(folder, source, other)
    later = Journal(folder, SETTINGS)
    assert later.is_current(source, target)
    assert later.is_current(source, other)


def test_an_entry_whose_name_is_not_a_string_is_ignored(folder: Path, source: Path, target: Path) -> None:
    note(folder, source, target)
    entry = json.loads((folder / NAME).read_bytes())
    with (folder / NAME).open("ab") as file:
        file.write(json.dumps({**entry, "output": ["a"]}).encode() + b"\n")
    assert Journal(folder, SETTINGS).is_current(source, target)


def test_a_journal_that_cannot_be_read_is_as_good_as_none(folder: Path, target: Path) -> None:
    (folder / NAME).mkdir()
    assert not Journal(folder, SETTINGS).knows(target)


def test_a_journal_that_cannot_be_written_is_an_error_that_names_it(folder: Path, source: Path, target: Path) -> None:
    journal = Journal(folder, SETTINGS)
    (folder / NAME).mkdir()
    with pytest.raises(OutputError) as caught:
        journal.record(source, source.stat(), target, target)
    assert caught.value.path == folder / NAME


# -------------------------------------------------------------------------------------------------------- names


@posix_only
@pytest.mark.parametrize("name", [b"new\nline.wav", b"latin-\xe9.wav", "🎧.wav".encode(), b'quote"\\.wav'])
def test_names_of_all_kinds(tmp_path: Path, folder: Path, target: Path, name: bytes) -> None:
    source, odd = tmp_path / os.fsdecode(name), folder / os.fsdecode(name)
    try:
        source.write_bytes(b"input")
        target.rename(odd)
    except OSError:
        pytest.skip("this file system takes no such name")
    note(folder, source, odd)
    assert Journal(folder, SETTINGS).is_current(source, odd)


def test_an_output_folder_may_be_called_by_another_name(
    folder: Path, source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(folder, source, target)
    monkeypatch.chdir(folder.parent)
    here = Path("out")
    assert Journal(here, SETTINGS).is_current(Path("in/a.wav"), here / "sub" / "a.wav")
    (folder.parent / "moved").mkdir()
    folder.rename(folder.parent / "moved" / "out")
    moved = folder.parent / "moved" / "out"
    assert Journal(moved, SETTINGS).is_current(source, moved / "sub" / "a.wav")


def test_several_threads_write_whole_lines(folder: Path, source: Path, target: Path) -> None:
    journal = Journal(folder, SETTINGS)

    def write(number: int) -> None:
        for each in range(20):
            journal.record(source, source.stat(), target.with_name(f"{number}-{each}.wav"), target)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = (folder / NAME).read_bytes().splitlines()
    assert len({json.loads(line)["output"] for line in lines}) == 160


# ------------------------------------------------------------------------------------------------------ over time


def recorded(folder: Path, source: Path, outputs: list[Path], *, times: int) -> Journal:
    """Return a journal in which outputs were recorded so many times each, one after the other."""
    journal = Journal(folder, SETTINGS)
    for _ in range(times):
        for output in outputs:
            journal.record(source, source.stat(), output, outputs[0])
    return journal


def lines(folder: Path) -> list[str]:
    return (folder / NAME).read_text(encoding="ascii").splitlines()


@pytest.fixture
def few_recent(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(module, "_RECENT", 5)
    return 5


@posix_only
def test_it_is_written_anew_once_most_lines_are_outdated(
    folder: Path, source: Path, target: Path, few_recent: int
) -> None:
    other = target.with_name("b.wav")
    other.write_bytes(b"output")
    journal = recorded(folder, source, [target, other], times=20)
    journal.compact()
    assert len(lines(folder)) == 2 + few_recent
    for current in (journal, Journal(folder, SETTINGS)):
        assert current.is_current(source, target)
        assert current.is_current(source, other)
    assert sorted(path.name for path in folder.iterdir()) == [NAME, "sub"]


@posix_only
@pytest.mark.usefixtures("few_recent")
def test_it_keeps_its_permissions(folder: Path, source: Path, target: Path) -> None:
    (folder / NAME).touch()
    (folder / NAME).chmod(0o664)
    recorded(folder, source, [target], times=50).compact()
    assert len(lines(folder)) < 50
    assert (folder / NAME).stat().st_mode & 0o777 == 0o664


@posix_only
@pytest.mark.usefixtures("few_recent")
def test_lines_that_are_no_entries_do_no_harm(folder: Path, source: Path, target: Path) -> None:
    recorded(folder, source, [target], times=20)
    entry = json.loads(lines(folder)[0])
    with (folder / NAME).open("a", encoding="ascii") as file:
        for line in (
            "[" * 100_000,
            "torn {",
            *(json.dumps({**entry, "output": name}) for name in (5, None, "a\0b", "")),
        ):
            file.write(line + "\n")
    recorded(folder, source, [target], times=20).compact()
    assert len(lines(folder)) < 20
    assert Journal(folder, SETTINGS).is_current(source, target)


@posix_only
@pytest.mark.usefixtures("few_recent")
def test_what_is_gone_is_left_out_and_what_is_there_stays(folder: Path, source: Path, target: Path) -> None:
    gone = [target.with_name(f"{number}.wav") for number in range(40)]
    journal = recorded(folder, source, [target, *gone], times=1)
    journal.compact()
    assert journal.knows(target)
    assert not journal.knows(gone[0])
    assert journal.knows(gone[-1]), "another run may be about to name it"


@posix_only
def test_it_is_left_as_it_is_while_most_lines_say_something(folder: Path, source: Path, target: Path) -> None:
    journal = recorded(folder, source, [target], times=50)
    before = (folder / NAME).stat().st_ino
    journal.compact()
    assert (folder / NAME).stat().st_ino == before


@posix_only
@pytest.mark.usefixtures("few_recent")
def test_what_another_run_adds_meanwhile_is_not_lost(folder: Path, source: Path, target: Path) -> None:
    journals = [recorded(folder, source, [target], times=20) for _ in range(2)]
    names = [target.with_name(f"{number}.wav") for number in range(200)]
    for name in names:
        name.write_bytes(b"output")

    def add() -> None:
        for name in names:
            journals[0].record(source, source.stat(), name, name)

    adding = threading.Thread(target=add)
    adding.start()
    while adding.is_alive():
        journals[1]._lines = 10_000
        journals[1].compact()
        recorded(folder, source, [target], times=20)
    adding.join()
    known = Journal(folder, SETTINGS)
    assert [name.name for name in names if not known.is_current(source, name)] == []


@posix_only
@pytest.mark.usefixtures("few_recent")
def test_a_disk_without_room_for_a_new_one_leaves_the_old(
    folder: Path, source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = recorded(folder, source, [target], times=50)

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("eqmorph.audio.atomic._create_locked", no_room)
    journal.compact()
    assert len(lines(folder)) == 50
    assert journal.is_current(source, target)


# ------------------------------------------------------------------------------- what only passes for a journal


@posix_only
@pytest.mark.parametrize("what", ["link to a device", "link to a file", "pipe"])
def test_what_is_no_file_is_refused_at_once_and_left_alone(
    tmp_path: Path, folder: Path, source: Path, target: Path, what: str
) -> None:
    journal = Journal(folder, SETTINGS)
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    if what == "pipe":
        os.mkfifo(folder / NAME)
    else:
        (folder / NAME).symlink_to("/dev/zero" if what == "link to a device" else precious)
    with pytest.raises(UsageError, match="not a file") as caught:
        Journal(folder, SETTINGS)
    assert caught.value.path == folder / NAME
    with pytest.raises(UsageError, match="not a file"):  # put there after it was looked at
        journal.record(source, source.stat(), target, target)
    assert precious.read_bytes() == b"precious"


@pytest.mark.parametrize("before", [b"", b"[" * 500_000, b'{"a":' * 500_000, bytes(1 << 20)])
def test_endless_lines_are_passed_over(folder: Path, source: Path, target: Path, before: bytes) -> None:
    note(folder, source, target)
    (folder / NAME).write_bytes(before + b"\n" + (folder / NAME).read_bytes())
    assert Journal(folder, SETTINGS).is_current(source, target)


@posix_only
@pytest.mark.skipif(os.name != "nt" and os.geteuid() != 0, reason="only root gives files to others")
def test_anothers_is_neither_believed_nor_in_the_way(folder: Path, source: Path, target: Path) -> None:
    note(folder, source, target)
    os.chown(folder / NAME, 12_345, -1)
    before = (folder / NAME).read_bytes()
    assert not Journal(folder, SETTINGS).knows(target)
    note(folder, source, target)
    assert Journal(folder, SETTINGS).is_current(source, target)
    assert (folder / NAME).read_bytes() == before
    os.chown(folder, 12_345, -1)
    (folder / f".eqmorph-journal-{os.geteuid()}.jsonl").unlink()
    assert Journal(folder, SETTINGS).knows(target), "it is that of the folder's owner"


def test_input_and_output_may_move_together(tmp_path: Path, folder: Path, source: Path, target: Path) -> None:
    note(folder, source, target)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    source.parent.rename(moved / "in")
    folder.rename(moved / "out")
    journal = Journal(moved / "out", SETTINGS)
    assert journal.is_current(moved / "in" / "a.wav", moved / "out" / "sub" / "a.wav")


@posix_only
def test_what_is_added_is_synced_in_groups_with_the_folders_of_what_was_named(
    folder: Path, source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        if (inode := os.fstat(handle).st_ino) in (target.parent.stat().st_ino, (folder / NAME).stat().st_ino):
            synced.append(inode)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(module, "_SYNC_AFTER_S", 0.2)
    journal = Journal(folder, SETTINGS)
    for _ in range(20):
        journal.record(source, source.stat(), target, target)
        journal.sync_soon([target.parent])
    deadline = time.monotonic() + 10
    while len(set(synced)) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(set(synced)) == 2
    with journal.synced():
        pass
    assert len(synced) < 10, "not with each of 20"
    count = len(synced)
    with journal.synced():
        journal.note({})
    assert synced[count:] == [(folder / NAME).stat().st_ino]
    time.sleep(0.3)
    assert len(synced) == count + 1, "nothing is left to be synced"
