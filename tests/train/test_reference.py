"""The neutral reference from folders of made-up audio, with what the command line says of it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from click.testing import CliRunner

from eqmorph.analysis import Ear, listen_to_file, load_ear
from eqmorph.cli import main
from eqmorph.errors import InputError, OutputError, UsageError
from eqmorph.kind import Kind
from eqmorph.model import GRID_HZ
from eqmorph.model.reference import REFERENCE, load_reference
from eqmorph.train.reference import CorpusFolders, build_reference, corpora_table, load_about, train_reference
from tests.train.stem_files import stem_file

RATE = 32_000


def write_noise(path: Path, tilt_db: float, rng: np.random.Generator, seconds: float = 1.0) -> None:
    """Pink noise, tilted by so many dB an octave."""
    frames = round(seconds * RATE)
    hertz = np.maximum(np.fft.rfftfreq(frames, 1 / RATE), 20)
    shape = (hertz / 1000) ** (-0.5 + tilt_db / 6.02)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(frames)) * shape, frames)
    path.parent.mkdir(parents=True, exist_ok=True)
    sf.write(path, 0.3 * noise / np.abs(noise).max(), RATE, subtype="FLOAT")


@pytest.fixture
def corpora(tmp_path: Path, rng: np.random.Generator) -> list[tuple[str, Path]]:
    """Return a dark corpus of two files, and a bright one of six in two folders."""
    for at in range(2):
        write_noise(tmp_path / "dark" / f"{at}.wav", -3, rng)
    for folder in ("bright", "brighter"):
        for at in range(3):
            write_noise(tmp_path / folder / f"{at}.wav", 3, rng)
    return [("dark", tmp_path / "dark"), ("bright", tmp_path / "bright"), ("bright", tmp_path / "brighter")]


def slope(curve_db: np.ndarray) -> float:
    """In dB an octave, from 100 Hz to 10 kHz."""
    within = (GRID_HZ > 100) & (GRID_HZ < 10_000)
    return float(np.polyfit(np.log2(GRID_HZ[within]), curve_db[within], 1)[0])


def test_every_corpus_weighs_the_same_however_many_files_it_has(
    corpora: list[tuple[str, Path]], tmp_path: Path
) -> None:
    reference = train_reference(corpora, tmp_path / "out")
    assert [c.files for c in reference.corpora] == [2, 6]
    assert reference.weights[:2].sum() == pytest.approx(0.5)
    # Levels are of means over FFT bins: pink falls by 3 dB an octave, and the two tilts cancel each other.
    assert slope(reference.neutral_db) == pytest.approx(-3, abs=0.3)
    assert slope(reference.curves_db[0]) == pytest.approx(-3, abs=0.4)
    assert slope(reference.curves_db[-1]) == pytest.approx(3, abs=0.4)


def test_the_same_files_give_the_same_bytes_and_an_ear_hears_with_them(
    corpora: list[tuple[str, Path]], tmp_path: Path
) -> None:
    for out in ("a", "b"):
        train_reference(corpora, tmp_path / out)
    first, second = ((tmp_path / out / REFERENCE).read_bytes() for out in ("a", "b"))
    assert first == second
    reference = load_reference(tmp_path / "a")
    ear = Ear(load_ear().space, reference)
    bright = ear.hear(listen_to_file(corpora[1][1] / "0.wav"))
    assert bright.percentile("bright") > 0.5 > bright.percentile("dark")


def test_another_choice_of_files_has_another_digest(corpora: list[tuple[str, Path]]) -> None:
    folders = [CorpusFolders("dark", (corpora[0][1],)), CorpusFolders("bright", (corpora[1][1], corpora[2][1]))]
    everything, fewer = build_reference(folders), build_reference(folders, most_files=2)
    assert [c.files for c in fewer.corpora] == [2, 2]  # one of each folder
    assert everything.corpora[0].sha256 == fewer.corpora[0].sha256
    assert everything.corpora[1].sha256 != fewer.corpora[1].sha256


def test_silent_and_broken_files_are_left_out_and_named(corpora: list[tuple[str, Path]], tmp_path: Path) -> None:
    sf.write(corpora[0][1] / "hush.wav", np.zeros(RATE), RATE)
    (corpora[0][1] / "broken.wav").write_bytes(b"RIFF what is this")
    heard: list[str] = []
    reference = train_reference(corpora, tmp_path / "out", tell=heard.append)
    assert reference.corpora[0].files == 2
    assert len(heard) == 2
    assert any("hush.wav" in line and "silent" in line for line in heard)


def test_one_corpus_is_too_few(corpora: list[tuple[str, Path]], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too few for a reference"):
        train_reference(corpora[:1], tmp_path / "out")


def test_what_is_said_of_corpora_is_kept(corpora: list[tuple[str, Path]], tmp_path: Path) -> None:
    about = tmp_path / "about.toml"
    about.write_text('[dark]\nkind = "pink noise"\nsource = "here"\nlicense = "CC0-1.0"\n', encoding="utf-8")
    reference = train_reference(corpora, tmp_path / "out", about=about)
    assert (reference.corpora[0].kind, reference.corpora[1].kind) == ("pink noise", "")
    assert corpora_table(reference.corpora)[1][:5] == ["dark", "", "pink noise", "here", "CC0-1.0"]
    assert not reference.kinds  # nobody said of which kind they are
    assert reference.teller is None


@pytest.fixture
def few_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let kinds be learned from fewer sequences of files than is usual, which is what takes longest."""
    monkeypatch.setattr("eqmorph.train.kinds._JOINS", 10)


