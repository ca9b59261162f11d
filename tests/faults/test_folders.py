"""Inputs and output folders that somebody changes while a run is at them: nothing half, nothing elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.runs import finished, in_the_middle, result_of
from tests.support import make_audio, posix_only

pytestmark = posix_only

QUICK = ("apply", "in", "out", "--bands", "LS 120 +6; HS 3k +5", "--report", "report.jsonl", "--jobs", "4")


def test_inputs_that_are_replaced_cut_short_or_deleted_while_they_are_read(tmp_path: Path) -> None:
    names = [f"waits-{fate}.wav" for fate in ("replaced", "overwritten", "truncated", "deleted")]
    for name in names:
        make_audio(tmp_path / "in" / name, frames=200_000)
    make_audio(tmp_path / "in" / "z.wav")
    replaced, overwritten, truncated, deleted = (tmp_path / "in" / name for name in names)
    with in_the_middle(tmp_path, *QUICK, waiting=names) as process:
        make_audio(tmp_path / "new.wav", frames=200_000, seed=5).replace(replaced)
        overwritten.write_bytes(make_audio(tmp_path / "new.wav", frames=200_000, seed=6).read_bytes())
        os.truncate(truncated, 300_000)
        deleted.unlink()
    assert process.returncode == 1
    files, records = result_of(tmp_path)
    assert list(files) == ["z.wav"]
    errors = {Path(record["input"]).name: record["error"] for record in records if record["error"]}
    for name in names[:3]:
        assert errors.pop(name) == f"in/{name}: changed while it was being read"
    assert errors == {names[3]: f"in/{names[3]}: disappeared while it was being read"}
    truncated.unlink()
    out, _ = finished(tmp_path, *QUICK, "--resume")
    assert "2 done, 1 skipped" in out


@pytest.mark.parametrize("fate", ["deleted", "moved", "replaced by a link", "a folder in it replaced by a link"])
def test_an_output_folder_that_is_no_longer_there(tmp_path: Path, fate: str) -> None:
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    make_audio(tmp_path / "in" / "sub" / "waits.wav", frames=20_000)
    make_audio(tmp_path / "in" / "sub" / "z.wav", frames=20_000)
    with in_the_middle(tmp_path, *QUICK[:-1], "1") as process:
        if fate == "deleted":
            for path in sorted(out.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            out.rmdir()
        elif fate == "moved":
            out.rename(tmp_path / "gone")
        elif fate == "replaced by a link":
            out.rename(tmp_path / "gone")
            out.symlink_to(elsewhere)
        else:
            (out / "sub").rename(tmp_path / "gone")
            (out / "sub").symlink_to(elsewhere)
    out_said, err = process.communicate()
    assert process.returncode == 1, out_said + err
    assert "Traceback" not in err
    for name in ("waits.wav", "z.wav"):
        assert f"out/sub/{name}: " in err, err
    assert list(elsewhere.rglob("*")) == []
    assert not list((tmp_path / "gone").rglob("*.wav"))
    if out.is_symlink():
        out.unlink()
    if (out / "sub").is_symlink():
        (out / "sub").unlink()
    finished(tmp_path, *QUICK, "--resume")
    assert list(result_of(tmp_path)[0]) == ["sub/waits.wav", "sub/z.wav"]
