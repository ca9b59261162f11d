"""The demo sounds: always the same, technically clean, in tune, and as different in tone as they claim to be."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from eqmorph.audio.write import AudioWriter
from eqmorph.demo import SOUND_NAMES, DemoSound, instruments, synthesise, tools, write, write_demo_sounds, write_sounds
from eqmorph.errors import OutputError, UsageError
from tests.support import environment, largest_file

each_sound = pytest.mark.parametrize("name", SOUND_NAMES)
HASHES = """
import hashlib
from eqmorph import demo
for name in demo.SOUND_NAMES:
    print(hashlib.sha256(demo.synthesise(name).audio.tobytes()).hexdigest())
"""


@pytest.fixture(scope="module")
def sounds() -> dict[str, DemoSound]:
    return {name: synthesise(name) for name in SOUND_NAMES}


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch, sounds: dict[str, DemoSound]) -> dict[str, DemoSound]:
    """Return the beginnings of the sounds as what is written: making them whole each time takes a second and more."""
    short = {name: replace(sound, audio=sound.audio[:, : sound.sample_rate // 4]) for name, sound in sounds.items()}
    monkeypatch.setattr(write, "synthesise", short.__getitem__)
    return short


def level_db(value: float) -> float:
    return float(20.0 * np.log10(max(value, 1e-12)))


def spectrum(sound: DemoSound) -> tuple[np.ndarray, np.ndarray]:
    """Return frequencies and the energy at each, over all channels."""
    energy = np.sum(np.abs(np.fft.rfft(sound.audio.astype(np.float64))) ** 2, axis=0)
    return np.fft.rfftfreq(sound.audio.shape[1], 1.0 / sound.sample_rate), energy


def centroid_hz(sound: DemoSound) -> float:
    freqs_hz, energy = spectrum(sound)
    return float(np.sum(freqs_hz * energy) / np.sum(energy))


def share_below(sound: DemoSound, limit_hz: float) -> float:
    freqs_hz, energy = spectrum(sound)
    return float(np.sum(energy[freqs_hz < limit_hz]) / np.sum(energy))


# --- the same every time --------------------------------------------------------------------------------------


def test_another_process_makes_the_same_samples(sounds: dict[str, DemoSound]) -> None:
    there = subprocess.run(
        [sys.executable, "-c", HASHES], capture_output=True, text=True, check=True, env=environment()
    ).stdout.split()
    assert there == [hashlib.sha256(sounds[name].audio.tobytes()).hexdigest() for name in SOUND_NAMES]


def test_noise_follows_its_seed_alone() -> None:
    """Its first values are those that PCG64 defines: a change of them changes every sound on every machine."""
    expected = np.random.Generator(np.random.PCG64(21)).random(4) * 2.0 - 1.0
    np.testing.assert_allclose(tools.noise(21, 4), expected, rtol=1e-15)
    assert not np.array_equal(tools.noise(22, 4), tools.noise(21, 4))


def test_hats_keep_clear_of_zero_crossings() -> None:
    """A sign taken at a zero crossing would differ from one platform's sine to the next."""
    for rate in (44_100, 48_000):
        time_s = tools.sample_times(rate, 1.4)
        for freq_hz in (2045.0, 2747.0, 3383.0, 3761.0, 4513.0, 5391.0):
            assert np.min(np.abs(np.sin(2.0 * np.pi * freq_hz * time_s + 0.1))) > 1e-6


def test_the_shelf_holds_eight_sounds_with_their_own_words(sounds: dict[str, DemoSound]) -> None:
    assert len(SOUND_NAMES) == len(set(SOUND_NAMES)) == 8
    assert tuple(sound.name for sound in sounds.values()) == SOUND_NAMES
    assert len({sound.description for sound in sounds.values()}) == 8


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(UsageError, match="kazoo") as caught:
        synthesise("kazoo")
    assert all(name in caught.value.hint for name in SOUND_NAMES)


# --- clean ----------------------------------------------------------------------------------------------------


@each_sound
def test_shape_rate_and_length(name: str, sounds: dict[str, DemoSound]) -> None:
    sound = sounds[name]
    assert sound.audio.dtype == np.float32
    assert sound.audio.shape[0] == (1 if name == "voice-vowels" else 2)
    assert sound.sample_rate == (48_000 if name == "drum-loop" else 44_100)
    assert 3.0 <= sound.audio.shape[1] / sound.sample_rate <= 6.0