@pytest.mark.usefixtures("few_joins")
def test_each_kind_of_sound_has_a_reference_of_its_own(corpora: list[tuple[str, Path]], tmp_path: Path) -> None:
    about = tmp_path / "about.toml"
    about.write_text('[dark]\nsound = "speech"\n[bright]\nsound = "mix"\n', encoding="utf-8")
    reference = train_reference(corpora, tmp_path / "out", about=about)
    assert [corpus.sound for corpus in reference.corpora] == ["speech", "mix"]
    assert slope(reference.of(Kind.SPEECH).neutral_db) == pytest.approx(-6, abs=0.3)
    assert slope(reference.of(Kind.MIX).neutral_db) == pytest.approx(0, abs=0.3)
    assert [len(reference.of(kind).weights) for kind in (Kind.SPEECH, Kind.MIX, Kind.INSTRUMENT)] == [2, 6, 8]
    assert reference.weights[:2].sum() == pytest.approx(1 / 3)  # mixes count twice
    assert reference.teller is None  # of two kinds, the third can't be told


@pytest.mark.usefixtures("few_joins")
def test_where_all_kinds_are_there_telling_them_is_learned(
    corpora: list[tuple[str, Path]], tmp_path: Path, rng: np.random.Generator
) -> None:
    for at in range(2):
        write_noise(tmp_path / "hits" / f"{at}.wav", 0, rng, seconds=0.2)
    about = tmp_path / "about.toml"
    sounds = {"dark": "speech", "bright": "mix", "hits": "instrument"}
    about.write_text("".join(f'[{name}]\nsound = "{sound}"\n' for name, sound in sounds.items()), encoding="utf-8")
    reference = train_reference([*corpora, ("hits", tmp_path / "hits")], tmp_path / "out", about=about)
    assert load_reference(tmp_path / "out").teller is not None
    assert set(reference.kinds) == set(Kind)


