"""Where each file goes, and every reason not to begin."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch.find import Source
from eqmorph.batch.jobs import Job
from eqmorph.batch.journal import Journal
from eqmorph.batch.plan import Existing, plan_jobs
from eqmorph.cli.wording import OPTIONS
from eqmorph.errors import UsageError
from eqmorph.process import Settings
from eqmorph.wording import PYTHON, Means
from tests.support import posix_only


def sources(folder: Path, *names: str) -> list[Source]:
    found = []
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"audio")
        found.append(Source(path, Path(name)))
    return found


def plan(
    given: Sequence[Source],
    output: Path,
    *,
    into_folder: bool = True,
    format_name: str | None = None,
    existing: Existing = "refuse",
    journal: Journal | None = None,
    trajectories: bool = False,
) -> list[Job]:
    return list(
        plan_jobs(
            given,
            output,
            into_folder=into_folder,
            format_name=format_name,
            existing=existing,
            journal=journal,
            trajectories=trajectories,
        )
    )


def refusal(given: Sequence[Source], output: Path, **options: Any) -> UsageError:
    with pytest.raises(UsageError) as caught:
        plan(given, output, **options)
    assert caught.value.hint
    return caught.value


# -------------------------------------------------------------------------------------------------------- names


def test_relative_paths_and_suffixes_are_kept(tmp_path: Path) -> None:
    jobs = plan(sources(tmp_path / "in", "a.wav", "sub/deep/b.FLAC", "noext"), tmp_path / "out")
    assert [job.output for job in jobs] == [
        tmp_path / "out" / "a.wav",
        tmp_path / "out" / "sub" / "deep" / "b.FLAC",
        tmp_path / "out" / "noext",
    ]
    assert not any(job.overwrite or job.skip for job in jobs)


def test_another_format_gives_another_suffix(tmp_path: Path) -> None:
    jobs = plan(sources(tmp_path, "a.wav", "b.aif", "c.AIFF", "d.tar.mp3"), tmp_path / "out", format_name="aiff")
    assert [job.output.name for job in jobs] == ["a.aiff", "b.aif", "c.AIFF", "d.tar.aiff"]


def test_one_file_goes_where_it_is_told(tmp_path: Path) -> None:
    (job,) = plan(sources(tmp_path, "a.wav"), tmp_path / "b.flac", into_folder=False)
    assert job.output == tmp_path / "b.flac"


# --------------------------------------------------------------------------------------------------- collisions


def test_two_sources_of_one_name_with_a_format_collide_before_anything_is_written(tmp_path: Path) -> None:
    given = sources(tmp_path / "in", "a.wav", "a.mp3")
    assert len(plan(given, tmp_path / "out")) == 2
    error = refusal(given, tmp_path / "out", format_name="flac")
    assert "a.wav" in str(error)
    assert "a.mp3" in str(error)
    assert "would both become" in str(error)
    assert not (tmp_path / "out").exists()


def test_two_folders_with_one_name_collide(tmp_path: Path) -> None:
    given = sources(tmp_path / "one", "a.wav") + sources(tmp_path / "two", "a.wav")
    assert "would both become" in str(refusal(given, tmp_path / "out"))


@pytest.mark.parametrize(("platform", "collide"), [("darwin", True), ("win32", True), ("linux", False)])
@pytest.mark.parametrize("names", [("a.wav", "A.wav"), ("\u00e9.wav", "e\u0301.wav")], ids=["case", "accent"])
def test_two_spellings_are_one_name_where_the_system_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, collide: bool, names: tuple[str, str]
) -> None:
    given = [Source(tmp_path / str(number) / name, Path(name)) for number, name in enumerate(names)]
    monkeypatch.setattr(sys, "platform", platform)
    if collide:
        refusal(given, tmp_path / "out")
    else:
        assert len(plan(given, tmp_path / "out")) == 2


# ----------------------------------------------------------------------------------------------- its own input


@pytest.mark.parametrize("existing", ["refuse", "overwrite", "skip", "resume"])
def test_no_input_is_ever_an_output(tmp_path: Path, existing: Existing) -> None:
    given = sources(tmp_path, "a.wav", "b.wav")
    assert "inputs are never overwritten" in str(refusal(given, tmp_path, existing=existing))
    assert "inputs are never overwritten" in str(
        refusal(given[:1], tmp_path / "a.wav", into_folder=False, existing=existing)
    )


@pytest.mark.parametrize("way", ["relative", "dots", "symlink", "hard link", "linked folder"])
def test_an_input_is_known_by_any_of_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    given = sources(tmp_path / "in", "a.wav")
    path = given[0].path
    output = tmp_path / "other.wav"
    if way == "relative":
        monkeypatch.chdir(tmp_path / "in")
        output = Path("a.wav")
    elif way == "dots":
        output = tmp_path / "in" / ".." / "in" / "a.wav"
    elif way == "hard link":
        os.link(path, output)
    elif os.name == "nt":
        pytest.skip("links need rights on Windows")
    elif way == "symlink":
        output.symlink_to(path)
    else:
        (tmp_path / "link").symlink_to("in")
        output = tmp_path / "link" / "a.wav"
    assert "inputs are never overwritten" in str(refusal(given, output, into_folder=False, existing="overwrite"))


def test_another_input_is_not_an_output_either(tmp_path: Path) -> None:
    """Of a.wav and a.flac in one folder, written there as FLAC, one would overwrite the other."""
    given = [*sources(tmp_path, "a.wav"), Source(sources(tmp_path, "b.flac")[0].path, Path("c.flac"))]
    (tmp_path / "a.flac").touch()
    given.append(Source(tmp_path / "a.flac", Path("d.flac")))
    assert "a.flac is an input" in str(refusal(given, tmp_path, format_name="flac", existing="overwrite"))


def test_a_trajectory_has_a_name_however_long_that_of_its_audio_is(tmp_path: Path) -> None:
    given = sources(tmp_path / "in", "a" * 240 + "1.wav", "a" * 240 + "2.wav", "é" * 125 + ".wav", "b.wav")
    jobs = plan(given, tmp_path / "out", trajectories=True)
    names = [job.trajectory.name for job in jobs if job.trajectory is not None]
    assert len(set(names)) == 4
    assert all(len(os.fsencode(name)) <= 255 and name.endswith(".trajectory.json") for name in names)
    assert names[0].startswith("a" * 200)
    assert names[-1] == "b.wav.trajectory.json"


@posix_only
@pytest.mark.parametrize("trajectories", [False, True])
def test_no_link_leads_out_of_the_output_folder(tmp_path: Path, trajectories: bool) -> None:
    given = sources(tmp_path / "in", "sub/deep/a.wav", "b.wav")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")  # whoever names a link means where it leads
    assert len(plan(given, tmp_path / "out", trajectories=trajectories)) == 2
    (tmp_path / "out" / "sub").symlink_to("../elsewhere")
    assert "sub/deep leads out of the output folder" in str(refusal(given, tmp_path / "out", existing="overwrite"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


# --------------------------------------------------------------------------------------------- what is there


def test_outputs_that_are_there_are_refused_counted_and_named(tmp_path: Path) -> None:
    given = sources(tmp_path / "in", *(f"{number}.wav" for number in range(9)))
    sources(tmp_path / "out", *(f"{number}.wav" for number in range(7)))
    error = refusal(given, tmp_path / "out")
    assert "7 of 9 outputs already exist" in str(error)
    assert "0.wav" in str(error)
    assert "and 2 more" in str(error)
    for means in (Means.OVERWRITE, Means.SKIP_EXISTING, Means.RESUME):
        assert PYTHON[means] in str(error.hint)
        assert OPTIONS[means] in error.hint_worded(OPTIONS)


def test_force_overwrites_only_what_is_there(tmp_path: Path) -> None:
    given = sources(tmp_path / "in", "a.wav", "b.wav")
    sources(tmp_path / "out", "a.wav")
    assert [job.overwrite for job in plan(given, tmp_path / "out", existing="overwrite")] == [True, False]


def test_skipping_says_why(tmp_path: Path) -> None:
    given = sources(tmp_path / "in", "a.wav", "b.wav")
    sources(tmp_path / "out", "a.wav")
    assert [job.skip for job in plan(given, tmp_path / "out", existing="skip")] == ["already exists", ""]


@posix_only
def test_a_link_to_nowhere_is_there(tmp_path: Path) -> None:
    given = sources(tmp_path / "in", "a.wav")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.wav").symlink_to("nowhere")
    assert "already exists" in str(refusal(given, tmp_path / "out"))


@pytest.mark.parametrize("existing", ["refuse", "overwrite", "skip", "resume", "update"])
def test_a_folder_is_no_output_to_be_kept_or_replaced(tmp_path: Path, existing: Existing) -> None:
    given = sources(tmp_path / "in", "a.wav")
    (tmp_path / "out" / "a.wav").mkdir(parents=True)
    assert "a.wav is a folder" in str(refusal(given, tmp_path / "out", existing=existing))


@posix_only
@pytest.mark.parametrize("existing", ["overwrite", "skip", "resume", "update"])
def test_a_pipe_is_no_output_to_be_kept_or_replaced(tmp_path: Path, existing: Existing) -> None:
    given = sources(tmp_path / "in", "a.wav")
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "out" / "a.wav")
    assert "a.wav is a pipe or a device" in str(refusal(given, tmp_path / "out", existing=existing))


def test_resume_takes_only_what_an_earlier_run_wrote(tmp_path: Path) -> None:
    given = sources(tmp_path / "in", "a.wav", "b.wav", "c.wav")
    sources(tmp_path / "out", "a.wav")
    settings = Settings(BandsEq(Bands([])))
    journal = Journal(tmp_path / "out", settings)
    journal.record(given[0].path, given[0].path.stat(), tmp_path / "out" / "a.wav", tmp_path / "out" / "a.wav")
    jobs = plan(given, tmp_path / "out", existing="resume", journal=Journal(tmp_path / "out", settings))
    assert [job.overwrite for job in jobs] == [True, False, False]
    sources(tmp_path / "out", "b.wav")
    error = refusal(given, tmp_path / "out", existing="resume", journal=Journal(tmp_path / "out", settings))
    assert "1 of 3 outputs already exists" in str(error)
    assert "b.wav" in str(error)


def test_resume_takes_only_trajectories_that_an_earlier_run_wrote(tmp_path: Path) -> None:
    given = sources(tmp_path / "in", "a.wav", "b.wav")
    out, settings = tmp_path / "out", Settings(BandsEq(Bands([])))
    sources(out, "a.wav", "a.wav.trajectory.json", "b.wav")
    journal = Journal(out, settings)
    for output in (out / "a.wav", out / "a.wav.trajectory.json", out / "b.wav"):
        journal.record(given[0].path, given[0].path.stat(), output, output)
    jobs = plan(given, out, existing="resume", journal=journal, trajectories=True)
    assert [(job.overwrite, job.overwrite_trajectory) for job in jobs] == [(True, True), (True, False)]
    sources(out, "b.wav.trajectory.json")
    error = refusal(given, out, existing="resume", journal=journal, trajectories=True)
    assert "1 of 4 outputs already exists" in str(error)
    assert "b.wav.trajectory.json" in str(error)
    assert "--no-trajectory" in error.hint_worded(OPTIONS)


def test_a_trajectory_never_overwrites_an_input(tmp_path: Path) -> None:
    given = [*sources(tmp_path / "in", "a.wav"), *sources(tmp_path / "out", "a.wav.trajectory.json")]
    given[1] = Source(given[1].path, Path("odd.wav"))
    assert "is an input" in str(refusal(given, tmp_path / "out", existing="overwrite", trajectories=True))


def test_an_output_whose_name_is_too_long_is_left_to_the_writer(tmp_path: Path) -> None:
    (job,) = plan(sources(tmp_path, "a.wav"), tmp_path / ("x" * 300 + ".wav"), into_folder=False)
    assert not job.overwrite


@posix_only
def test_names_in_messages_are_one_line(tmp_path: Path) -> None:
    given = sources(tmp_path / "in", "new\nline.wav")
    sources(tmp_path / "out", "new\nline.wav")
    assert str(refusal(given, tmp_path / "out")).isprintable()
    assert str(refusal(given, tmp_path / "in")).isprintable()