@each_sound
def test_peaks_lie_between_6_and_3_db_below_full_scale(name: str, sounds: dict[str, DemoSound]) -> None:
    assert np.all(np.isfinite(sounds[name].audio))
    assert -6.05 <= level_db(np.max(np.abs(sounds[name].audio))) <= -2.95


@each_sound
def test_no_channel_has_an_offset(name: str, sounds: dict[str, DemoSound]) -> None:
    for channel in sounds[name].audio.astype(np.float64):
        assert level_db(abs(np.mean(channel))) < -60.0


@each_sound
def test_starts_and_ends_in_silence(name: str, sounds: dict[str, DemoSound]) -> None:
    sound = sounds[name]
    five_ms = sound.sample_rate // 200
    assert np.max(np.abs(sound.audio[:, 0])) < 1e-4
    assert level_db(np.max(np.abs(sound.audio[:, -five_ms:]))) < -60.0
    assert np.sqrt(np.mean(sound.audio[:, -20 * five_ms :] ** 2)) < 0.05 * np.sqrt(np.mean(sound.audio**2))


@each_sound
def test_is_loud_enough_and_not_squashed(name: str, sounds: dict[str, DemoSound]) -> None:
    audio = sounds[name].audio.astype(np.float64)
    rms_db = level_db(np.sqrt(np.mean(audio**2)))
    crest_db = level_db(np.max(np.abs(audio))) - rms_db
    assert rms_db > -26.0
    assert 9.0 < crest_db < 20.0


@each_sound
def test_stereo_is_wide_enough_to_hear_and_balanced(name: str, sounds: dict[str, DemoSound]) -> None:
    audio = sounds[name].audio.astype(np.float64)
    if len(audio) == 1:
        return
    left, right = np.sqrt(np.mean(audio**2, axis=1))
    assert abs(level_db(left) - level_db(right)) < 1.5
    side = np.sqrt(np.mean((audio[0] - audio[1]) ** 2)) / (left + right)
    assert side > 0.005


# --- musical --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("note", "freq_hz"), [("A4", 440.0), ("C4", 261.6256), ("F#3", 184.9972), ("Bb2", 116.5409)])
def test_note_names_mean_equal_temperament(note: str, freq_hz: float) -> None:
    assert tools.pitch_hz(note) == pytest.approx(freq_hz, abs=1e-3)


@pytest.mark.parametrize("note", ["D2", "G2", "A3", "F#4", "E5"])
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_plucked_strings_are_in_tune(note: str, rate: int) -> None:
    freq_hz = tools.pitch_hz(note)
    string = instruments.plucked_string(rate, freq_hz, 2.0, velocity=0.8, seed=1, damping=0.035, t60_s=3.2)
    size = 1 << 20
    level = np.abs(np.fft.rfft(string * np.hanning(len(string)), size))
    nearby = slice(int(0.92 * freq_hz * size / rate), int(1.08 * freq_hz * size / rate))
    heard_hz = (nearby.start + np.argmax(level[nearby])) * rate / size
    assert abs(1200.0 * np.log2(heard_hz / freq_hz)) < 2.0


def test_plucked_strings_die_away() -> None:
    string = instruments.plucked_string(44_100, 220.0, 2.0, velocity=0.8, seed=1, damping=0.035, t60_s=3.2)
    early, late = (np.sqrt(np.mean(string[start : start + 8820] ** 2)) for start in (0, 66_150))
    assert -60.0 < level_db(late / early) < -15.0


@pytest.mark.parametrize(
    ("name", "notes_hz"),
    [
        ("warm-pad", (87.31, 130.81, 220.0)),
        ("electric-piano", (164.81, 196.0, 587.33)),
        ("glass-bells", (1318.5, 987.8, 1480.0)),
    ],
)
def test_energy_stands_on_the_notes_of_the_score(
    name: str, notes_hz: tuple[float, ...], sounds: dict[str, DemoSound]
) -> None:
    freqs_hz, energy = spectrum(sounds[name])
    for note_hz in notes_hz:
        on_note = np.max(energy[np.abs(freqs_hz / note_hz - 1.0) < 0.012])
        between = np.median(energy[np.abs(freqs_hz / (note_hz * 2.0 ** (0.5 / 12.0)) - 1.0) < 0.006])
        assert on_note > 30.0 * between


