"""Functions for scripts and notebooks: the same chain as the command line, without the terminal."""

from __future__ import annotations

import math
import os
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eqmorph.adapt.eq import Choice
from eqmorph.analysis import WINDOW_S, Profile, listen, listen_to_file, load_ear
from eqmorph.analysis import trajectory as trajectory_of
from eqmorph.analysis.shown import Trajectory
from eqmorph.audio.atomic import Preserved, remove_stale
from eqmorph.audio.hum import Mains
from eqmorph.audio.lossy import Lossy, parse_bitrate
from eqmorph.audio.read import AudioInfo, AudioReader
from eqmorph.balance import Balance, read_balance, remove_reference, save_reference
from eqmorph.balance import list_references as reference_files
from eqmorph.bands import Bands
from eqmorph.batch import (
    Existing,
    FileResult,
    FolderWatch,
    Limits,
    Outcome,
    Watched,
    find_inside,
    find_sources,
    prepare_batch,
    usable_cores,
)
from eqmorph.batch.links import left_out_note
from eqmorph.batch.rank import Ranking, rank_files
from eqmorph.batch.references import find_reference
from eqmorph.compare import render, versions
from eqmorph.compare.levels import DEFAULT_CEILING_DB
from eqmorph.compare.render import Rendered
from eqmorph.compare.versions import Ask, Comparison
from eqmorph.errors import EqmorphError, InputError, UsageError
from eqmorph.heard import open_cache
from eqmorph.kind import AUTO
from eqmorph.level import Level, Sharing, choose_sharing, parse_level
from eqmorph.model import Term
from eqmorph.model.eq_model import load_model
from eqmorph.presets import Preset, find_preset
from eqmorph.presets import list_presets as preset_files
from eqmorph.process import Dithering, ProcessResult, Settings, process_audio, process_file
from eqmorph.report import Codec, MadeReport, find_report, make_report, report_of_run
from eqmorph.request import EqRequest
from eqmorph.stream import StreamEq
from eqmorph.stream.asked import resolve_for_stream, stream_eq_of
from eqmorph.study.answers import read_all
from eqmorph.study.make import USUAL_QUESTION, USUAL_SECONDS, MadeStudy, StudyAsk
from eqmorph.study.make import make_study as make_study_of
from eqmorph.study.plan import read_study
from eqmorph.study.score import Score, score_answers

__all__ = [
    "AnyEq",
    "analyze",
    "analyze_file",
    "apply",
    "apply_file",
    "apply_folder",
    "apply_with_report",
    "bands_for",
    "compare_file",
    "decide",
    "hear",
    "list_presets",
    "list_references",
    "make_study",
    "preset",
    "rank",
    "reference",
    "remove_reference",
    "render_versions",
    "save_reference",
    "score_study",
    "stream_eq",
    "terms",
    "watch_folder",
    "write_report",
]

#: An EQ as it may be given: words such as ``warm:0.7 + punchy:-0.3``, bands, a preset, a reference to come near, or a
#: request that says how.
AnyEq = str | Bands | Preset | Balance | EqRequest

_MOST_CHANNELS = 64  # more than there are frames are frames that come first


def apply(
    audio: ArrayLike,
    sample_rate: float,
    eq: AnyEq,
    *,
    amount: float = 1.0,
    level: Level | str | float = "match",
    ceiling_db: float | None = None,
    dehum: Mains | None = None,
) -> NDArray[np.float32]:
    """Equalize audio in memory.

    Args:
        audio: (channels, frames), or (frames,) for mono; floats with full scale at 1. It is left as it is.
        sample_rate: in Hz.
        eq: a target in words such as ``warm:0.7 + punchy:-0.3``, which adapts to the sound; bands; a preset, as by
            `preset`; or an `EqRequest`. A string is always words.
        amount: 0 leaves the audio as it is, 1 is the EQ, 2 twice its curve in dB.
        level: ``match`` the loudness of the input, ``keep`` what the EQ makes of it, or a loudness in LUFS.
        ceiling_db: true peak in dBTP that the result stays under; -1 unless the level is ``keep``.
        dehum: take mains hum out, of ``50`` or ``60`` Hz, or ``auto``; with ``Bands()`` it does nothing else.

    Returns:
        A new array of the same shape, float32.

    Raises:
        UsageError: the audio is not such an array, or holds NaN or infinite samples.
    """
    return _applied(audio, sample_rate, eq, amount, level, ceiling_db, dehum, measure=False)[0]


