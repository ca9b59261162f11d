"""The whole chain for one sound: read, equalize, level, write. Everything that processes sound calls this.

(listen ─► decide) ─► read blocks ─► render ─► (set aside) ─► level ─► write ─► tags and chunks ─► the final name
    └► measure              └► measure └► measure ┘

Where words are asked for that adapt, the sound is first listened to from end to end, and its EQ follows from that; then
it is measured on the same way. With more than one core, reading, measuring and writing go on beside the rest (`Lanes`).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eqmorph._typing import Float32
from eqmorph.adapt.eq import Choice, Phase
from eqmorph.adapt.sound_eq import SoundEq
from eqmorph.audio.atomic import AtomicFile, commit_together, explain_os_error
from eqmorph.audio.chunks.walk import set_wav_channel_mask
from eqmorph.audio.formats import OutputFormat, choose_format
from eqmorph.audio.hum import Hum
from eqmorph.audio.lossy import AS_USUAL
from eqmorph.audio.metadata.carry import carry_metadata
from eqmorph.audio.read import AudioInfo, AudioReader, block_frames, explained_reading
from eqmorph.audio.spill import Spill
from eqmorph.audio.write import AudioWriter
from eqmorph.bands import Bands
from eqmorph.errors import InputError, OutputError
from eqmorph.level import (
    Level,
    Loudness,
    Measured,
    Moment,
    Trim,
    moved_most,
    quieter_by,
)
from eqmorph.process.lanes import Lane, Lanes
from eqmorph.process.meters import Meters
from eqmorph.process.notes import (
    bitrate_note,
    channel_note,
    clipping_note,
    encoder_note,
    level_note,
    moment_note,
    precision_note,
)
from eqmorph.process.settings import Settings
from eqmorph.render import LinearRenderer, Renderer, RideRenderer
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from eqmorph.adapt.account import Account
    from eqmorph.analysis.spectrum import Spectrum

__all__ = [
    "ProcessResult",
    "Watch",
    "measure_file",
    "preview_file",
    "process_audio",
    "process_file",
    "unwatched",
]


#: Told of each block how many seconds of the audio it does; they sum up to its duration. Stops the work by raising.
Watch = Callable[[float], None]
#: Of the time from the second reading on, what writing takes: encoders that lose something are slow.
_WRITING, _WRITING_LOSSY = 0.3, 0.85


def unwatched(_seconds: float) -> None:
    """Let the work go on."""


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """What was done to a sound. Loudness and true peaks are None where they were not measured or do not exist.

    ``account`` says what was decided and why, where words adapted, and ``spectrum`` is what was heard for it.
    ``quieter_db`` is how much quieter the result ended than the source, though nobody asked for that: see `quieter_by`.
    """

    bands: Bands
    trim: Trim
    before: Loudness | None
    after: Loudness | None
    notes: tuple[str, ...]
    duration_s: float
    seconds: float
    format: str = ""
    subtype: str = ""
    account: Account | None = None
    sample_rate: int = 0
    channels: int = 0
    quieter_db: float = 0.0
    phase: Phase = "minimum"
    hum: Hum | None = None
    spectrum: Spectrum | None = None


@dataclass(frozen=True, slots=True)
class _Levels:
    """What a pass over the audio found and did: frames, trim, loudness before and after."""

    frames: int
    trim: Trim = field(default_factory=Trim)
    before: Loudness | None = None
    after: Loudness | None = None
    moment: Moment | None = None
    notes: tuple[str, ...] = ()

    def quieter_db(self, settings: Settings) -> float:
        if self.before is None or self.after is None:
            return 0.0
        return quieter_by(settings.sharing, settings.level, self.trim, self.before, self.after)


def process_file(
    source: Path,
    output: Path,
    settings: Settings,
    *,
    overwrite: bool = False,
    watch: Watch = unwatched,
    before_commit: Callable[[Path, Path], None] = lambda _final, _temp: None,
    trajectory_path: Path | None = None,
    overwrite_trajectory: bool = False,
    export_path: Path | None = None,
    overwrite_export: bool = False,
    syncs_folder: bool = True,
    cores: int = 1,
) -> ProcessResult:
    """Process one file into another, which appears only once it is complete.

    Where words adapt, the source's trajectory, with what was decided, goes into ``trajectory_path``; what
    ``settings.export`` makes of the EQ goes into ``export_path``. All files appear, or none. ``before_commit`` is told
    the final and the temporary name of each before it is renamed. ``syncs_folder`` is false where somebody else syncs
    the folders of many files at once. With more than one of ``cores``, ``watch`` is called from other threads, too.

    Raises:
        EqmorphError: with the file, the cause and a remedy; no output was left behind.
    """
    started = time.perf_counter()
    new_file = partial(AtomicFile, like=source, preserve=settings.preserve)
    with ExitStack() as stack:
        reader = stack.enter_context(AudioReader(source, repair=settings.repair, watch=watch))
        info = reader.info
        fmt = choose_format(info, output, settings.format, settings.bit_depth, settings.lossy)
        out = stack.enter_context(new_file(output, overwrite=overwrite))
        if fmt.is_by_ffmpeg:  # a process of its own, which takes longer than all else
            cores = max(cores, 2)
        whole = watch
        if settings.listens:
            watch = _share(watch, 0.5)
        eq, before = _decide(
            lambda: _watched(reader, watch),
            info,
            settings,
            hear_result=settings.measure or trajectory_path is not None,
            cores=cores,
        )
        bands, notes = eq.choice.bands, [*eq.choice.notes, *channel_note(eq.choice.bands, info.channels)]
        untouched = eq.choice.is_flat and settings.leaves_levels and _can_stay(info, fmt)
        encoded = None
        if untouched and not settings.repair:
            levels, copy_notes = _copy(reader, out, fmt, settings, watch)
            notes += copy_notes
        else:
            if settings.needs_trim and settings.known_trim is None:  # it is all written once it is all read
                writing = _WRITING_LOSSY if fmt.is_lossy else _WRITING
                left = 0.5 if settings.listens else 1.0
                watch, write_watch = _share(whole, left * (1 - writing)), _share(whole, left * writing)
            else:
                write_watch = _share(watch, 0.0)
            is_measured = settings.measures or eq.choice.ride is not None
            encoded_meters = Meters(info) if fmt.is_by_ffmpeg and fmt.is_lossy and is_measured else None
            with AudioWriter(
                out.temp,
                output,
                fmt,
                info.sample_rate,
                info.channels,
                hear_encoded=encoded_meters.add if encoded_meters is not None else None,
                dither=settings.dither == "auto",
                source=info,
                watch=watch,
            ) as writer:
                levels = _render(
                    _watched(reader, watch),
                    info,
                    eq.choice,
                    settings,
                    _watched_writing(writer.write, info.sample_rate, write_watch),
                    before=before,
                    full_scale_db=fmt.full_scale_db,
                    output=output,
                    on_rendered=eq.on_rendered,
                    cores=cores,
                )
            notes += [
                *levels.notes,
                *moment_note(levels.moment),
                *level_note(settings, levels.trim, levels.after),
                *clipping_note(writer.clipped_samples),
                *bitrate_note(fmt, info, writer.bitrate_bps, seconds=levels.frames / info.sample_rate),
                *writer.notes,
            ]
            if encoded_meters is not None and levels.after is not None:
                encoded = encoded_meters.read() if writer.has_heard_encoded else _measure_encoded(out, watch)
                notes += encoder_note(settings, levels.after, encoded)
        notes += [*reader.notes, *fmt.notes]
        if not (untouched and _same_container(info, fmt)):
            notes += _carry_rest(info, out, fmt)
        reader.check_unchanged()  # tags and chunks were read after the audio
        account = eq.account(is_same=untouched)
        finished = [out]
        trajectory = eq.trajectory(info, account) if trajectory_path is not None else None
        if trajectory_path is not None and trajectory is not None:
            from eqmorph.analysis.trajectory import fill_trajectory

            beside = new_file(trajectory_path, overwrite=overwrite_trajectory)
            finished.append(stack.enter_context(beside))
            fill_trajectory(finished[-1], trajectory)
        if export_path is not None and settings.export is not None:
            from eqmorph.exchange import write_eq  # all formats, which most runs don't need

            exported = write_eq(
                bands, settings.export, sample_rate=info.sample_rate, name=output.stem, channels=info.channels
            )
            finished.append(stack.enter_context(new_file(export_path, overwrite=overwrite_export)))
            _fill(finished[-1], exported.data)
            notes += (f"{settings.export.name}: {note}" for note in exported.notes)
        for file in finished:
            before_commit(file.final, file.temp)
        commit_together(finished, syncs_folder=syncs_folder)
    return ProcessResult(
        bands=bands,
        trim=levels.trim,
        before=levels.before,
        after=encoded or levels.after,
        notes=tuple(notes),
        duration_s=levels.frames / info.sample_rate,
        seconds=time.perf_counter() - started,
        format=fmt.format,
        subtype=fmt.subtype,
        account=account,
        sample_rate=info.sample_rate,
        channels=info.channels,
        quieter_db=levels.quieter_db(settings),
        phase=eq.choice.phase,
        hum=eq.choice.hum,
        spectrum=spectrum.trimmed(levels.trim.total_db) if (spectrum := eq.spectrum) is not None else None,
    )


def _fill(file: AtomicFile, data: bytes) -> None:
    try:
        file.temp.write_bytes(data)
    except OSError as error:
        raise explain_os_error(error, file.final) from error


def measure_file(
    source: Path, output: Path, settings: Settings, *, choice: Choice | None = None, watch: Watch = unwatched
) -> Measured:
    """Measure one file as it came and as `process_file` will render it, before any gain. Nothing is written.

    ``choice`` is the EQ of this file, where that was decided before: the file is then read only once.

    Raises:
        EqmorphError: as `process_file` would.
    """
    as_rendered = replace(settings, level=Level("keep"), ceiling_db=None, sharing="nothing", measure=True)
    with AudioReader(source, repair=settings.repair, watch=watch) as reader:
        info = reader.info
        fmt = choose_format(info, output, settings.format, settings.bit_depth, settings.lossy)
        before = None
        if choice is None:
            if settings.listens:
                watch = _share(watch, 0.5)
            eq, before = _decide(
                lambda: _watched(reader, watch), info, replace(settings, measure=True), hear_result=False
            )
            choice = eq.choice
        levels = _render(
            _watched(reader, watch),
            info,
            choice,
            as_rendered,
            lambda _: None,
            before=before,
            full_scale_db=None,
            output=None,
            on_rendered=lambda _: None,
        )
    if levels.before is None or levels.after is None:
        raise ValueError("a sound that was to be measured was not")
    return Measured(str(source), levels.before, levels.after, fmt.full_scale_db)


def preview_file(source: Path, output: Path, settings: Settings, *, watch: Watch = unwatched) -> ProcessResult:
    """Say what `process_file` would do and write nothing: bands and format, and what is predicted of the result.

    The file is listened to if words adapt; for bands, its header is enough. Levels are not known.

    Raises:
        EqmorphError: with the file, the cause and a remedy.
    """
    started = time.perf_counter()
    with AudioReader(source, repair=settings.repair, watch=watch) as reader:
        info = reader.info
        fmt = choose_format(info, output, settings.format, settings.bit_depth, settings.lossy)
        eq = SoundEq.decide(
            settings.eq, info.sample_rate, lambda: _watched(reader, watch), hear_result=False, dehum=settings.dehum
        )
        notes = (*eq.choice.notes, *channel_note(eq.choice.bands, info.channels), *reader.notes, *fmt.notes)
    return ProcessResult(
        bands=eq.choice.bands,
        trim=Trim(),
        before=None,
        after=None,
        notes=notes,
        duration_s=info.frames / info.sample_rate,
        seconds=time.perf_counter() - started,
        format=fmt.format,
        subtype=fmt.subtype,
        sample_rate=info.sample_rate,
        channels=info.channels,
        account=eq.account(is_same=False),
        phase=eq.choice.phase,
        hum=eq.choice.hum,
    )


def process_audio(audio: Float32, sample_rate: float, settings: Settings) -> tuple[Float32, ProcessResult]:
    """Process audio in memory, (channels, frames) float32, by the same chain; the input is not changed."""
    started = time.perf_counter()
    channels, frames = audio.shape
    info = AudioInfo(Path("-"), int(sample_rate), channels, frames, "", "FLOAT")
    size = block_frames(channels)

    def blocks() -> Iterator[Float32]:
        return (np.ascontiguousarray(audio[:, i : i + size]) for i in range(0, frames, size))

    eq, before = _decide(blocks, info, settings, hear_result=settings.measure)
    bands = eq.choice.bands
    done: list[Float32] = []
    if eq.choice.is_flat and settings.leaves_levels and not settings.measure:
        levels, result = _Levels(frames), audio.copy()
    else:
        levels = _render(
            blocks(),
            info,
            eq.choice,
            settings,
            done.append,
            before=before,
            full_scale_db=None,
            output=None,
            on_rendered=eq.on_rendered,
        )
        result = np.concatenate(done, axis=1) if done else audio.copy()
    return result, ProcessResult(
        bands=bands,
        trim=levels.trim,
        before=levels.before,
        after=levels.after,
        notes=(*eq.choice.notes, *channel_note(bands, channels), *levels.notes, *moment_note(levels.moment)),
        duration_s=frames / sample_rate,
        seconds=time.perf_counter() - started,
        account=eq.account(is_same=not done),
        sample_rate=info.sample_rate,
        channels=channels,
        quieter_db=levels.quieter_db(settings),
        phase=eq.choice.phase,
        hum=eq.choice.hum,
    )


def _decide(
    blocks: Callable[[], Iterator[Float32]],
    info: AudioInfo,
    settings: Settings,
    *,
    hear_result: bool,
    cores: int = 1,
) -> tuple[SoundEq, Meters | None]:
    """Decide on the EQ of a sound. Where that is listened to, it is measured as well, if anything will ask for it."""
    meters = Meters(info) if settings.listens and settings.measures else None
    with Lanes(cores) as lanes:
        lane = lanes.lane()
        eq = SoundEq.decide(
            settings.eq,
            info.sample_rate,
            lambda: _measured(lanes.ahead(blocks()), meters, lane),
            hear_result=hear_result,
            dehum=settings.dehum,
        )
        lane.finish()
    return eq, meters


def _render(
    blocks: Iterable[Float32],
    info: AudioInfo,
    choice: Choice,
    settings: Settings,
    write: Callable[[Float32], None],
    *,
    before: Meters | None,
    full_scale_db: float | None,
    output: Path | None,
    on_rendered: Callable[[Float32], None],
    cores: int = 1,
) -> _Levels:
    """Equalize and level blocks; pass each to ``on_rendered`` after the EQ, and to ``write`` at its final level.

    ``before`` has measured them, unless it is None.
    """
    ride, rate = choice.ride, info.sample_rate
    frames = 0
    renderer = _renderer(choice, rate)
    notes = precision_note(renderer)
    with ExitStack() as stack:
        lanes = stack.enter_context(Lanes(cores))
        blocks, lane = lanes.ahead(blocks), lanes.lane()  # one, in order: writing may overwrite what is measured
        if not settings.measures and ride is None:
            for rendered in _rendered(blocks, renderer):
                frames += rendered.shape[1]
                on_rendered(rendered)
                lane.do(write, rendered)
            lane.finish()
            return _Levels(frames, notes=notes)
        if before is None:
            before = Meters(info)
            blocks = _measured(blocks, before, lane)
        after = Meters(info)
        trim = settings.known_trim if settings.needs_trim else Trim()
        # A trim may follow from the whole result, which waits aside for it; else blocks are written as they come.
        spill = stack.enter_context(Spill(output)) if trim is None else None
        for rendered in _rendered(blocks, renderer):
            frames += rendered.shape[1]
            on_rendered(rendered)
            lane.do(after.add, rendered)
            if spill is not None:
                spill.append(rendered)
            elif trim is not None:
                lane.do(write, _trimmed(rendered, trim))
        lane.finish()
        source, result = before.read(), after.read()
        if trim is None:
            trim = settings.decide_trim(source, result, full_scale_db=full_scale_db)
        if spill is not None:
            gain = _gain(trim)
            for rendered in spill.blocks():  # new ones, that nobody else has
                rendered *= gain
                lane.do(write, rendered)
        lane.finish()
    moment = moved_most(before.short_term(), after.short_term(), source, result) if ride is not None else None
    return _Levels(frames, trim, source, result.louder_by(trim.total_db), moment, notes)


def _renderer(choice: Choice, sample_rate: int) -> Renderer | RideRenderer | LinearRenderer:
    if choice.ride is not None:
        return RideRenderer(choice.ride, sample_rate)
    return (LinearRenderer if choice.phase == "linear" else Renderer)(choice.bands, sample_rate)


def _rendered(blocks: Iterable[Float32], renderer: Renderer | RideRenderer | LinearRenderer) -> Iterator[Float32]:
    """Yield blocks through an EQ: as many frames as there are, however late the renderer gives them."""
    for block in blocks:
        rendered = renderer.process(block)
        if rendered.shape[1]:
            yield rendered
    if isinstance(renderer, LinearRenderer):
        yield from renderer.rest()


def _measured(blocks: Iterable[Float32], meters: Meters | None, lane: Lane) -> Iterator[Float32]:
    for block in blocks:
        if meters is not None:
            lane.do(meters.add, block)
        yield block


def _trimmed(block: Float32, trim: Trim) -> Float32:
    """Return a rendered block at its final level."""
    return block * _gain(trim) if trim.total_db else block


def _gain(trim: Trim) -> float:
    return float(np.float32(10 ** (trim.total_db / 20)))


def _copy(
    reader: AudioReader, out: AtomicFile, fmt: OutputFormat, settings: Settings, watch: Watch
) -> tuple[_Levels, tuple[str, ...]]:
    """Copy a sound that the EQ leaves unchanged: the file itself or, into another container, its samples.

    Returns what is measured, and notes on what the container could not keep.
    """
    notes: tuple[str, ...] = ()
    info = reader.info
    meters = Meters(info) if settings.measure else None
    frames = 0
    for block in _watched(reader, watch):  # also when nothing is measured: a damaged file must not pass
        frames += block.shape[1]
        if meters is not None:
            meters.add(block)
    try:
        if _same_container(info, fmt):
            shutil.copyfile(info.path, out.temp)
        else:
            with AudioWriter(
                out.temp, out.final, fmt, info.sample_rate, info.channels, source=info, watch=watch
            ) as writer:
                for samples in reader.native_blocks(as_floats=fmt.subtype in ("FLOAT", "DOUBLE")):
                    writer.write_native(samples)
            notes = writer.notes
    except FileNotFoundError as error:  # not the temporary file: that is open
        raise InputError(
            "disappeared while it was being read", hint="Was it moved or deleted?", path=info.path
        ) from error
    except OSError as error:
        raise explain_os_error(error, out.final) from error
    measured = meters.read() if meters is not None else None
    return _Levels(frames, before=measured, after=measured), notes


def _same_container(info: AudioInfo, fmt: OutputFormat) -> bool:
    return (info.format, info.subtype) == (fmt.format, fmt.subtype) and fmt.lossy == AS_USUAL


def _can_stay(info: AudioInfo, fmt: OutputFormat) -> bool:
    """Whether all of a sound's samples can go where it goes as they are: not through a lossy encoder."""
    return _same_container(info, fmt) or (fmt.holds_exactly(info.subtype) and not fmt.is_lossy)