def test_drums_hit_on_the_beat(sounds: dict[str, DemoSound]) -> None:
    """Snare on the second and the fourth beat of each bar: its wires are heard below the hats, above the kick."""
    sound = sounds["drum-loop"]
    freqs_hz = np.fft.rfftfreq(sound.audio.shape[1], 1.0 / sound.sample_rate)
    wires = np.fft.irfft(np.fft.rfft(sound.audio[0]) * ((freqs_hz > 1500.0) & (freqs_hz < 5000.0)))
    window = sound.sample_rate // 50
    for beat in (1, 3, 5, 7):
        hit = round(beat * 60.0 / 104.0 * sound.sample_rate)
        before, after = (np.mean(wires[start : start + window] ** 2) for start in (hit - window, hit))
        assert after > 100.0 * before, beat


def test_vowels_change_where_the_energy_lies(sounds: dict[str, DemoSound]) -> None:
    """'a' rings near 1 kHz; in 'i' the second formant goes up to 2 kHz."""
    sound = sounds["voice-vowels"]

    def balance_db(start_s: float, end_s: float) -> float:
        part = sound.audio[0, int(start_s * sound.sample_rate) : int(end_s * sound.sample_rate)].astype(np.float64)
        energy = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
        freqs_hz = np.fft.rfftfreq(len(part), 1.0 / sound.sample_rate)
        upper = np.sum(energy[(freqs_hz > 1700.0) & (freqs_hz < 2400.0)])
        return float(10.0 * np.log10(upper / np.sum(energy[(freqs_hz > 700.0) & (freqs_hz < 1400.0)])))

    assert balance_db(0.92, 1.2) > balance_db(0.35, 0.75) + 10.0


def test_tones_are_far_apart(sounds: dict[str, DemoSound]) -> None:
    boomy, dark = centroid_hz(sounds["bass-line"]), centroid_hz(sounds["warm-pad"])
    clear, bright = centroid_hz(sounds["plucked-arpeggio"]), centroid_hz(sounds["glass-bells"])
    assert 2.0 * boomy < dark
    assert 3.0 * dark < clear
    assert 1.4 * clear < bright


def test_tones_are_what_their_descriptions_say(sounds: dict[str, DemoSound]) -> None:
    assert share_below(sounds["bass-line"], 200.0) > 0.9
    assert share_below(sounds["warm-pad"], 1000.0) > 0.95
    assert share_below(sounds["voice-vowels"], 200.0) < 0.001
    assert share_below(sounds["glass-bells"], 900.0) < 0.01


# --- files ----------------------------------------------------------------------------------------------------


def test_files_hold_the_sounds(tmp_path: Path, ready: dict[str, DemoSound]) -> None:
    paths = write_demo_sounds(tmp_path / "new" / "demo")
    assert [path.stem for path in paths] == list(SOUND_NAMES)
    for path in paths:
        sound = ready[path.stem]
        audio, rate = sf.read(path, dtype="float32", always_2d=True)
        assert rate == sound.sample_rate
        half_a_step = 2.0**-24 if path.stem == "drum-loop" else 2.0**-16
        np.testing.assert_allclose(audio.T, sound.audio, rtol=0.0, atol=1.01 * half_a_step)


@pytest.mark.usefixtures("ready")
def test_files_come_in_several_kinds(tmp_path: Path) -> None:
    infos = {path.name: sf.info(path) for path in write_demo_sounds(tmp_path)}
    assert infos["drum-loop.wav"].subtype == "PCM_24"
    assert infos["voice-vowels.wav"].channels == 1
    assert infos["little-mix.flac"].format == "FLAC"
    plain = [info for info in infos.values() if (info.format, info.subtype) == ("WAV", "PCM_16")]
    assert len(plain) == 6
    with sf.SoundFile(tmp_path / "little-mix.flac") as file:
        assert (file.title, file.artist) == ("Little Mix", "eqmorph")


@pytest.mark.usefixtures("ready")
def test_writing_again_leaves_equal_files_and_adds_missing_ones(tmp_path: Path) -> None:
    first, second, *_ = write_demo_sounds(tmp_path)
    content, written_at = first.read_bytes(), first.stat().st_mtime_ns
    second.unlink()
    write_demo_sounds(tmp_path)
    assert (first.read_bytes(), first.stat().st_mtime_ns) == (content, written_at)
    assert second.is_file()


@pytest.mark.usefixtures("ready")
def test_what_is_new_is_marked(tmp_path: Path) -> None:
    assert all(sound.is_new for sound in write_sounds(tmp_path))
    (tmp_path / "glass-bells.wav").unlink()
    again = write_sounds(tmp_path)
    assert [sound.name for sound in again if sound.is_new] == ["glass-bells"]