def apply_with_report(
    audio: ArrayLike,
    sample_rate: float,
    eq: AnyEq,
    *,
    amount: float = 1.0,
    level: Level | str | float = "match",
    ceiling_db: float | None = None,
    dehum: Mains | None = None,
) -> tuple[NDArray[np.float32], ProcessResult]:
    """Equalize audio in memory as `apply` does, and say what was decided, done and measured."""
    return _applied(audio, sample_rate, eq, amount, level, ceiling_db, dehum, measure=True)


def apply_file(
    source: str | Path,
    output: str | Path,
    eq: AnyEq,
    *,
    amount: float = 1.0,
    level: Level | str | float = "match",
    ceiling_db: float | None = None,
    format: str | None = None,
    bit_depth: str | None = None,
    bitrate: int | str | None = None,
    quality: float | None = None,
    dither: Dithering = "auto",
    dehum: Mains | None = None,
    repair: bool = False,
    preserve: Sequence[Preserved] = (),
    existing: Literal["refuse", "overwrite"] = "refuse",
) -> ProcessResult:
    """Equalize a file into another, tags and chunks kept; see `apply` for the arguments not explained here.

    Args:
        source: any audio file that can be read.
        output: appears only when it is whole; its extension decides the format unless ``format`` does.
        format: ``wav``, ``flac``, ``mp3``, ...; None keeps the source's.
        bit_depth: ``16``, ``24``, ``32``, ``32f``, ...; None keeps the source's.
        bitrate: of MP3, AAC and Opus, in b/s or as ``"192k"``.
        quality: of MP3, AAC, Opus and Vorbis instead, from 0 to 10, the best.
        dither: ``auto`` for noise of one step where rounding to 24 bits or fewer loses anything, or ``none``.
        dehum: take mains hum out, of ``50`` or ``60`` Hz, or ``auto``; with ``Bands()`` it does nothing else.
        repair: mute NaN and infinite samples, and process what there is of a truncated file.
        preserve: ``mode`` gives the output the source's permissions whatever the umask is, ``mtime`` its date.
        existing: whether to ``refuse`` or to ``overwrite`` an output that is there already. The source never is.
    """
    if existing not in ("refuse", "overwrite"):
        raise UsageError(
            f"unknown choice {existing!r} for an existing output", hint="Choices are refuse and overwrite."
        )
    settings = _settings(
        eq,
        amount,
        level,
        ceiling_db,
        format,
        bit_depth,
        _lossy(bitrate, quality),
        repair,
        dither=dither,
        dehum=dehum,
        preserve=preserve,
    )
    batch = prepare_batch(
        [source], Path(output), settings, into_folder=False, existing=existing, trajectories=False, workers=1
    )
    (job,) = batch.jobs
    remove_stale(job.output.parent)
    return process_file(job.source, job.output, batch.settings, overwrite=job.overwrite, cores=usable_cores())


