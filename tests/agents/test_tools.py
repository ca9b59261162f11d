"""The tools, without a server: what each answers, what it refuses, and what it leaves alone."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eqmorph.agents import resources
from eqmorph.agents.roots import Roots
from eqmorph.agents.session import Session
from eqmorph.agents.tools import ALL
from eqmorph.agents.wording import TOOLS as WORDS
from eqmorph.agents.work import Work
from eqmorph.bands import Bands
from eqmorph.errors import EqmorphError, ExistsError, InputError, Stopped, UsageError
from eqmorph.heard import heard_in
from eqmorph.model import GRID_HZ
from eqmorph.wording import Means, Phrase
from tests.agents.conftest import RATE, write

TOOLS = {tool.name: tool for tool in ALL}


def ask(session: Session, tool: str, **arguments: Any) -> dict[str, Any]:
    return TOOLS[tool].call(session, Work(), arguments).data


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_there_are_few_tools_each_described_for_a_model() -> None:
    assert len(ALL) <= 10
    for tool in ALL:
        assert len(tool.description) > 80
        assert set(tool.required) <= set(tool.arguments)
        assert tool.reads_only == (tool.name not in ("apply", "undo"))


# ------------------------------------------------------------------------------------------------ looking


def test_files_are_listed_without_listening(session: Session, folder: Path, tmp_path: Path) -> None:
    (folder / "out").symlink_to(tmp_path / "secret")
    listed = ask(session, "files")
    assert [entry["path"] for entry in listed["folders"]] == ["music/kit"]
    assert [entry["path"] for entry in listed["files"]] == ["music/song.wav"]
    assert listed["notes"] == ["1 links that lead outside are left out"]
    assert ask(session, "files", path="kit", limit=2)["total_files"] == 3


def test_words_are_found_by_meaning_spelling_and_in_wishes(session: Session) -> None:
    warm = ask(session, "words", query="warm")
    assert warm["found"][0]["word"] == "warm"
    assert "people asked" in warm["found"][0]["evidence"]
    assert len(warm["found"]) > 3
    assert ask(session, "words", query="a bit less harsh, more air")["exactly"] == "harsh:-0.5 + airy"
    slip = ask(session, "words", query="wram")
    assert slip["exactly"] is None
    assert "warm" in [entry["word"] for entry in slip["found"]]
    with pytest.raises(UsageError):
        ask(session, "words", query="qqqqxxzz")


def test_a_file_is_told_in_words(session: Session) -> None:
    sound = ask(session, "listen", path="song.wav")["sounds"][0]
    assert sound["path"] == "music/song.wav"
    assert len(sound["words"]) == 13
    assert sound["loudness_lufs"] < 0


def test_a_folder_is_told_in_a_few_lines_however_large(session: Session, folder: Path) -> None:
    told = ask(session, "listen", path="kit", words=["warm", "harsh"], limit=1)
    assert told["files"] == 3
    assert len(told["sounds"]) == 1
    assert {entry["word"] for entry in told["summary"]} == {"warm", "harsh"}
    (folder / "kit" / "bad.wav").write_bytes(b"no audio")
    assert "music/kit/bad.wav" in ask(session, "listen", path="kit")["failed"][0]


def test_files_are_ranked(session: Session) -> None:
    ranked = ask(session, "rank", path="kit", by="dark", top=2)["ranked"]
    assert [entry["path"] for entry in ranked] == ["music/kit/hit2.wav", "music/kit/hit1.wav"]
    assert ask(session, "rank", path="kit", by="dark", below=0)["ranked"] == []


def test_files_and_versions_are_compared(session: Session) -> None:
    both = ask(session, "compare", paths=["kit/hit0.wav", "kit/hit2.wav"], words=["dark"])
    places = [row["words"][0]["percentile"] for row in both["compared"]]
    assert places[0] < places[1]
    versions = ask(session, "compare", paths=["song.wav"], wish="warm", curve=True)
    assert [row["name"] for row in versions["compared"]] == ["original", "fixed", "adaptive 0.5", "adaptive"]
    assert len(versions["legend"]) == 3
    with pytest.raises(UsageError, match="nothing to compare it with"):
        ask(session, "compare", paths=["song.wav"])
    with pytest.raises(UsageError, match="is a folder"):
        ask(session, "compare", paths=["kit", "song.wav"])


# ------------------------------------------------------------------------------------------------ planning


def test_a_plan_says_what_it_would_do_and_writes_nothing(session: Session, folder: Path) -> None:
    before = files_below(folder)
    answer = TOOLS["plan"].call(
        session, Work(), {"path": "song.wav", "wish": "warmer, a bit less harsh", "curve": True}
    )
    plan = answer.data
    assert plan["asks_for"] == "warm + harsh:-0.5"
    assert [entry["words"] for entry in plan["reading"]] == ["warm:1", "harsh:-0.5"]
    warm = plan["sounds"][0]["words"][0]
    assert warm["word"] == "warm"
    assert warm["after"] > warm["before"]
    assert answer.picture is not None
    assert plan["legend"] == [{"curve": "music/song.wav", "colour": "orange"}]
    assert files_below(folder) == before


def test_a_plan_takes_presets_references_and_limits(session: Session) -> None:
    assert ask(session, "plan", path="song.wav", preset="air")["asks_for"] == "the preset air"
    near = ask(session, "plan", path="song.wav", reference="kit/hit2.wav")
    assert near["asks_for"] == "toward music/kit/hit2.wav"
    assert ask(session, "plan", path="song.wav", wish="warm", max_gain_db=2)["sounds"][0]["largest_db"] <= 2
    far = ask(session, "plan", path="song.wav", wish="warm", to_percentile=99, max_gain_db=1)["sounds"][0]
    assert "99% is out of reach within 1 dB" in far["does"]
    there = ask(session, "plan", path="song.wav", wish="warm", to_percentile=20)["sounds"][0]
    assert there["notes"] == ["it has more warm than that; to come down to it, wish for less: -warm"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"wish": "frobnicated"}, "unknown word"),
        ({}, "nothing is wished for"),
        ({"wish": "warm", "preset": "de-mud"}, "wish and preset can't be combined"),
        ({"preset": "../../secret/x.toml"}, "no preset is called"),
        ({"reference": "../secret/other.wav"}, "outside"),
        ({"wish": "warm", "amount": 0.5, "to_percentile": 80}, "the amount follows"),
    ],
)
def test_what_cannot_be_planned_is_refused(session: Session, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        ask(session, "plan", path="song.wav", **arguments)


@pytest.mark.parametrize(
    ("wish", "hint"),
    [
        ("frobnicated", "See the tool words for all words."),
        ("3 dB more at 3 kHz", "with `eqmorph apply --bands` in a shell."),
    ],
)
def test_what_is_not_understood_is_answered_with_what_can_be_called(session: Session, wish: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        ask(session, "plan", path="song.wav", wish=wish)
    assert raised.value.hint_worded(WORDS).endswith(hint)


def test_a_change_that_is_not_understood_is_answered_in_the_same_words(session: Session) -> None:
    ask(session, "plan", path="song.wav", wish="warm")
    with pytest.raises(UsageError) as raised:
        ask(session, "adjust", change="frobnicated")
    said = session.said(raised.value)
    assert "See the tool words for all words. Say it like" in said
    assert "eqmorph.terms()" not in said


def test_means_that_are_worded_as_arguments_are_some() -> None:
    arguments = {name for tool in ALL for name in tool.arguments}
    assert {text for text in WORDS.values() if text.isidentifier()} <= arguments


def test_an_adjusted_plan_is_another_plan(session: Session) -> None:
    first = ask(session, "plan", path="song.wav", wish="warm", amount=0.5)
    less = ask(session, "adjust", change="half")
    assert less["plan"] != first["plan"]
    assert less["amount"] < first["amount"]
    assert less["sounds"][0]["words"][0]["after"] < first["sounds"][0]["words"][0]["after"]
    more = ask(session, "adjust", change="a bit more airy", plan=first["plan"])
    assert more["asks_for"] == "warm + airy:0.25"


@pytest.mark.parametrize("options", [{"amount": 0.3}, {"amount": 2.0}, {"album": True}, {"max_gain_db": 3}])
def test_less_and_more_are_by_what_is_done_whatever_holds_it_back(session: Session, options: dict[str, Any]) -> None:
    """At twice the amount or half of it, an EQ at its limit would hardly differ."""

    def size(plan: dict[str, Any]) -> float:
        curves = [Bands.parse(sound["bands"]).response_db(GRID_HZ[:56], RATE) for sound in plan["sounds"][:2]]
        return float(np.mean([np.sqrt(np.mean(curve**2)) for curve in curves]))

    first = ask(session, "plan", path="kit", wish="warm", **options)
    half = ask(session, "adjust", change="half")
    assert size(half) == pytest.approx(size(first) / 2, rel=0.15)
    more = ask(session, "adjust", change="more", plan=half["plan"])
    assert size(more) == pytest.approx(size(half) * 1.5, rel=0.15)


def test_more_than_the_limit_allows_raises_it(session: Session) -> None:
    first = ask(session, "plan", path="song.wav", wish="warm", max_gain_db=1)
    more = ask(session, "adjust", change="more")
    assert more["sounds"][0]["largest_db"] > first["sounds"][0]["largest_db"]
    assert "its limit, which is now 1.5 dB" in more["notes"][0]


def test_a_large_folder_is_planned_from_some_of_its_files(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eqmorph.agents.tools.planning._MOST_DECIDED", 2)
    plan = ask(session, "plan", path="kit", wish="warm", limit=1)
    assert (plan["files"], plan["decided_on"], len(plan["sounds"])) == (3, 2, 1)
    assert "predicted from 2 of the 3 files" in plan["notes"][0]
    assert ask(session, "apply", output="out", dry_run=False)["files"] == 3


# ------------------------------------------------------------------------------------------------ applying


def test_an_apply_is_dry_unless_told(session: Session, folder: Path) -> None:
    before = files_below(folder)
    ask(session, "plan", path="kit", wish="warm")
    dry = ask(session, "apply", output="out")
    assert dry["would_write"] == ["music/out/hit0.wav", "music/out/hit1.wav", "music/out/hit2.wav"]
    assert files_below(folder) == before


def test_what_was_applied_is_measured_reported_and_undone(session: Session, folder: Path) -> None:
    before = files_below(folder)
    ask(session, "plan", path="kit", wish="warm")
    done = ask(session, "apply", output="new/out", dry_run=False)
    assert files_below(folder) - before == {f"new/out/hit{number}.wav" for number in range(3)}
    word = done["written"][0]["words"][0]
    assert word["after"] == pytest.approx(word["predicted"], abs=2)
    assert done["written"][0]["loudness_after_lufs"] == pytest.approx(
        done["written"][0]["loudness_before_lufs"], abs=0.2
    )
    report = resources.ALL[2].read(session)
    assert '"music/new/out/hit0.wav"' in report
    assert str(folder) not in report
    undone = ask(session, "undo")
    assert undone["files"] == 3
    assert files_below(folder) == before
    assert not (folder / "new").exists()


def test_what_came_of_a_reference_is_said_as_it_was_planned(session: Session) -> None:
    (planned,) = ask(session, "plan", path="song.wav", reference="kit/hit2.wav", max_gain_db=2)["sounds"]
    (written,) = ask(session, "apply", output="near.wav", dry_run=False)["written"]
    near = written["reference"]
    assert (near["name"], near["db_before"], near["db_predicted"]) == tuple(planned["reference"].values())
    assert near["db_after"] == pytest.approx(near["db_predicted"], abs=0.3)
    assert written["held_back"] == planned["held_back"] != []
    assert written["words"] == []


def test_a_folder_does_not_become_a_file(session: Session) -> None:
    ask(session, "plan", path="kit", wish="warm")
    with pytest.raises(UsageError, match="is a name for one file"):
        ask(session, "apply", output="kit.wav")


def test_an_apply_that_was_called_off_goes_on_and_is_undone_as_one(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_below(folder)
    ask(session, "plan", path="kit", wish="warm")
    work = Work()
    monkeypatch.setattr(work, "end_one", work.stop.set)
    with pytest.raises(Stopped):
        TOOLS["apply"].call(session, work, {"output": "out", "dry_run": False})
    assert 1 <= len(files_below(folder) - before) < 3
    rest = ask(session, "apply", output="out", dry_run=False)
    assert rest["done_before"] + rest["files"] == 3
    assert rest["done_before"] >= 1
    assert ask(session, "apply", output="out", dry_run=False)["files"] == 0
    assert ask(session, "undo")["files"] == 3
    assert files_below(folder) == before


def test_a_single_file_gets_a_name_or_a_folder(session: Session) -> None:
    ask(session, "plan", path="song.wav", wish="warm")
    assert ask(session, "apply", output="warm.flac", dry_run=False)["written"][0]["path"] == "music/warm.flac"
    assert ask(session, "apply", output="kit", dry_run=False)["written"][0]["path"] == "music/kit/song.wav"
    loud = ask(session, "apply", output="loud.wav", level=-40, dry_run=False)["written"][0]
    assert loud["loudness_after_lufs"] == pytest.approx(-40, abs=0.2)


@pytest.mark.parametrize("output", ["warm.xyz", "warm.ape", "kit/mix v1.2"])
def test_a_single_file_gets_no_name_that_is_no_audio_files(session: Session, folder: Path, output: str) -> None:
    ask(session, "plan", path="song.wav", wish="warm")
    before = files_below(folder)
    for options in ({}, {"dry_run": False}, {"format": "flac"}):
        with pytest.raises(UsageError, match="files can't be written") as raised:
            ask(session, "apply", output=output, **options)
        assert "Name it .wav, .flac or .mp3" in raised.value.hint
    assert files_below(folder) == before
    assert ask(session, "apply", output=f"{output}/")["would_write"] == [f"music/{output}/song.wav"]
    ask(session, "plan", path="kit", wish="warm")
    assert ask(session, "apply", output="mix v1.2")["would_write"][0] == "music/mix v1.2/hit0.wav"


def test_an_album_gets_one_eq_and_one_gain(session: Session) -> None:
    ask(session, "plan", path="kit", wish="warm", album=True)
    done = ask(session, "apply", output="out", dry_run=False)
    assert len({entry["gain_db"] for entry in done["written"]}) == 1


def test_nothing_of_others_is_replaced_or_removed(session: Session, folder: Path) -> None:
    theirs = write(folder / "out" / "hit0.wav", seed=5)
    content = theirs.read_bytes()
    ask(session, "plan", path="kit", wish="warm")
    for replace in (False, True):
        with pytest.raises(ExistsError) as raised:
            ask(session, "apply", output="out", dry_run=False, replace=replace)
        assert "only what was made here" in raised.value.hint
    assert theirs.read_bytes() == content
    theirs.unlink()
    ask(session, "apply", output="out", dry_run=False)
    theirs.write_bytes(content)  # somebody changes a result
    assert ask(session, "undo")["left"] == [{"path": "music/out/hit0.wav", "why": "was changed since"}]
    assert theirs.read_bytes() == content


def test_ones_own_results_can_be_replaced(session: Session, folder: Path) -> None:
    ask(session, "plan", path="song.wav", wish="warm")
    ask(session, "apply", output="out", dry_run=False)
    first = (folder / "out" / "song.wav").read_bytes()
    ask(session, "adjust", change="much less")
    with pytest.raises(ExistsError) as raised:
        ask(session, "apply", output="out", dry_run=False)
    assert "call again with replace" in raised.value.hint
    ask(session, "apply", output="out", dry_run=False, replace=True)
    assert (folder / "out" / "song.wav").read_bytes() != first
    ask(session, "undo")
    assert not (folder / "out").exists()


def test_a_plan_of_files_that_changed_is_not_applied(session: Session, folder: Path) -> None:
    ask(session, "plan", path="kit", wish="warm")
    time.sleep(0.01)
    write(folder / "kit" / "hit1.wav", seed=8)
    with pytest.raises(UsageError, match=r"changed since it was planned: music/kit/hit1.wav"):
        ask(session, "apply", output="out", dry_run=False)
    assert not (folder / "out").exists()


def test_a_source_is_never_an_output(session: Session) -> None:
    ask(session, "plan", path="kit", wish="warm")
    with pytest.raises(EqmorphError, match="inputs are never overwritten"):
        ask(session, "apply", output="kit", dry_run=False)


def test_results_are_no_sources_of_the_next_plan(session: Session) -> None:
    ask(session, "plan", path="music", wish="warm")
    ask(session, "apply", output="music/out", dry_run=False)
    again = ask(session, "plan", path="music", wish="warm")
    assert again["files"] == 4
    assert "made here are left out" in again["notes"][0]
    assert ask(session, "listen", path="out")["files"] == 4


def test_a_folder_of_the_output_that_leads_outside_is_not_written(
    session: Session, folder: Path, tmp_path: Path
) -> None:
    ask(session, "plan", path="music", wish="warm")
    (folder / "out").mkdir()
    (folder / "out" / "kit").symlink_to(tmp_path / "secret")
    with pytest.raises(UsageError, match="leads out of the output folder"):
        ask(session, "apply", output="out", dry_run=False)
    assert files_below(tmp_path / "secret") == {"other.wav"}


def test_a_folder_swapped_while_a_file_is_rendered_is_not_written(
    session: Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(session, "plan", path="song.wav", wish="warm")
    (folder / "out").mkdir()
    check = session.roots.check_output
    asked = []

    def swap_then_check(path: Path) -> None:
        asked.append(path)
        if len(asked) == 2:  # the first time it was looked at before any work
            (folder / "out").rename(folder / "before")
            (folder / "out").symlink_to(tmp_path / "secret")
        check(path)

    monkeypatch.setattr(session.roots, "check_output", swap_then_check)
    with pytest.raises(EqmorphError, match="link"):
        ask(session, "apply", output="out/song.wav", dry_run=False)
    assert files_below(tmp_path / "secret") == {"other.wav"}


def test_a_result_that_somebody_changes_while_it_is_made_anew_is_left(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(session, "plan", path="song.wav", wish="warm")
    ask(session, "apply", output="out.wav", dry_run=False)
    ask(session, "plan", path="song.wav", wish="dark")
    check = session.roots.check_output
    asked = []

    def change_then_check(path: Path) -> None:
        asked.append(path)
        if len(asked) == 2:  # the first time it was looked at before any work
            (folder / "out.wav").write_text("mine now")
        check(path)

    monkeypatch.setattr(session.roots, "check_output", change_then_check)
    with pytest.raises(EqmorphError, match="appeared meanwhile"):
        ask(session, "apply", output="out.wav", dry_run=False, replace=True)
    assert (folder / "out.wav").read_text() == "mine now"


def test_a_file_swapped_while_it_is_heard_is_not_told_of(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def heard_elsewhere(path: Path, *arguments: Any, **options: Any) -> Any:
        path.unlink()
        path.symlink_to(tmp_path / "secret" / "other.wav")
        return heard_in(path, *arguments, **options)

    monkeypatch.setattr("eqmorph.agents.session.heard_in", heard_elsewhere)
    with pytest.raises(UsageError, match="leads outside"):
        ask(session, "plan", path="song.wav", wish="warm")


def test_what_a_folder_links_to_outside_is_not_heard(session: Session, folder: Path, tmp_path: Path) -> None:
    (folder / "kit" / "more").symlink_to(tmp_path / "secret")
    (folder / "kit" / "one.wav").symlink_to(tmp_path / "secret" / "other.wav")
    assert ask(session, "rank", path="kit", by="warm")["files"] == 3


def test_work_that_is_called_off_leaves_nothing(session: Session, folder: Path) -> None:
    ask(session, "plan", path="kit", wish="warm")
    before = files_below(folder)
    work = Work()
    work.stop.set()
    for tool, arguments in (
        ("apply", {"output": "out", "dry_run": False}),
        ("rank", {"path": "kit", "by": "thin"}),
        ("listen", {"path": "song.wav"}),
        ("plan", {"path": "song.wav", "wish": "thin"}),
    ):
        with pytest.raises(Stopped):
            TOOLS[tool].call(session, work, arguments)
    assert files_below(folder) == before
    assert not (folder / "out").exists()


def test_without_a_plan_there_is_nothing_to_apply(session: Session) -> None:
    with pytest.raises(UsageError, match="no plan yet"):
        ask(session, "apply", output="out")
    ask(session, "plan", path="song.wav", wish="warm")
    with pytest.raises(UsageError) as raised:
        ask(session, "apply", output="out", plan="p1")
    assert "The last one is p" in raised.value.hint
    with pytest.raises(UsageError, match="nothing to undo"):
        ask(session, "undo")


def test_a_file_that_cannot_be_read_is_named_as_the_model_knows_it(session: Session, folder: Path) -> None:
    (folder / "bad.wav").write_bytes(b"no audio")
    with pytest.raises(InputError) as raised:
        ask(session, "plan", path="bad.wav", wish="warm")
    assert session.roots.cleaned(str(raised.value)).startswith("music/bad.wav: ")


def test_an_error_is_said_in_sentences(session: Session, folder: Path) -> None:
    error = InputError(f"no end in {folder}", hint=Phrase("Try {}.", Means.OVERWRITE), path=folder / "song.wav")
    assert session.said(error) == "music/song.wav: no end in music. Try replace."
    assert session.said(UsageError("Is it all?")) == "Is it all?"


def test_a_folder_that_may_only_be_read_is_planned_and_not_written(folder: Path, session: Session) -> None:
    session.roots = Roots([], [folder])
    ask(session, "plan", path="song.wav", wish="warm")
    with pytest.raises(UsageError) as raised:
        ask(session, "apply", output="out", dry_run=False)
    assert raised.value.hint == "Nothing may be written here."


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_else_is_not_written(session: Session, folder: Path) -> None:
    ask(session, "plan", path="song.wav", wish="warm")
    (folder / "closed").mkdir(mode=0o000)
    for output in ("closed", "closed/x.wav"):
        with pytest.raises(EqmorphError, match="no permission to write"):
            ask(session, "apply", output=output, dry_run=False)
    (folder / "closed").chmod(0o700)


def test_resources_are_there_before_anything_happened(session: Session) -> None:
    texts = {one.name: one.read(session) for one in resources.ALL}
    assert '"warm"' in texts["vocabulary"]
    assert '"de-mud"' in texts["presets"]
    assert len(texts["vocabulary"]) < 40_000
    assert "nothing was applied yet" in texts["report"]