def rewritten(path: Path, change: Callable[[np.ndarray], np.ndarray], **other: Any) -> bytes:
    """Write the file at ``path`` again, as another program might; return its bytes."""
    with sf.SoundFile(path) as file:
        kind = {"samplerate": file.samplerate, "format": file.format, "subtype": file.subtype} | other
        samples = change(file.read(dtype="int32"))
    sf.write(path, samples, **kind)
    return path.read_bytes()


@pytest.mark.usefixtures("ready")
def test_the_same_audio_in_other_bytes_is_left_alone(tmp_path: Path) -> None:
    """A FLAC names the library that wrote it; another numpy may round a sample the other way."""
    write_demo_sounds(tmp_path)
    flac, wav = tmp_path / "little-mix.flac", tmp_path / "drum-loop.wav"
    ours = flac.read_bytes()
    theirs = ours.replace(b"libFLAC", b"libELSE")
    assert theirs != ours
    flac.write_bytes(theirs)
    rounded = rewritten(wav, lambda samples: samples + (1 << 8))
    write_demo_sounds(tmp_path)
    assert flac.read_bytes() == theirs
    assert wav.read_bytes() == rounded


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    ("change", "other"),
    [
        (lambda samples: samples // 2, {}),
        (lambda samples: samples[:-1], {}),
        (lambda samples: samples[:, :1], {}),
        (lambda samples: samples, {"samplerate": 48_000}),
        (lambda samples: samples, {"subtype": "PCM_24"}),
    ],
    ids=["quieter", "shorter", "mono", "another rate", "another depth"],
)
def test_other_audio_is_not_taken_for_ours(
    change: Callable[[np.ndarray], np.ndarray], other: dict[str, Any], tmp_path: Path
) -> None:
    write_demo_sounds(tmp_path)
    theirs = rewritten(tmp_path / "little-mix.flac", change, **other)
    with pytest.raises(OutputError, match="already exists"):
        write_demo_sounds(tmp_path)
    assert (tmp_path / "little-mix.flac").read_bytes() == theirs


@pytest.mark.usefixtures("ready")
def test_a_file_cut_short_is_not_taken_for_ours(tmp_path: Path) -> None:
    write_demo_sounds(tmp_path)
    flac = tmp_path / "little-mix.flac"
    flac.write_bytes(flac.read_bytes()[:-500])
    with pytest.raises(OutputError, match="already exists"):
        write_demo_sounds(tmp_path)


@pytest.mark.usefixtures("ready")
def test_overwriting_writes_all_anew(tmp_path: Path) -> None:
    write_demo_sounds(tmp_path)
    mine = tmp_path / "warm-pad.wav"
    ours = mine.read_bytes()
    mine.write_bytes(b"my own pad")
    assert all(sound.is_new for sound in write_sounds(tmp_path, overwrite=True))
    assert mine.read_bytes() == ours


@pytest.mark.usefixtures("ready")
def test_another_file_of_that_name_stops_everything(tmp_path: Path) -> None:
    mine = tmp_path / "little-mix.flac"  # the last one that would be written
    mine.write_bytes(b"my own mix")
    with pytest.raises(OutputError) as caught:
        write_demo_sounds(tmp_path)
    assert caught.value.path == mine
    assert "another folder" in caught.value.hint
    assert list(tmp_path.iterdir()) == [mine]
    assert mine.read_bytes() == b"my own mix"


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_of_that_name_is_an_error(overwrite: bool, tmp_path: Path) -> None:
    (tmp_path / "warm-pad.wav").mkdir()
    with pytest.raises(OutputError) as caught:
        write_demo_sounds(tmp_path, overwrite=overwrite)
    assert caught.value.path == tmp_path / "warm-pad.wav"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.usefixtures("ready")
def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    with pytest.raises(OutputError, match="folder") as caught:
        write_demo_sounds(blocked)
    assert caught.value.hint


@pytest.mark.usefixtures("ready")
def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    with largest_file(10_000), pytest.raises(OutputError) as caught:
        write_demo_sounds(tmp_path)
    assert caught.value.path == tmp_path / f"{SOUND_NAMES[0]}.wav"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("ready")
def test_a_process_that_ends_in_mid_write_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(AudioWriter, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_demo_sounds(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("ready")
def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "drum-loop.wav"
    mine.write_bytes(b"just arrived")
    monkeypatch.setattr(write, "_is_there", lambda *_: False)  # as it was a moment ago
    with pytest.raises(OutputError) as caught:
        write_demo_sounds(tmp_path)
    assert caught.value.path == mine
    assert mine.read_bytes() == b"just arrived"
