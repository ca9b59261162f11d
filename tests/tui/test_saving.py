"""What is saved can be read back, every digit."""

from __future__ import annotations

from pathlib import Path

import pytest

from eqmorph.bands import Bands
from eqmorph.errors import OutputError, UsageError
from eqmorph.presets import find_preset, save_preset, take_bands
from eqmorph.target import parse_target
from eqmorph.tui.blend import Blend
from eqmorph.tui.saving import EXPORTS, apply_command, export_eq, preset_of

EQ = Bands.parse("LS 123.456 +3.3333; PK 1000 -2 Q0.7; HS 8k -3.1")
BLEND = Blend.of_words(["warm", "airy"]).with_weight("warm", 0.4)


@pytest.mark.parametrize("suffix", EXPORTS)
def test_an_exported_eq_is_read_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"eq{suffix}"
    export_eq(path, EQ, 'fills out "below"', overwrite=False)
    assert take_bands(str(path)).bands == EQ


@pytest.mark.parametrize("suffix", EXPORTS)
def test_a_flat_eq_is_read_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"eq{suffix}"
    export_eq(path, Bands(), "", overwrite=False)
    assert take_bands(str(path)).bands.is_flat


def test_an_export_is_never_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "eq.json"
    path.write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        export_eq(path, EQ, "", overwrite=False)
    assert path.read_text() == "mine"
    export_eq(path, EQ, "", overwrite=True)
    assert take_bands(str(path)).bands == EQ


def test_an_unknown_extension_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no extension"):
        export_eq(tmp_path / "eq.xyz", EQ, "", overwrite=False)
    assert not list(tmp_path.iterdir())


def test_a_preset_that_adapts_holds_the_words() -> None:
    save_preset(preset_of("mine", BLEND.with_amount(0.5), EQ, ""), overwrite=False)
    found = find_preset("mine")
    assert (found.target, found.amount) == ("warm:0.4", 0.5)


@pytest.mark.parametrize("blend", [BLEND.with_other_mode(), BLEND.with_amount(0)], ids=["fixed", "flat"])
def test_other_presets_hold_the_bands(blend: Blend) -> None:
    bands = EQ if blend.target else Bands()
    save_preset(preset_of("mine", blend, bands, "what it does"), overwrite=False)
    found = find_preset("mine")
    assert (found.bands, found.target) == (bands, "")


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "new\nline"])
def test_a_name_that_is_a_path_is_refused(home: Path, name: str) -> None:
    with pytest.raises(UsageError, match="not a name for a preset"):
        save_preset(preset_of(name, BLEND, EQ, ""), overwrite=False)
    assert not home.exists()


def test_the_command_names_what_is_not_usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source, output = tmp_path / "song.wav", tmp_path / "out.wav"
    assert apply_command(BLEND, source, output) == "eqmorph apply song.wav out.wav --target warm:0.4"
    command = apply_command(
        BLEND.with_amount(0.25).with_other_mode(), source, output, model_folder=Path("/m"), repair=True
    )
    assert command.endswith("--target warm:0.4 --amount 0.25 --mode fixed --model /m --repair")


def test_the_command_follows_a_sound_where_the_session_does() -> None:
    follows = BLEND.with_other_following()
    source, output = Path("a.wav"), Path("b.wav")
    assert apply_command(follows, source, output, repair=True).endswith("--target warm:0.4 --follow --repair")
    assert "--follow" not in apply_command(BLEND, source, output)
    assert "--follow" not in apply_command(follows.with_other_mode(), source, output)  # fixed is the same all along


def test_the_command_keeps_every_digit() -> None:
    weight = 0.1 + 0.2
    command = apply_command(BLEND.with_weight("warm", weight), Path("a.wav"), Path("b.wav"))
    assert parse_target(command.split()[-1], ["warm"]).terms[0].weight == weight


def test_a_name_that_looks_like_an_option_is_not_taken_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert " ./-song.wav " in apply_command(BLEND, tmp_path / "-song.wav", tmp_path / "out.wav")


def test_the_command_line_says_the_kind_of_sound_where_it_was_said(tmp_path: Path) -> None:
    source, output = tmp_path / "a.wav", tmp_path / "b.wav"
    assert "--kind" not in apply_command(BLEND, source, output)
    assert "--kind speech" in apply_command(BLEND, source, output, kind="speech")
    assert "--kind" not in apply_command(BLEND.with_other_mode(), source, output, kind="speech")  # fixed