def apply_folder(
    source: str | Path,
    output: str | Path,
    eq: AnyEq,
    *,
    amount: float = 1.0,
    level: Level | str | float = "match",
    ceiling_db: float | None = None,
    format: str | None = None,
    bit_depth: str | None = None,
    bitrate: int | str | None = None,
    quality: float | None = None,
    dither: Dithering = "auto",
    dehum: Mains | None = None,
    repair: bool = False,
    preserve: Sequence[Preserved] = (),
    existing: Existing = "refuse",
    trajectories: bool = False,
    together: bool = False,
    jobs: int | None = None,
    follow_links: bool = False,
    timeout_s: float | None = None,
    max_memory_bytes: int | None = None,
) -> Outcome:
    """Equalize all audio below a folder into another, relative paths kept; see `apply` and `apply_file`.

    Either may be an address in an object store, such as ``s3://bucket/folder``.

    For one EQ and one gain that all files of an album share, give ``EqRequest(words, album=True)``.

    Args:
        existing: what to do about outputs that are there: ``refuse`` to begin, ``overwrite`` or ``skip`` them,
            ``resume`` where an earlier run stopped, or ``update`` what earlier runs made and leave the rest.
        trajectories: write what each input is like over time next to its output; for words that adapt.
        together: keep the files as loud against each other as they came, as the sounds of a kit: each gets its own EQ
            and is matched to its own source, and what one must be trimmed by for the ceiling, all are. A loudness in
            LUFS is then what the loudest reaches.
        jobs: how many files at once; None for all cores.
        follow_links: follow links below ``source`` that lead out of it. Those that stay inside always are.
        timeout_s: give up a file that takes longer; None has more patience the longer it is. With many files, or with
            one of these two limits, processes do the files, so that one that crashes or hangs costs its file only.
        max_memory_bytes: what each of these processes may take; None for all there is.

    Returns:
        What became of each file. A file that fails doesn't stop the rest and raises nothing: look at
        ``outcome.results``.

    Raises:
        KeyboardInterrupt: Ctrl-C stopped it. Nothing is half done; ``resume`` goes on from there.
    """
    _check_jobs(jobs)
    sharing = choose_sharing(album=_request(eq).album, together=together)
    settings = _settings(
        eq,
        amount,
        level,
        ceiling_db,
        format,
        bit_depth,
        _lossy(bitrate, quality),
        repair,
        sharing,
        dither=dither,
        dehum=dehum,
        preserve=preserve,
    )
    batch = prepare_batch(
        [source],
        output,
        settings,
        existing=existing,
        trajectories=trajectories,
        workers=jobs,
        follow_links=follow_links,
    )
    _warn_of_links(batch.left_out)
    batch.check_space()
    outcome = batch.run(
        limits=Limits(timeout_s, max_memory_bytes), on_note=lambda note: warnings.warn(note, stacklevel=3)
    )
    if outcome.interrupted:  # which is to end what this was called from as well
        raise KeyboardInterrupt
    return outcome


def watch_folder(
    source: str | Path,
    output: str | Path,
    eq: AnyEq,
    *,
    amount: float = 1.0,
    level: Level | str | float = "match",
    ceiling_db: float | None = None,
    format: str | None = None,
    bit_depth: str | None = None,
    bitrate: int | str | None = None,
    quality: float | None = None,
    dither: Dithering = "auto",
    dehum: Mains | None = None,
    repair: bool = False,
    preserve: Sequence[Preserved] = (),
    trajectories: bool = False,
    jobs: int | None = None,
    follow_links: bool = False,
    settle_s: float = 2.0,
    every_s: float = 1.0,
    stop: threading.Event | None = None,
    on_result: Callable[[FileResult], None] = lambda _: None,
) -> Watched:
    """Equalize what is below a folder and what arrives there into another, until it is stopped; see `apply_folder`.

    What an earlier watch or batch did with the same settings is not done again; a file that changes is; one that fails
    is tried again when it changes. Files that eqmorph did not write are left alone.

    Args:
        follow_links: follow links below ``source`` that lead out of it. Those that stay inside always are.
        settle_s: for how long a file's size and date must keep still for it to be complete.
        every_s: the time from one look at the folder to the next.
        stop: once it is set, by another thread or by ``on_result``, the watch ends, as it does by Ctrl-C.
        on_result: called with each file's result, in this thread. What keeps all of them waiting, such as a full disk,
            is a warning.

    Returns:
        What became of the files, and which are left to do.
    """
    _check_jobs(jobs)
    for name, value in (("settle_s", settle_s), ("every_s", every_s)):
        if not (0 <= value < math.inf) or (value == 0 and name == "every_s"):
            raise UsageError(f"{name} must be a time, in seconds", hint="The defaults are 2 and 1.")
    sharing = choose_sharing(album=_request(eq).album, together=False)
    settings = _settings(
        eq,
        amount,
        level,
        ceiling_db,
        format,
        bit_depth,
        _lossy(bitrate, quality),
        repair,
        sharing,
        dither=dither,
        dehum=dehum,
        preserve=preserve,
    )
    watch = FolderWatch(
        Path(source),
        Path(output),
        settings,
        settle_s=settle_s,
        every_s=every_s,
        trajectories=trajectories,
        workers=jobs,
        follow_links=follow_links,
    )

    def warn(trouble: EqmorphError) -> None:
        warnings.warn(f"{trouble}. {trouble.hint}", stacklevel=2)

    return watch.run(
        stop=stop or threading.Event(),
        on_result=on_result,
        on_trouble=warn,
        on_left_out=lambda link: _warn_of_links([link]),
    )


