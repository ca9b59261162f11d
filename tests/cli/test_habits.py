"""What users of sox, ffmpeg, matchering and AutoEq type first is answered with the line to type; nothing is written."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
import pytest

from eqmorph.cli import main, run
from tests.support import make_audio

LINES = {
    # ffmpeg
    "-i in.wav -o out.wav": "apply in.wav out.wav --target warm:0.5",
    "-i in.wav out.wav": "apply in.wav out.wav --target warm:0.5",
    "-i in.wav -af bass=g=3 out.wav": "apply in.wav out.wav --bands bass=g=3",
    "-i in.wav -filter:a treble=g=-2 out.wav": "apply in.wav out.wav --bands treble=g=-2",
    "-y -i in.wav -ar 44100 -ac 2 out.mp3": "apply in.wav out.mp3 --target warm:0.5 --force",
    "apply -i in.wav -o out.wav --target warm": "apply in.wav out.wav --target warm",
    "apply --input in.wav --output out.wav --preset air": "apply in.wav out.wav --preset air",
    "convert in.wav out.flac": "apply in.wav out.flac --target warm:0.5",
    "probe in.wav": "analyze in.wav",
    "apply in.wav o.mp3 --preset air -b:a 192k": "apply in.wav o.mp3 --preset air --bitrate 192k",
    "apply in.wav o.flac --preset air -c:a flac": "apply in.wav o.flac --preset air",
    "apply in.wav o.bin --preset air -c:a flac": "apply in.wav o.bin --preset air --format flac",
    "-i in.wav -c:a libmp3lame -q:a 2 o.mp3": "apply in.wav o.mp3 --target warm:0.5 --quality 8",
    "-i in.wav -c:a libvorbis -q:a 2 o.ogg": "apply in.wav o.ogg --target warm:0.5 --quality 2",
    "apply in.wav out.wav --preset air -ss 10 -t 5": "apply in.wav out.wav --preset air",
    "apply in.wav out.wav -filter_complex x --preset air": "apply in.wav out.wav --preset air",
    "apply in.wav -af volume=3 out.wav": "apply in.wav out.wav --target warm:0.5",
    # sox
    "apply in.wav out.wav --preset air -e float": "apply in.wav out.wav --preset air --bit-depth 32f",
    "in.wav out.wav": "apply in.wav out.wav --target warm:0.5",
    "in.wav out.wav bass +3": "apply in.wav out.wav --bands 'bass +3'",
    "in.wav out.wav bass +3 treble -2": "apply in.wav out.wav --bands 'bass +3 treble -2'",
    "apply in.wav out.wav equalizer 1000 1q -3": "apply in.wav out.wav --bands 'equalizer 1000 1q -3'",
    "in.wav out.wav treble -2 gain -3": "apply in.wav out.wav --bands 'treble -2'",
    "in.wav -b 24 out.wav rate 44100": "apply in.wav out.wav --target warm:0.5 --bit-depth 24",
    "in.wav -t wav out.bin": "apply in.wav out.bin --target warm:0.5 --format wav",
    "norm in.wav out.wav": "apply in.wav out.wav --target warm:0.5 --level -16",
    "play in.wav": "tui in.wav",
    "info in.wav": "analyze in.wav",
    "apply in.wav out.wav -g 3 --preset air": "apply in.wav out.wav --preset air",
    # matchering and AutoEq
    "match in.wav ref.wav": "apply in.wav in-matched.wav --reference ref.wav",
    "master in.wav ref.wav out.wav": "apply in.wav out.wav --reference ref.wav",
    "--input-dir in/ --output-dir out/ --fs 44100": "apply in/ out/ --target warm:0.5",
    "apply in.wav out.wav --threads 4 --preset air": "apply in.wav out.wav --jobs 4 --preset air",
    "apply --target in.wav --reference ref.wav --output o.wav": "apply in.wav o.wav --reference ref.wav",
    "--reference ref.wav --target in.wav --result o.wav": "apply in.wav o.wav --reference ref.wav",
    "export warm -t apo": "export warm --to apo",
    "export warm --format apo": "export warm --to apo",
    "export warm --format=apo -o eq.txt": "export warm -o eq.txt --to apo",
    "export warm apo": "export warm --to apo",
    "export --preset air sox": "export --preset air --to sox",
    "export -p air --to apo": "export --preset air --to apo",
    # anybody
    "eqmorph apply in.wav out.wav --target warm": "apply in.wav out.wav --target warm",
    "eqmorph in.wav out.wav": "apply in.wav out.wav --target warm:0.5",
    "warm in.wav": "apply in.wav in-eq.wav --target warm",
    "apply warm in.wav out.wav": "apply in.wav out.wav --target warm",
    "apply warm:0.5 in.wav": "apply in.wav in-eq.wav --target warm:0.5",
    "apply in.wav -o out.wav -t warm": "apply in.wav out.wav --target warm",
    "apply in.wav --target warm": "apply in.wav in-eq.wav --target warm",
    "apply out.wav in.wav --target warm": "apply in.wav out.wav --target warm",
    "apply --target warm in.wav a.wav b.wav": "apply in.wav a.wav b.wav out/ --target warm",
    "apply in.wav out.wav --overwrite --preset air": "apply in.wav out.wav --force --preset air",
    "eq in.wav out.wav": "apply in.wav out.wav --target warm:0.5",
    "batch in/ out/ --target warm": "apply in/ out/ --target warm",
    "'warm and airy'": "eq 'warm and airy'",
    "words": "terms",
    "version": "--version",
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("in.wav", "a.wav", "b.wav", "ref.wav", "in/one.wav"):
        make_audio(name, frames=2000)


def there() -> set[str]:
    return {str(path) for path in Path().rglob("*")}


@pytest.mark.parametrize(("typed", "answer"), LINES.items(), ids=str)
def test_a_habit_is_answered_with_the_line_to_type(capsys: pytest.CaptureFixture[str], typed: str, answer: str) -> None:
    before = there()
    assert run(shlex.split(typed)) == 2
    said = capsys.readouterr().err.strip()
    assert said.endswith(f"Type: eqmorph {answer}")
    assert "\n" not in said
    assert len(said) <= 3 * 80
    assert there() == before


@pytest.mark.parametrize("answer", sorted(set(LINES.values()) - {"--version"}))
def test_every_answer_can_be_parsed(answer: str) -> None:
    name, *words = shlex.split(answer)
    command = main.get_command(click.Context(main), name)
    assert command is not None
    command.make_context(name, words)


@pytest.mark.parametrize("answer", [answer for answer in sorted(set(LINES.values())) if "--bands" in answer])
def test_bands_in_an_answer_can_be_read(capsys: pytest.CaptureFixture[str], answer: str) -> None:
    words = shlex.split(answer)
    assert run(["eq", "--bands", words[words.index("--bands") + 1]]) == 0
    assert "dB" in capsys.readouterr().out


@pytest.mark.parametrize(
    "typed",
    [
        "nonsense",
        "analise in.wav",
        "apply in.wav out.wav --bands nonsense",
        "apply --nonsense",
        "rank in/",
        "export warm",
        "export warm --to x",
    ],
)
def test_what_is_no_habit_is_answered_as_before(capsys: pytest.CaptureFixture[str], typed: str) -> None:
    assert run(shlex.split(typed)) == 2
    assert "Type:" not in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["help apply", "--help apply", "-h apply", "apply --help"])
def test_help_is_found_wherever_it_is_looked_for(capsys: pytest.CaptureFixture[str], typed: str) -> None:
    assert run(typed.split()) == 0
    assert capsys.readouterr().out.startswith("Usage: eqmorph apply ")


def test_help_alone_is_the_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help"]) == 0
    assert "Commands:" in capsys.readouterr().out
