"""Make a study: choose excerpts, render their versions equally loud, and write the page and its key."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from eqmorph.analysis import Ear, listen_to_file
from eqmorph.audio.atomic import AtomicFile, commit_together, explain_os_error, refuse_taken, remove_stale
from eqmorph.audio.read import AudioReader
from eqmorph.compare.versions import Ask, Chosen, NamedEq, choose_versions, resolve, target_of
from eqmorph.errors import UsageError, show_path
from eqmorph.process import Watch, unwatched
from eqmorph.study.excerpt import Excerpt, Rendering, common_level, encode, loudest_start, read_excerpt, render
from eqmorph.study.page import page
from eqmorph.study.plan import KEY_NAME, PAGE_NAME, Item, Stimulus, Study, Trial, study_text

__all__ = ["USUAL_QUESTION", "USUAL_SECONDS", "MadeStudy", "StudyAsk", "make_study"]

USUAL_QUESTION, USUAL_SECONDS = "Which one do you like better?", 20.0
_LARGE_BYTES = 100 << 20  # from here on browsers take their time to open a page
_SECONDS_RANGE = (1.0, 120.0)  # of each sound


@dataclass(frozen=True, slots=True)
class StudyAsk:
    """What a study is about.

    Attributes:
        compare: the versions.
        seconds: how long an excerpt is, at most.
        start_s: where it begins; None takes the loudest part of each file.
        question: what is asked of two versions.
        abx: how often it is asked which of two versions is played again; 0 for never.
        title: the heading of the page.
    """

    compare: Ask
    seconds: float = USUAL_SECONDS
    start_s: float | None = None
    question: str = USUAL_QUESTION
    abx: int = 1
    title: str = "Listening test"

    def __post_init__(self) -> None:
        if not _SECONDS_RANGE[0] <= self.seconds <= _SECONDS_RANGE[1]:
            raise UsageError(
                f"{self.seconds:g} s is out of range for what a study plays",
                hint=f"It lies between {_SECONDS_RANGE[0]:g} s and {_SECONDS_RANGE[1] / 60:g} minutes.",
            )


@dataclass(frozen=True, eq=False)
class MadeStudy:
    """A study that was written: its page and key, how large the page is, and what a person should know."""

    study: Study
    page: Path
    key: Path
    page_bytes: int
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Sound:
    """One file: its excerpt, its versions as they are decided, and what was rendered of each."""

    path: Path
    excerpt: Excerpt
    versions: tuple[Chosen, ...]
    renderings: tuple[Rendering, ...]


def make_study(
    paths: Sequence[Path],
    ask: StudyAsk,
    folder: Path,
    *,
    overwrite: bool = False,
    watch: Watch = unwatched,
    on_file: Callable[[], None] = lambda: None,
) -> MadeStudy:
    """Make a study of some files and write it into a folder.

    An EQ is decided on the whole file, as `eqmorph apply` would; what is played of it is the excerpt.

    Raises:
        EqmorphError: a file can't be used, or a name is taken.
    """
    page_path, key_path = folder / PAGE_NAME, folder / KEY_NAME
    if not overwrite:
        refuse_taken((page_path, key_path))
    remove_stale(folder)
    ear, eqs = resolve(ask.compare)
    sounds = []
    for path in paths:
        sounds.append(_sound(path, ask, ear, eqs, watch))
        on_file()
    level_db = common_level([rendering for sound in sounds for rendering in sound.renderings])
    items, audio, notes = [], {}, []
    for sound in sounds:
        stimuli = []
        for version, rendering in zip(sound.versions, sound.renderings, strict=True):
            code = secrets.token_hex(8)
            audio[code] = encode(rendering, level_db)
            stimuli.append(Stimulus(code, version.name))
        items.append(Item(str(sound.path), sound.excerpt.start_s, sound.excerpt.seconds, tuple(stimuli)))
        notes += _notes(sound)
    trials = _trials(items, sounds, ask.abx)
    if not trials:
        raise UsageError(
            "there is nothing to compare: every version is the same as the original",
            hint="Ask for something that the sounds lack.",
        )
    target, _ = target_of(eqs)
    names = tuple(version.name for version in sounds[0].versions)
    study = Study(secrets.token_hex(8), target, ask.question, level_db, names, tuple(items), trials)
    text = page(study, ask.title, audio, sounds[0].excerpt.sample_rate)
    page_bytes = _write(page_path, key_path, text, study, overwrite=overwrite)
    if page_bytes > _LARGE_BYTES:
        notes.append(f"the page has {page_bytes >> 20} MiB, which browsers open slowly: fewer files or seconds help")
    return MadeStudy(study, page_path, key_path, page_bytes, tuple(notes))


def _sound(path: Path, ask: StudyAsk, ear: Ear, eqs: Sequence[NamedEq], watch: Watch) -> _Sound:
    with AudioReader(path) as reader:
        rate = reader.info.sample_rate
    spectra = listen_to_file(path, watch=watch)
    start_s = loudest_start(spectra, ask.seconds) if ask.start_s is None else ask.start_s
    excerpt = read_excerpt(path, spectra.frames, start_s, ask.seconds)
    versions = tuple(choose_versions(eqs, ear.for_sound(spectra), spectra, rate))
    return _Sound(path, excerpt, versions, tuple(render(excerpt, version.bands) for version in versions))


def _notes(sound: _Sound) -> list[str]:
    """Say which versions of a sound are the same, and so are not compared."""
    return [
        f"{show_path(sound.path)}: {other.name} is the same as {one.name}, and not compared with it"
        for one, other in combinations(sound.versions, 2)
        if one.is_same(other)
    ]


def _trials(items: Sequence[Item], sounds: Sequence[_Sound], abx: int) -> tuple[Trial, ...]:
    """Return a question for every two versions of a sound that differ, and as often as asked which one is X."""
    trials = []
    for item, sound in zip(items, sounds, strict=True):
        pairs = combinations(zip(item.stimuli, sound.versions, strict=True), 2)
        for (first, one), (second, other) in pairs:
            if one.is_same(other):
                continue
            trials.append(Trial(secrets.token_hex(4), "preference", first.code, second.code))
            trials += [Trial(secrets.token_hex(4), "abx", first.code, second.code) for _ in range(abx)]
    return tuple(trials)


def _write(page_path: Path, key_path: Path, text: bytes, study: Study, *, overwrite: bool) -> int:
    """Write the page and its key, both or neither; return the size of the page."""
    with AtomicFile(page_path, overwrite=overwrite) as out, AtomicFile(key_path, overwrite=overwrite) as key:
        for file, data in ((out, text), (key, study_text(study).encode())):
            try:
                file.temp.write_bytes(data)
            except OSError as error:
                raise explain_os_error(error, file.final) from error
        commit_together([out, key])
    return len(text)