def write_report(
    source: str | Path | Outcome,
    page: str | Path,
    *,
    title: str = "",
    embed: Codec | None = None,
    embed_only: Sequence[str] = (),
    listen: bool = False,
    overwrite: bool = False,
) -> MadeReport:
    """Write one HTML page that shows what was done to each file, why, and plays it before and after.

    Args:
        source: what `apply_folder` gave; or a report, or a folder that was written into.
        page: the file. It plays the sounds where they are, unless they are embedded.
        title: its heading; by default the name of the folder.
        embed: put the sounds into the page, as ``flac`` or ``opus``: for a few files.
        embed_only: names or patterns of the files whose sounds are put there; all without any.
        listen: listen to files of whose spectrum the report doesn't tell.
        overwrite: whether an existing page may be replaced.

    Raises:
        InputError: there is no report, or it can't be read.
        UsageError: there is more to embed than a page can hold, or an outcome of no file.
    """
    if isinstance(source, Outcome):
        if not source.results:
            raise UsageError("nothing was done that a page could show")
        found = report_of_run(
            [one.to_record(with_spectrum=True) for one in source.results],
            Path(os.path.commonpath([one.job.output.absolute().parent for one in source.results])),
        )
    else:
        found = find_report(Path(source))
    return make_report(
        found, Path(page), title=title, embed=embed, embed_only=embed_only, listen=listen, overwrite=overwrite
    )


def decide(audio: ArrayLike, sample_rate: float, eq: AnyEq, *, amount: float = 1.0) -> Choice:
    """Choose the bands that audio in memory would get, without rendering it.

    ``choice.bands`` are the bands; where words adapt, ``choice.decision`` says what the sound is like before
    (``.before``) and what it will be like (``.predicted``).
    """
    samples = _samples(audio, sample_rate)
    chosen = _request(eq).scaled(amount).resolve()
    spectra = listen([samples], int(sample_rate)) if chosen.ear is not None else None
    return chosen.decide(int(sample_rate), spectra)


def stream_eq(
    eq: AnyEq,
    sample_rate: int,
    channels: int,
    *,
    amount: float = 1.0,
    level: Level | str = "match",
    ceiling_db: float | None = None,
) -> StreamEq:
    """Return an EQ for a stream, to be given its blocks as they come: ``stream.process(block)``.

    It begins neutral, follows what it hears, and is ``stream.latency_frames`` late; ``stream.flush()`` gives the rest.

    Args:
        eq: as for `apply`. ``EqRequest(words, follow=6.0, rate_db=2.0)`` decides by the last 6 seconds instead of 10,
            and moves no frequency by more than 2 dB a second instead of 3.
        sample_rate: in Hz.
        channels: of all blocks.
        amount: 0 leaves the stream as it is, 1 is the EQ, 2 twice its curve in dB.
        level: ``match`` to stay as loud as the input, or ``keep``.
        ceiling_db: true peak in dBTP to stay under; -1 unless the level is ``keep``.

    Raises:
        UsageError: what is asked for can't be had of a stream.
    """
    request = _request(eq).scaled(amount)
    wanted = parse_level(level) if isinstance(level, str) else level
    decides = resolve_for_stream(request)
    return stream_eq_of(request, decides, sample_rate, channels, level=wanted, ceiling_db=ceiling_db)