def _measure_encoded(out: AtomicFile, watch: Watch) -> Loudness:
    """Measure what an encoder that ffmpeg brings has made of a result: how well it keeps levels is its own affair."""
    try:
        with AudioReader(out.temp, watch=watch) as reader:
            meters = Meters(reader.info)
            for block in reader.blocks():
                watch(0.0)
                meters.add(block)
            return meters.read()
    except InputError as error:
        raise OutputError(
            f"ffmpeg can't write it: what it wrote {error.message}",
            hint=Phrase("Choose another container with {}, such as flac or wav.", Means.FORMAT),
            path=out.final,
        ) from error


def _carry_rest(info: AudioInfo, out: AtomicFile, fmt: OutputFormat) -> tuple[str, ...]:
    """Carry over all that the source holds besides its audio; return notes on what could not be.

    What ffmpeg writes has it already.
    """
    if fmt.is_by_ffmpeg:
        return ()
    try:
        if info.channel_mask is not None and fmt.format in ("WAVEX", "RF64"):
            set_wav_channel_mask(out.temp, info.channel_mask)
        return carry_metadata(info.path, out.temp, source_format=info.format, output_format=fmt.format)
    except InputError as error:
        if isinstance(error.__cause__, OSError):
            with explained_reading(info.path):
                raise error.__cause__ from None
        raise
    except OutputError as error:
        if isinstance(error.__cause__, OSError):
            raise explain_os_error(error.__cause__, out.final) from error
        error.path = out.final  # nobody knows the temporary name
        raise


def _watched(reader: AudioReader, watch: Watch) -> Iterator[Float32]:
    for block in reader.blocks():
        watch(block.shape[1] / reader.info.sample_rate)
        yield block


def _share(watch: Watch, share: float) -> Watch:
    """Watch a sound that is gone through several times: each time counts its share."""
    return lambda seconds: watch(share * seconds)


def _watched_writing(write: Callable[[Float32], None], sample_rate: int, watch: Watch) -> Callable[[Float32], None]:
    """Have writing watched, and make it stoppable: it may start only when all of a long file is read."""

    def watched(block: Float32) -> None:
        write(block)
        watch(block.shape[1] / sample_rate)

    return watched
