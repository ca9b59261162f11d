"""What was made for an agent is removed again, and nothing else, whatever a record says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eqmorph.agents.made import Apply, Made
from eqmorph.errors import UsageError
from tests.support import posix_only


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "state")


def make(made: Made, *paths: Path) -> Apply:
    apply = made.begin(paths)
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        temp = path.with_suffix(".part")
        temp.write_text(f"made {path.name}")
        made.note(apply, path, temp)
        temp.rename(path)
    return apply


def test_what_was_made_is_removed_with_the_folders_made_for_it(made: Made, out: Path) -> None:
    apply = make(made, out / "new" / "deep" / "a.wav", out / "b.wav")
    undone = made.undo(apply.id, may_remove=[out])
    assert set(undone.removed) == {out / "new" / "deep" / "a.wav", out / "b.wav"}
    assert list(out.iterdir()) == []
    assert made.last() is None


def test_what_was_changed_replaced_or_put_beside_it_is_left(made: Made, out: Path, tmp_path: Path) -> None:
    paths = [out / "new" / name for name in ("changed.wav", "gone.wav", "linked.wav", "kept.wav")]
    apply = make(made, *paths)
    paths[0].write_text("mine now")
    paths[1].unlink()
    paths[2].unlink()
    (tmp_path / "elsewhere.wav").write_text("made linked.wav")
    paths[2].symlink_to(tmp_path / "elsewhere.wav")
    (out / "new" / "theirs.txt").write_text("notes")
    undone = made.undo(apply.id, may_remove=[out])
    assert undone.removed == (paths[3],)
    assert dict(undone.left) == {
        paths[0]: "was changed since",
        paths[1]: "is gone already",
        paths[2]: "was changed since",
    }
    assert (tmp_path / "elsewhere.wav").exists()
    assert (out / "new" / "theirs.txt").exists()


def test_a_later_session_can_undo_it(made: Made, out: Path, tmp_path: Path) -> None:
    apply = make(made, out / "a.wav")
    again = Made(tmp_path / "state")
    assert again.last() == apply.id
    assert again.is_ours(out / "a.wav")
    assert again.undo(apply.id, may_remove=[out]).removed == (out / "a.wav",)
    assert Made(tmp_path / "state").last() is None


def test_nothing_outside_the_folders_is_removed_whatever_a_record_says(made: Made, out: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.wav"
    apply = make(made, theirs)
    link = out / "link"
    link.symlink_to(tmp_path)
    record = tmp_path / "state" / "aforged.jsonl"
    record.write_text(
        "".join(
            json.dumps({"file": str(path), "digest": apply.files[theirs]}) + "\n"
            for path in (theirs, link / "theirs.wav", out / ".." / "theirs.wav")
        )
    )
    undone = Made(tmp_path / "state").undo("aforged", may_remove=[out])
    assert undone.removed == ()
    assert {why for _, why in undone.left} == {"lies outside the folders that may be written"}
    assert theirs.exists()


@pytest.mark.parametrize("text", ["", "nonsense", "[1]", '{"file": 3}', '{"file": "a", "digest": null}\n{', "\xff"])
def test_what_is_no_record_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "abad.jsonl").write_text(text, encoding="latin-1")
    Made(tmp_path / "state")


def test_a_result_that_was_replaced_belongs_to_the_later_apply(made: Made, out: Path) -> None:
    first = make(made, out / "new" / "a.wav")
    second = make(made, out / "new" / "a.wav")
    assert made.last() == second.id
    with pytest.raises(UsageError) as raised:
        made.undo(first.id, may_remove=[out])
    assert second.id in raised.value.hint
    made.undo(second.id, may_remove=[out])
    assert list(out.iterdir()) == []


def test_records_are_bounded(made: Made, out: Path, tmp_path: Path) -> None:
    for number in range(55):
        make(made, out / f"{number}.wav")
    assert len(list((tmp_path / "state").iterdir())) == 50


@posix_only
def test_a_state_folder_that_others_can_write_is_not_believed(made: Made, out: Path, tmp_path: Path) -> None:
    make(made, out / "a.wav")
    (tmp_path / "state").chmod(0o777)
    assert Made(tmp_path / "state").last() is None


def test_a_state_folder_that_cannot_be_written_stops_nobody(tmp_path: Path, out: Path) -> None:
    (tmp_path / "file").touch()
    made = Made(tmp_path / "file" / "state")
    apply = make(made, out / "a.wav")
    assert made.undo(apply.id, may_remove=[out]).removed == (out / "a.wav",)
