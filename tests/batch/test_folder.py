"""One way to run many files: prepared for whoever asks, and nothing touched before it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.batch.folder import prepare_batch
from eqmorph.batch.run import FileResult
from eqmorph.errors import UsageError
from eqmorph.process import Settings
from eqmorph.request import EqRequest
from tests.support import make_audio

EQ = BandsEq(Bands.parse("LS 120 +6"))
OTHER = BandsEq(Bands.parse("LS 120 +3"))


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        make_audio(tmp_path / "in" / f"{name}.wav")
    return tmp_path / "in"


def settings(eq: Any = EQ, **options: Any) -> Settings:
    return Settings(eq, **options)


def test_preparing_touches_nothing(sources: Path, tmp_path: Path) -> None:
    batch = prepare_batch([sources], tmp_path / "out", settings())
    assert [job.output.name for job in batch.jobs] == ["a.wav", "b.wav", "c.wav"]
    assert not (tmp_path / "out").exists()
    assert batch.run().count("done") == 3


def test_update_keeps_what_others_made_and_renews_what_we_made(sources: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.wav").write_bytes(b"mine")
    prepare_batch([sources / "b.wav"], out, settings(OTHER)).run()
    batch = prepare_batch([sources], out, settings(), existing="update")
    assert (batch.kept, batch.replaced) == (1, 1)
    outcome = batch.run()
    assert (outcome.count("done"), outcome.count("skipped")) == (2, 1)
    assert (out / "a.wav").read_bytes() == b"mine"
    again = prepare_batch([sources], out, settings(), existing="update")
    assert [again.skip_reason(job) for job in again.jobs] == [
        "already exists",
        "done by an earlier run",
        "done by an earlier run",
    ]


@pytest.mark.parametrize("existing", ["force", "keep", "Overwrite", "", None, True])
def test_an_unknown_choice_never_overwrites(sources: Path, tmp_path: Path, existing: Any) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.wav").write_bytes(b"mine")
    with pytest.raises(UsageError, match="unknown choice"):
        prepare_batch([sources], out, settings(), existing=existing)
    assert (out / "a.wav").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("x.ape", {}, ".ape files can't be written"),
        ("cover.jpg", {}, ".jpg files can't be written"),
        ("x", {}, "no extension"),
        ("x.wav", {"format": "flac"}, "does not match format flac"),
    ],
)
def test_a_name_that_says_another_format_is_refused(
    sources: Path, tmp_path: Path, name: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        prepare_batch([sources / "a.wav"], tmp_path / name, settings(**options), into_folder=False)


@pytest.mark.parametrize(("name", "options"), [("x.flac", {}), ("x.wav", {"format": "rf64"}), ("x", {"format": "wav"})])
def test_a_name_that_says_the_format_or_nothing_is_taken(
    sources: Path, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    batch = prepare_batch([sources / "a.wav"], tmp_path / name, settings(**options), into_folder=False)
    assert batch.run().count("done") == 1


def test_several_files_do_not_become_one(sources: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="3 inputs can't become one file"):
        prepare_batch([sources], tmp_path / "x.wav", settings(), into_folder=False)


def test_an_album_is_heard_once_and_only_where_it_must_be(sources: Path, tmp_path: Path) -> None:
    heard: list[int] = []

    def hear(paths: Any, *, workers: int, repair: bool) -> list[Spectra]:  # noqa: ARG001
        heard.append(len(paths))
        return []

    album = settings(EqRequest("warm", album=True).resolve())
    prepare_batch([sources], tmp_path / "out", album, hear=hear)
    prepare_batch([sources], tmp_path / "out", settings(), hear=hear)
    assert heard == [3]


def test_a_preview_tells_all_in_order_and_leaves_no_trace(sources: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch = prepare_batch([sources], out, settings(EqRequest("warm").resolve()), workers=2)
    told: list[FileResult] = []
    heard_s: list[float] = []
    before = sorted(tmp_path.rglob("*"))
    outcome = batch.preview(on_result=told.append, on_progress=heard_s.append)
    assert sorted(tmp_path.rglob("*")) == before
    assert [result.job for result in told] == list(batch.jobs)
    assert outcome.results == told
    assert outcome.count("planned") == len(batch.jobs)
    assert sum(heard_s) == pytest.approx(sum(result.result.duration_s for result in told if result.result))
    for result in told:
        assert result.result is not None
        assert result.result.account is not None
        assert result.result.account.words[0].percentile_reached is None


def test_trajectories_are_for_words_into_folders(sources: Path, tmp_path: Path) -> None:
    words = settings(EqRequest("warm").resolve())
    assert all(job.trajectory for job in prepare_batch([sources], tmp_path / "out", words).jobs)
    assert not any(job.trajectory for job in prepare_batch([sources], tmp_path / "out", settings()).jobs)
    with pytest.raises(UsageError, match="needs words that adapt"):
        prepare_batch([sources], tmp_path / "out", settings(), trajectories=True)