def bands_for(words: str) -> Bands:
    """Return the five bands that words are by themselves: ``warm:0.7 + punchy:-0.3``, or ``warmer, a bit less harsh``.

    Raises:
        UsageError: a word is unknown; the hint names the nearest by spelling and by meaning.
    """
    return EqRequest(words, mode="fixed").resolve_fixed().bands


def terms() -> Sequence[Term]:
    """Return all words of the model in use, with what they do and the evidence for them."""
    return list(load_model().terms.values())


def preset(name_or_file: str | Path) -> Preset:
    """Return a preset by its name, or read from a TOML file; any function here that takes an EQ takes it.

    Raises:
        UsageError: no preset has that name; the hint names the nearest.
        InputError: the file is not a preset.
    """
    return find_preset(str(name_or_file))


def list_presets() -> Sequence[Preset]:
    """Return all presets, the shipped ones and your own. A file that can't be read is left out, with a warning."""
    presets = []
    for path in preset_files().values():
        try:
            presets.append(find_preset(str(path)))
        except InputError as error:
            warnings.warn(f"{error}. {error.hint}".strip(), stacklevel=2)
    return presets


def reference(*names: str | Path, name: str | None = None) -> Balance:
    """Return the tonal balance of recordings, on average, to bring others near to.

    Any function here that takes an EQ takes it; ``EqRequest("airy:0.2", reference=...)`` has words say what is to
    differ. `save_reference` keeps it by name.

    Args:
        names: audio files, folders, globs, JSON files and saved references.
        name: what to call it; by default what was named.

    Raises:
        UsageError: there is no such file or saved reference.
        InputError: a file can't be read, is silent or shorter than a second.
    """
    return find_reference(names, name=name)


def list_references() -> Sequence[Balance]:
    """Return all saved references. A file that can't be read is left out, with a warning."""
    found = []
    for path in reference_files().values():
        try:
            found.append(read_balance(path))
        except InputError as error:
            warnings.warn(f"{error}. {error.hint}".strip(), stacklevel=2)
    return found


def hear(audio: ArrayLike, sample_rate: float, *, kind: str = AUTO) -> Profile:
    """Return what audio in memory, (channels, frames) or (frames,), is like: the score and percentile of every word.

    It is compared with other sounds of its ``kind``: ``mix``, ``speech`` or ``instrument``; ``auto`` tells it by ear.
    """
    spectra = listen([_samples(audio, sample_rate)], int(sample_rate))
    return load_ear(kind=kind).for_sound(spectra).hear(spectra)


def analyze(
    audio: ArrayLike,
    sample_rate: float,
    *,
    window_s: float = WINDOW_S,
    hop_s: float | None = None,
    kind: str = AUTO,
) -> Trajectory:
    """Return what audio in memory is like over time: its trajectory, as `analyze_file` does for a file."""
    samples = _samples(audio, sample_rate)
    channels, frames = samples.shape
    info = AudioInfo(Path("-"), int(sample_rate), channels, frames, "", "FLOAT")
    spectra = listen([samples], info.sample_rate, window_s=window_s, hop_s=hop_s)
    ear = load_ear(kind=kind).for_sound(spectra)
    return Trajectory(trajectory_of(ear, spectra, info), ear)


def analyze_file(
    source: str | Path,
    *,
    window_s: float = WINDOW_S,
    hop_s: float | None = None,
    repair: bool = False,
    kind: str = AUTO,
) -> Trajectory:
    """Return what a file is like over time: its trajectory, as ``eqmorph analyze --json`` gives it."""
    with AudioReader(Path(source), repair=repair) as reader:
        info = reader.info
    spectra = listen_to_file(Path(source), repair=repair, window_s=window_s, hop_s=hop_s)
    ear = load_ear(kind=kind).for_sound(spectra)
    return Trajectory(trajectory_of(ear, spectra, info), ear)


