"""The page holds what is known of each file: as it was rendered, as text, and without what is not known."""

from __future__ import annotations

import base64
import io
import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
import soundfile as sf

from eqmorph.bands import Bands
from eqmorph.errors import ExistsError, UsageError
from eqmorph.report import embed, find_report, is_report_page, make_report
from eqmorph.report.rows import EQ_HZ
from tests.report.support import RATE, inside, line, processed, written
from tests.support import make_audio, posix_only


def made_of(folder: Path, records: list[dict[str, Any]], **options: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    found = find_report(written(folder / "report.jsonl", records))
    return inside(make_report(found, folder / "report.html", overwrite=True, **options).page)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return processed(tmp_path_factory.mktemp("report"), "--target", "warm:0.7 + airy:0.3", seconds=6.0)


def test_it_tells_what_became_of_each_file(report: Path, tmp_path: Path) -> None:
    found = find_report(report)
    made = make_report(found, tmp_path / "page.html")
    data, details = inside(made.page)
    assert (made.files, made.done, made.failed, made.missing) == (4, 3, 1, 0)
    assert made.page_bytes == made.page.stat().st_size
    assert [word["name"] for word in data["words"]] == ["warm", "airy"]
    for record, row, detail in zip(found.records, data["rows"], details, strict=True):
        assert row["n"] == Path(record["input"]).name
        assert row["s"] == record["status"]
        if record["status"] == "failed":
            assert row["e"] == "holds text, not audio"
            assert detail["hint"]
            assert "why" in detail["b"]
            continue
        for number, word in enumerate(record["decision"]["words"]):
            assert row["w"][number] == pytest.approx([word["percentile_before"], word["percentile_reached"]], abs=1e-3)
        assert row["t"] == pytest.approx(record["level_trim_db"] + record["ceiling_trim_db"], abs=0.06)
        curve = Bands.from_list(record["bands"]).response_db(EQ_HZ, RATE)
        np.testing.assert_allclose(np.array(detail["eq"]) / 100, curve, atol=0.006)
        assert detail["levels"][0] == pytest.approx(record["loudness_in_lufs"], abs=0.06)
        assert detail["spectrum"][0] == [None if x is None else round(10 * x) for x in record["spectrum"]["before_db"]]
        assert detail["course"]["words"] == ["warm", "airy"]
        assert len(detail["course"]["before"][0]) == len(detail["course"]["after"][1]) > 3
        for player, kind in (("a", "input"), ("b", "output")):
            assert (made.page.parent / unquote(detail[player]["src"])).samefile(record[kind])


def test_the_spectrum_of_a_result_is_the_sources_through_its_eq(report: Path) -> None:
    """What was heard of the result, and what follows from the EQ, agree: a page may show either."""
    record = next(record for record in find_report(report).records if record["status"] == "done")
    heard = record["spectrum"]
    curve = Bands.from_list(record["bands"]).response_db(heard["freqs_hz"], RATE)
    before = np.array(heard["before_db"], float)
    after = np.array(heard["after_db"], float)
    trim = record["level_trim_db"] + record["ceiling_trim_db"]
    audible = np.array(heard["freqs_hz"]) > 60
    np.testing.assert_allclose(after[audible], (before + curve + trim)[audible], atol=0.6)


def test_names_and_texts_cannot_leave_their_place(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script>"
    records = [line(evil, notes=[evil]), {**line("b.wav"), "status": "failed", "error": evil, "hint": evil}]
    made = make_report(find_report(written(tmp_path / "r.jsonl", records)), tmp_path / "page.html", title=evil)
    text = made.page.read_text(encoding="utf-8")
    assert text.count("<script") == text.count("</script>") == 3
    assert inside(made.page)[1][0]["notes"] == [evil]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are Unicode there")
def test_a_name_that_is_no_text_is_shown_escaped_and_found(tmp_path: Path) -> None:
    name = os.fsdecode(b"a\xff.wav")
    make_audio(tmp_path / "in" / "a.wav", frames=4410).rename(tmp_path / "in" / name)
    data, (detail,) = made_of(tmp_path, [line(name)])
    assert data["rows"][0]["n"] == r"a\udcff.wav"
    assert detail["a"]["src"] == "in/a%FF.wav"


def test_the_page_is_called_as_what_was_made(tmp_path: Path) -> None:
    one, two = line("a.wav"), line("b.wav")
    for records, name in (
        ([one], "a.wav"),
        ([one, two], "out"),
        ([one, {**two, "output": "x/b.wav"}], tmp_path.name),
    ):
        made_of(tmp_path, records)
        assert f"<h1>{name}</h1>" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_page_allows_its_own_script_and_sounds_only(report: Path, tmp_path: Path) -> None:
    text = make_report(find_report(report), tmp_path / "page.html").page.read_text(encoding="utf-8")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not re.search(r'(src|href)="?https?:', text)
    assert not re.search(r'\sstyle="|\son[a-z]+="', text)  # which the policy would forbid


def test_what_old_reports_lack_is_left_out(tmp_path: Path) -> None:
    bare = {"input": "in/a.wav", "output": "out/a.wav", "status": "done"}
    odd = {**line("b.wav"), "bands": "none", "decision": [], "spectrum": {"before_db": "x"}, "sample_rate": "fast"}
    broken = {**line("c.wav"), "bands": [{"kind": "bell"}], "notes": "text", "level_trim_db": None, "duration_s": True}
    data, details = made_of(tmp_path, [bare, odd, broken])
    assert [row["s"] for row in data["rows"]] == ["done"] * 3
    assert all("spectrum" not in detail and "eq" not in detail for detail in details)


@posix_only
@pytest.mark.parametrize("way", ["pipe", "endless", "huge"])
def test_what_only_passes_for_a_trajectory_is_left_alone(tmp_path: Path, way: str) -> None:
    make_audio(tmp_path / "out" / "a.wav", frames=500)
    trajectory = tmp_path / "out" / "a.wav.trajectory.json"
    if way == "pipe":
        os.mkfifo(trajectory)
    elif way == "endless":
        trajectory.symlink_to("/dev/zero")
    else:
        with trajectory.open("wb") as file:
            file.truncate(1 << 40)
    _, details = made_of(tmp_path, [{**line("a.wav"), "output": str(tmp_path / "out" / "a.wav")}])
    assert "course" not in details[0]


def test_sounds_that_browsers_do_not_play_are_said_so(tmp_path: Path) -> None:
    make_audio(tmp_path / "in" / "a.aiff", frames=4410)
    _, (detail,) = made_of(tmp_path, [line("a.aiff")])
    assert "AIFF" in detail["a"]["why"]
    assert "not where" in detail["b"]["why"]


def test_an_empty_file_is_not_offered_to_the_browser(tmp_path: Path) -> None:
    source = tmp_path / "in" / "a.wav"
    source.parent.mkdir()
    source.touch()
    report = written(tmp_path / "report.jsonl", [line("a.wav", status="failed", error="in/a.wav: is empty (0 bytes)")])
    (file,) = inside(make_report(find_report(report), tmp_path / "page.html").page)[1]
    assert file["a"] == {"why": "is empty"}


@pytest.mark.parametrize("codec", ["flac", "opus"])
def test_sounds_can_be_inside(codec: embed.Codec, tmp_path: Path) -> None:
    for folder in ("in", "out"):
        make_audio(tmp_path / folder / "a.aiff", frames=2 * RATE)
    _, (detail,) = made_of(tmp_path, [line("a.aiff")], embed=codec)
    for player, folder in (("a", "in"), ("b", "out")):
        kind, text = detail[player]["src"].split(";base64,")
        assert kind == {"flac": "data:audio/flac", "opus": "data:audio/ogg"}[codec]
        audio, rate = sf.read(io.BytesIO(base64.b64decode(text)))
        assert len(audio) / rate == pytest.approx(2.0, abs=0.01)
        if codec == "flac":
            np.testing.assert_array_equal(audio, sf.read(tmp_path / folder / "a.aiff")[0])


def test_only_chosen_sounds_can_be_inside(tmp_path: Path) -> None:
    names = ("a/one.wav", "a/two.wav", "b/one.wav")
    for name in names:
        for folder in ("in", "out"):
            make_audio(tmp_path / folder / name, frames=RATE)
    records = [line(name) for name in names]

    def inside_of(*patterns: str) -> list[bool]:
        _, details = made_of(tmp_path, records, embed="flac", embed_only=patterns)
        assert all(one["a"]["src"].startswith("data:") == one["b"]["src"].startswith("data:") for one in details)
        return [one["a"]["src"].startswith("data:") for one in details]

    assert inside_of("one.wav") == [True, False, True]
    assert inside_of("a/*") == [True, True, False]
    assert inside_of("a/two.wav", "b/one.wav") == [False, True, True]
    with pytest.raises(UsageError, match=r"'none\.wav'"):
        inside_of("one.wav", "none.wav")


def test_scores_are_told_beside_percentiles(tmp_path: Path) -> None:
    _, (detail,) = made_of(tmp_path, [line("a.wav")])
    assert detail["scores"] == "warm 0.10 → 0.60"


def test_more_than_a_page_can_hold_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("in", "out"):
        make_audio(tmp_path / folder / "a.wav", frames=RATE)
    monkeypatch.setattr(embed, "LIMIT_BYTES", 1000)
    with pytest.raises(UsageError, match="at most") as raised:
        made_of(tmp_path, [line("a.wav")], embed="flac")
    assert "Opus" in raised.value.hint
    assert not (tmp_path / "report.html").exists()


def test_listening_adds_the_spectra_that_a_report_lacks(tmp_path: Path) -> None:
    make_audio(tmp_path / "in" / "a.wav", frames=2 * RATE)
    record = line("a.wav")
    assert "spectrum" not in made_of(tmp_path, [record])[1][0]
    _, (detail, gone) = made_of(tmp_path, [record, line("gone.wav")], listen=True)
    assert "spectrum" not in gone
    before, after = (np.array(levels, float) / 10 for levels in detail["spectrum"])
    curve = Bands.from_list(record["bands"]).response_db(np.array([1000.0]), RATE)
    assert (after - before)[32:34] == pytest.approx(np.full(2, curve[0] - 0.5), abs=0.3)


def test_a_page_is_replaced_only_on_demand(report: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("mine")
    assert not is_report_page(page)
    with pytest.raises(ExistsError):
        make_report(find_report(report), page)
    assert page.read_text() == "mine"
    make_report(find_report(report), page, overwrite=True)
    assert is_report_page(page)
    assert not is_report_page(tmp_path / "none.html")


def test_a_reference_is_told_as_a_distance(tmp_path: Path) -> None:
    report = processed(tmp_path, "--reference", str(tmp_path / "in" / "b.wav"), sounds=2)
    data, details = inside(make_report(find_report(report), tmp_path / "page.html").page)
    assert [word["isDistance"] for word in data["words"]] == [True]
    assert "Asked for: near b.wav." in (tmp_path / "page.html").read_text(encoding="utf-8")
    number = next(at for at, row in enumerate(data["rows"]) if row["n"] == "a.wav")  # the other is the reference itself
    before, after = data["rows"][number]["w"][0]
    assert before > after > 0
    assert details[number]["words"][0][2] == f"{before:.1f} dB"