def test_a_telephone_says_nothing_of_what_it_hasn_t(tmp_path: Path, rng: np.random.Generator) -> None:
    """Voices of 8 kHz among others leave what is usual above 4 kHz to the others."""
    for at in range(2):
        write_noise(tmp_path / "wide" / f"{at}.wav", 0, rng)
        noise = 0.1 * rng.standard_normal(8000)
        sf.write(tmp_path / "wide" / f"narrow{at}.wav", noise, 8000, subtype="FLOAT")
        write_noise(tmp_path / "other" / f"{at}.wav", 0, rng)
    corpora = [("wide", tmp_path / "wide"), ("other", tmp_path / "other")]
    highs = (GRID_HZ > 5000) & (GRID_HZ < 12_000)
    with_phone = build_reference([CorpusFolders(name, (folder,)) for name, folder in corpora]).neutral_db
    for at in range(2):
        (tmp_path / "wide" / f"narrow{at}.wav").unlink()
    without = build_reference([CorpusFolders(name, (folder,)) for name, folder in corpora]).neutral_db
    tilt = [np.polyfit(np.log2(GRID_HZ[highs]), neutral[highs], 1)[0] for neutral in (with_phone, without)]
    assert tilt[0] == pytest.approx(tilt[1], abs=0.3)


@pytest.mark.parametrize(
    "text", ["[dark", "dark = 1", '[dark]\nsound = "noise"', '[dark]\ncolour = "black"', "[dark]\nkind = 3"]
)
def test_a_file_about_corpora_that_says_something_else_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "about.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        load_about(path)


def test_a_reference_is_not_replaced_unasked(corpora: list[tuple[str, Path]], tmp_path: Path) -> None:
    train_reference(corpora, tmp_path)
    with pytest.raises(OutputError, match="holds a reference"):
        train_reference(corpora, tmp_path)
    train_reference(corpora, tmp_path, overwrite=True)


def test_the_command_writes_it_and_fills_the_page(corpora: list[tuple[str, Path]], tmp_path: Path) -> None:
    page = tmp_path / "card.md"
    page.write_text("before\n<!-- reference: start -->\nold\n<!-- reference: end -->\nafter\n", encoding="utf-8")
    options = [part for name, folder in corpora for part in ("--corpus", f"{name}={folder}")]
    result = CliRunner().invoke(
        main, ["train", "reference", *options, "--out", str(tmp_path / "out"), "--insert", str(page)]
    )
    assert result.exit_code == 0, result.output
    digest = load_reference(tmp_path / "out").corpora[0].sha256
    text = page.read_text(encoding="utf-8")
    assert digest in text
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")


@pytest.mark.parametrize("value", ["", "=here", "dark="])
def test_a_corpus_needs_a_name_and_a_folder(value: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["train", "reference", "--corpus", value, "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "NAME=FOLDER" in result.output


def test_the_shipped_reference_is_in_the_model_card() -> None:
    reference = load_reference()
    assert len({c.kind for c in reference.corpora}) >= 4
    card = (Path(__file__).parents[2] / "docs" / "model-card.md").read_text(encoding="utf-8")
    for corpus in reference.corpora:
        assert corpus.source
        assert corpus.license
        assert corpus.sound
        assert corpus.sha256 in card


def test_a_corpus_can_weigh_more(corpora: list[tuple[str, Path]], tmp_path: Path) -> None:
    reference = train_reference(corpora, tmp_path / "out", weights={"dark": 3.0})
    assert reference.weights[:2].sum() == pytest.approx(0.75)
    assert slope(reference.neutral_db) == pytest.approx(-4.5, abs=0.3)  # three parts dark, one bright
    with pytest.raises(UsageError, match="no corpus") as caught:
        train_reference(corpora, tmp_path / "other", weights={"loud": 2.0})
    assert "dark, bright" in caught.value.hint


def test_of_files_with_stems_the_mixture_is_heard(corpora: list[tuple[str, Path]], tmp_path: Path) -> None:
    made = stem_file(tmp_path / "songs" / "a.stem.mp4", seconds=1.0)
    reference = train_reference([*corpora, ("songs", made.parent)], tmp_path / "out")
    assert [c.files for c in reference.corpora] == [2, 6, 1]


@pytest.mark.parametrize("weight", ["songs", "songs=", "=2", "songs=0", "songs=nan", "songs=-1"])
def test_a_weight_that_is_none_is_refused(weight: str, tmp_path: Path) -> None:
    arguments = [
        "train",
        "reference",
        "--corpus",
        f"songs={tmp_path}",
        "--weight",
        weight,
        "--out",
        str(tmp_path / "o"),
    ]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "is not NAME=NUMBER" in result.output