def compare_file(
    source: str | Path,
    words: str,
    *,
    amounts: Sequence[float] = (0.5, 1.0),
    max_gain_db: float | None = None,
    refine: bool = False,
    kind: str = AUTO,
    ceiling_db: float = DEFAULT_CEILING_DB,
    repair: bool = False,
) -> Comparison:
    """Return what can be made of a file: as it is, by words' own EQ, and by some amounts of what it lacks of them.

    Nothing is written; `render_versions` does that. Each of ``comparison.versions`` has its ``bands``, what it is
    ``predicted`` to be like, and the ``trim`` that makes it as loud as the others.

    Args:
        source: any audio file that can be read.
        words: a target such as ``warm:0.7 + punchy:-0.3``.
        amounts: of what adapts; see `EqRequest` for this and the arguments not explained here.
        ceiling_db: true peak in dBTP that no version exceeds, by one trim for all.
        repair: use what can be read of a damaged file.
    """
    ask = Ask(words, tuple(amounts), max_gain_db, refine, kind)
    return versions.compare_file(Path(source), ask, ceiling_db=ceiling_db, repair=repair)


def render_versions(
    comparison: Comparison, folder: str | Path, *, blind: bool = False, overwrite: bool = False
) -> Rendered:
    """Write all versions of a comparison into a folder, equally loud.

    Args:
        comparison: as `compare_file` returns it.
        folder: where to write; files are named after the source and the version.
        blind: name them by letters in an order of chance, and seal which is which in a key.
        overwrite: whether files of those names may be replaced. The source never is.
    """
    return render.render_versions(comparison, Path(folder), blind=blind, overwrite=overwrite)


def make_study(
    sources: Sequence[str | Path],
    words: str,
    folder: str | Path,
    *,
    amounts: Sequence[float] = (1.0,),
    question: str = USUAL_QUESTION,
    abx: int = 1,
    seconds: float = USUAL_SECONDS,
    start_s: float | None = None,
    overwrite: bool = False,
) -> MadeStudy:
    """Make a listening test of versions of some files: one web page, and the key to score its answers with.

    Args:
        sources: files, folders and patterns.
        words: a target such as ``warm:0.7 + punchy:-0.3``.
        folder: where ``study.html`` and ``study.json`` go.
        amounts: of what adapts; each is a version.
        question: what is asked of two versions.
        abx: how often it is asked of two versions which one is X; 0 for never.
        seconds: how long to play of each file.
        start_s: where that begins; None for its loudest part.
        overwrite: whether an existing study may be replaced.
    """
    ask = StudyAsk(Ask(words, tuple(amounts)), seconds=seconds, start_s=start_s, question=question, abx=abx)
    return make_study_of([source.path for source in find_sources(sources)], ask, Path(folder), overwrite=overwrite)


def score_study(answers: Sequence[str | Path], folder: str | Path) -> Score:
    """Score the files of answers to the study in a folder. A file that can't be used is left out, with a warning."""
    study = read_study(Path(folder))
    found, errors = read_all([Path(path) for path in answers], study)
    for error in errors:
        warnings.warn(f"{error}. {error.hint}".strip(), stacklevel=2)
    return score_answers(found, study.versions)


def rank(
    inputs: str | Path | Sequence[str | Path],
    by: str,
    *,
    kind: str = AUTO,
    repair: bool = False,
    jobs: int | None = None,
    cache: bool = True,
    follow_links: bool = False,
) -> Ranking:
    """Order files by how much of some words is in each, among sounds of its own kind.

    Args:
        inputs: files and folders; of a folder all audio below it.
        by: words such as ``warm`` or ``warm - harsh``.
        kind: ``mix``, ``speech`` or ``instrument``; ``auto`` tells each sound's by ear.
        repair: use what can be read of a damaged file.
        jobs: how many files to listen to at once; None for all cores.
        cache: keep what is heard in the user's cache folder, and listen to nothing that is known there.
        follow_links: follow links in a folder that lead out of it. Those that stay inside always are.

    Returns:
        The sounds, those with most of it first. A file that fails doesn't stop the rest: look at ``ranking.failed``.
    """
    if jobs is not None and jobs < 1:
        raise UsageError("jobs must be at least 1", hint="Give 1 or more, or None for all cores.")
    ear = load_ear(kind=kind)
    target = ear.space.target(by)
    sources, left_out = find_inside([inputs] if isinstance(inputs, (str, Path)) else inputs, follow_links=follow_links)
    _warn_of_links(left_out)
    with open_cache() if cache else nullcontext() as known:
        return rank_files(ear, sources, target, cache=known, repair=repair, workers=jobs or usable_cores())


def _applied(
    audio: ArrayLike,
    sample_rate: float,
    eq: AnyEq,
    amount: float,
    level: Level | str | float,
    ceiling_db: float | None,
    dehum: Mains | None,
    *,
    measure: bool,
) -> tuple[NDArray[np.float32], ProcessResult]:
    given = np.asarray(audio)
    samples = _samples(given, sample_rate)
    chosen = _request(eq).scaled(amount).resolve()
    settings = Settings(chosen, _level(level), ceiling_db, dehum=dehum, measure=measure)
    result, report = process_audio(samples, sample_rate, settings)
    return result.reshape(given.shape), report


def _warn_of_links(links: Sequence[Path]) -> None:
    if links:
        warnings.warn(str(left_out_note(links)), stacklevel=3)


def _check_jobs(jobs: int | None) -> None:
    if jobs is not None and jobs < 1:
        raise UsageError("jobs must be at least 1", hint="Give 1 or more, or None for all cores.")


def _settings(
    eq: AnyEq,
    amount: float,
    level: Level | str | float,
    ceiling_db: float | None,
    format: str | None,
    bit_depth: str | None,
    lossy: Lossy,
    repair: bool,
    sharing: Sharing = "nothing",
    *,
    dither: Dithering,
    dehum: Mains | None,
    preserve: Sequence[Preserved],
) -> Settings:
    chosen = _request(eq).scaled(amount).resolve()
    return Settings(
        chosen,
        _level(level),
        ceiling_db,
        format,
        bit_depth,
        repair,
        measure=True,
        sharing=sharing,
        lossy=lossy,
        dither=dither,
        dehum=dehum,
        preserve=tuple(preserve),
    )


def _lossy(bitrate: int | str | None, quality: float | None) -> Lossy:
    return Lossy(parse_bitrate(bitrate) if isinstance(bitrate, str) else bitrate, quality)


def _request(eq: AnyEq) -> EqRequest:
    if isinstance(eq, EqRequest):
        return eq
    if isinstance(eq, Bands):
        return EqRequest(bands=eq)
    if isinstance(eq, Preset):
        return EqRequest(preset=eq)
    if isinstance(eq, Balance):
        return EqRequest(reference=eq)
    if isinstance(eq, str):
        return EqRequest(eq)
    raise UsageError(
        f"a {type(eq).__name__} is not an EQ", hint="Give words, Bands, a Preset, a Balance or an EqRequest."
    )


def _samples(audio: ArrayLike, sample_rate: float) -> NDArray[np.float32]:
    """Return audio as (channels, frames), a copy.

    Raises:
        UsageError: it is not such an array, or holds NaN or infinite samples.
    """
    given = np.asarray(audio)
    if given.dtype.kind != "f":
        raise UsageError(f"audio is {given.dtype}, not floats", hint="Divide integers by their full scale.")
    if given.ndim not in (1, 2) or not len(given):
        raise UsageError(f"audio has the shape {given.shape}", hint="Give (channels, frames), or (frames,) for mono.")
    if given.ndim == 2 and len(given) > max(_MOST_CHANNELS, given.shape[1]):
        raise UsageError(
            f"audio has the shape {given.shape}: {len(given)} channels of {given.shape[1]} frames",
            hint="The order is (channels, frames): give audio.T.",
        )
    samples = given.astype(np.float32)
    if not np.isfinite(samples).all():
        raise UsageError("audio holds NaN or infinite samples", hint="Replace them, as by numpy.nan_to_num.")
    if not 0 < sample_rate < math.inf:
        raise UsageError(f"{sample_rate} is not a sample rate", hint="Give it in Hz, such as 44100.")
    return np.atleast_2d(samples)


def _level(level: Level | str | float) -> Level:
    return level if isinstance(level, Level) else parse_level(str(level))
