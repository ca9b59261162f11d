"""`Controller`: between the screens and the chain. It knows nothing of widgets, and widgets know nothing of audio.

What is marked *slow* belongs in a worker thread; everything else returns at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from eqmorph.analysis import MAIN_WORDS, Ear, listen_to_file, load_ear
from eqmorph.audio.formats import output_suffix
from eqmorph.audio.read import AudioInfo, AudioReader
from eqmorph.bands import Bands
from eqmorph.batch.isolated import NO_LIMITS
from eqmorph.errors import EqmorphError, Stopped, UsageError, unexpected
from eqmorph.kind import AUTO
from eqmorph.level import choose_sharing
from eqmorph.plot.curve import SampledCurve
from eqmorph.presets import Preset
from eqmorph.process import Settings
from eqmorph.request import EqRequest
from eqmorph.stream.sink import Sink, open_device
from eqmorph.tui.blend import Blend, History, weights_out_of_range
from eqmorph.tui.folder_files import RESULT_ENDING, proposed_result
from eqmorph.tui.jobs import FileRendering, FolderRendering
from eqmorph.tui.paths import absolute
from eqmorph.tui.play_level import PlayLevel, measure_level
from eqmorph.tui.playback.live import LiveMeter, LiveReading
from eqmorph.tui.playback.player import Player, PlayerStatus
from eqmorph.tui.preview import USUAL_RATE, HeardFile, Preview, preview_blend
from eqmorph.tui.render_process import RenderProcess
from eqmorph.tui.saving import apply_command
from eqmorph.tui.session_file import SavedSession, fitted
from eqmorph.tui.slots import Slots
from eqmorph.tui.solo import around

__all__ = ["Controller", "OpenFile"]

_FIRST_WORDS = ("warm", "bright", "clear", "punchy")
_OpenSink: TypeAlias = Callable[[float, int], Sink]


@dataclass(eq=False)
class OpenFile:
    """A file in use: it can be played at once, and has a ``sound`` once it was listened to."""

    path: Path
    info: AudioInfo
    player: Player
    sound: HeardFile | None = None
    is_closed: bool = False

    @cached_property
    def live(self) -> LiveMeter:
        """What is measured while it plays."""
        return LiveMeter(self.player.tap, channel_mask=self.info.channel_mask)

    def close(self) -> None:
        self.is_closed = True
        self.player.close()


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:  # one of them doesn't exist
        return False


class Controller:
    """One session: a file, a blend, what it comes to, and what is rendered.

    Args:
        model_folder: the model; None for the default one.
        kind: what kind of sound files are; ``auto`` tells it by ear.
        repair: process what there is of damaged files.
        target: what is asked for at first, as text.
        open_sink: opens the device that plays sound.
        apart: the process that renders; None renders in this one.
    """

    def __init__(
        self,
        *,
        model_folder: Path | None = None,
        kind: str = AUTO,
        repair: bool = False,
        target: str = "",
        open_sink: _OpenSink = open_device,
        apart: RenderProcess | None = None,
    ) -> None:
        self.model_folder, self.kind = model_folder, kind
        self.repair = repair
        self._open_sink, self._apart = open_sink, apart
        self.ear: Ear = load_ear(model_folder, kind=kind)
        space = self.ear.space
        words = [word for word in (*_FIRST_WORDS, *MAIN_WORDS) if word in space.terms] or space.words
        wanted = EqRequest(target).target_in(space) if target else None
        first = Blend.of_target(wanted) if wanted else Blend.of_words(words[: len(_FIRST_WORDS)])
        self.note = "; ".join(weights_out_of_range(wanted)) if wanted else ""
        """What had to be changed of the target asked for, if anything."""
        self.slots = Slots(first)
        self.file: OpenFile | None = None
        self.folder: Path | None = None
        self.preview = Preview(first, Bands())
        self.trial: Blend | None = None
        """What is tried out, and heard, in place of the blend for now."""
        self.ghost: SampledCurve | None = None
        """The curve of what is tried out."""
        self.level = PlayLevel()
        """At which level the preview is heard."""
        self.solo: int | None = None
        """Which of the bands in hand is heard alone."""
        self._measured: list[tuple[Blend, PlayLevel]] = []
        self._looking, self._opening = threading.Lock(), threading.Lock()

    @property
    def history(self) -> History:
        return self.slots.history

    @property
    def blend(self) -> Blend:
        return self.history.blend

    @property
    def sound(self) -> HeardFile | None:
        return self.file.sound if self.file else None

    # A file.

    def open(self, path: Path, is_stale: Callable[[], bool] = lambda: False) -> OpenFile:
        """Open another file to play, and close the one before once this can be read.

        *Slow.*

        Args:
            path: the file.
            is_stale: tells whether yet another file has been asked for.

        Raises:
            InputError: it can't be read.
            Stopped: it is stale.
        """
        path = absolute(path)  # the folder we are in may go
        with AudioReader(path, repair=self.repair) as reader:
            info = reader.info
        opened = OpenFile(path, info, Player(path, repair=self.repair, open_sink=self._open_sink))
        with self._opening:
            is_wanted = not is_stale()
            left = self.file if is_wanted else opened
            if is_wanted:
                self.file, self.level, self._measured = opened, PlayLevel(), []
        if left:
            left.close()
        if not is_wanted:
            raise Stopped("another file was opened", path=path)
        return opened

    def listen(self, opened: OpenFile, on_progress: Callable[[float], None] = lambda _: None) -> None:
        """Listen to a file from end to end.

        *Slow.*

        Args:
            opened: the file.
            on_progress: told how much is done, 0..1.

        Raises:
            InputError: it can't be read.
            Stopped: it was closed meanwhile.
        """
        duration_s = max(opened.player.status().duration_s, 1e-3)
        done_s = 0.0

        def watch(seconds: float) -> None:
            nonlocal done_s
            if opened.is_closed:
                raise Stopped("another file was opened", path=opened.path)
            done_s += seconds
            on_progress(min(done_s / duration_s, 1.0))

        spectra = listen_to_file(opened.path, repair=self.repair, watch=watch)
        opened.sound = HeardFile(opened.info, spectra, self.ear.for_sound(spectra))

    def close(self) -> None:
        if self.file:
            self.file.close()
        if self._apart is not None:
            self._apart.close()

    # The EQ.

    def look(self, is_stale: Callable[[], bool] = lambda: False) -> Preview | None:
        """Work out what the blend comes to, and have it played; None if a newer change made that pointless.

        *Slow.*
        """
        with self._looking:  # in the order of the changes
            if is_stale():
                return None
            blend, file = self.trial or self.blend, self.file
            found = preview_blend(self.ear, file.sound if file else None, blend, is_stale=is_stale)
            if is_stale():
                return None
            if self.trial is not None:
                self.ghost = found.bands.sampled(file.info.sample_rate if file else USUAL_RATE)
                self._have_played(found, self._expected_level(found))
                return found
            self.ghost = None
            self.preview, self.level = found, self._expected_level(found)
            self._have_played(found, self.level)
            return found

    def measure(self, is_stale: Callable[[], bool] = lambda: False) -> PlayLevel | None:
        """Render what is heard aside, and have it played from then on at the level at which it would be written.

        None if there is no sound, or if a newer change made that pointless. *Slow.*

        Raises:
            EqmorphError: the file can't be read any more.
        """
        preview, file = self.preview, self.file
        if file is None or file.sound is None or preview.sound is not file.sound:
            return None

        def is_pointless() -> bool:
            return is_stale() or self.preview is not preview or self.trial is not None or file.is_closed

        def watch(_seconds: float) -> None:
            if is_pointless():
                raise Stopped("another EQ is asked for", path=file.path)

        output = file.path.with_suffix(output_suffix(file.path.suffix, None))
        try:
            for blend in [preview.blend, *self._others(preview.blend)]:
                if self._known_level(blend) is None:
                    found = preview if blend == preview.blend else preview_blend(self.ear, file.sound, blend)
                    level = measure_level(file.path, output, self.settings(blend), found, watch=watch)
                    self._remember_level(file, blend, level)
        except Stopped:
            return None
        with self._looking:
            if is_pointless():
                return None
            self.level = level = self._expected_level(preview)
            self._have_played(preview, level)
            file.player.trust_level()
        return level

    def _others(self, blend: Blend) -> list[Blend]:
        """Return what is in the other slots: all are heard equally loud."""
        in_slots = [other for other in self.slots.blends if other is not None]
        return [other for other in in_slots if other != blend] if len(in_slots) > 1 else []

    def _known_level(self, blend: Blend) -> PlayLevel | None:
        return next((level for known, level in self._measured if known == blend), None)

    @property
    def are_slots_measured(self) -> bool:
        """Whether it is known how loud what is in each slot is; without a sound there is nothing to know."""
        blends = [blend for blend in self.slots.blends if blend is not None]
        return self.sound is None or all(self._known_level(blend) is not None for blend in blends)

    def _remember_level(self, file: OpenFile, blend: Blend, level: PlayLevel) -> None:
        if self.file is file:
            kept = [(known, level) for known, level in self._measured if known in self._others(blend)]
            self._measured = [*kept, (blend, level)]

    def _expected_level(self, preview: Preview) -> PlayLevel:
        """Return the level that was measured, or one to go on with; as loud as the other slots."""
        known = self._known_level(preview.blend) if preview.sound is not None else None
        level = known or self.level.guessed(preview.gain_db)
        return level.beside(filter(None, map(self._known_level, self._others(preview.blend))))

    def _have_played(self, preview: Preview, level: PlayLevel) -> None:
        """Have a preview played, once it is known what it is for this sound."""
        file, blend = self.file, preview.blend
        if file and (preview.sound or not blend.is_adaptive or blend.preset is not None):
            rows = blend.in_hand.held(preview.came)
            is_solo = self.solo is not None and self.solo < len(rows) and preview.ride is None
            bands = around(preview.bands, rows[self.solo or 0]) if is_solo else preview.bands
            file.player.set_eq(bands, level.gain_db, preview.ride, level.flat_gain_db)

    def current_preview(self) -> Preview:
        """Return what the blend comes to; *slow* only if that has not been worked out yet."""
        is_current = self.preview.blend == self.blend
        self.trial = None
        return self.preview if is_current else self.look() or self.preview

    def settings(self, blend: Blend) -> Settings:
        """Return the settings that `eqmorph apply` would have."""
        return Settings(blend.eq(self.ear), repair=self.repair)

    def unexpected(self, error: BaseException) -> EqmorphError:
        """Wrap an exception that nobody foresaw in an error that can be shown."""
        return unexpected(error, self.file.path if self.file else "eqmorph tui")

    # What is kept until the next start.

    def saved(self) -> SavedSession:
        """Return the session as it is now."""
        status = self.status()
        return SavedSession(
            tuple(self.slots.blends),
            self.slots.current,
            self.file.path if self.file else None,
            self.folder,
            status.loop_s if status else None,
            status.position_s if status else 0.0,
        )

    def restore(self, session: SavedSession) -> None:
        """Ask for what a session asked for; its file is opened by whoever restores it."""
        session, unknown = fitted(session, self.ear.space)
        self.slots.restore(session.slots, session.slot)
        self.folder = session.folder
        self.note = f"not known to this model, and left out: {', '.join(unknown)}" if unknown else ""

    # Presets.

    def with_preset(self, preset: Preset) -> Blend:
        """Return the blend with a preset.

        Raises:
            UsageError: it asks for words that the model doesn't know.
        """
        target = EqRequest(preset=preset).target_in(self.ear.space) if preset.target else None
        return self.blend.with_preset(preset, target)

    # Playing.

    def status(self) -> PlayerStatus | None:
        return self.file.player.status() if self.file else None

    def live(self) -> LiveReading | None:
        """Return what is measured of what plays now, with what it was since the last call; None without a file."""
        return self.file.live.read() if self.file else None

    def reset_peak(self) -> None:
        """Forget the true peak that is held."""
        if self.file:
            self.file.live.reset_peak()

    def toggle_play(self) -> None:
        if self.file:
            player = self.file.player
            (player.pause if player.status().is_playing else player.play)()

    def seek(self, seconds: float) -> None:
        if self.file:
            self.file.player.seek(seconds)

    def skip(self, seconds: float) -> None:
        """Skip so many seconds, back if below 0."""
        status = self.status()
        if status:
            self.seek(status.position_s + seconds)

    def loop(self, region_s: tuple[float, float] | None) -> None:
        if self.file and region_s:
            self.file.player.set_loop(*region_s)
        elif self.file:
            self.file.player.clear_loop()

    def toggle_bypass(self) -> None:
        if self.file:
            self.file.player.set_bypass(not self.file.player.status().is_bypassed)

    # Rendering.

    def prepare_rendering(self) -> None:
        """Get ready to render: it will be asked for soon."""
        if self._apart is not None:
            self._apart.prepare(self.settings(self.blend))

    def proposed_output(self, taken: Collection[Path] = ()) -> Path | None:
        """Return a free name for the file's result, next to the file, and none of those ``taken``."""
        if self.file is None:
            return None
        return proposed_result(self.file.path, taken)

    def proposed_folders(self) -> tuple[Path, Path]:
        """Return the folder to render, and one next to it for the results."""
        folder = absolute(self.folder or (self.file.path.parent if self.file else Path()))
        output = folder.with_name(folder.name + RESULT_ENDING) if folder.name else folder / f"audio{RESULT_ENDING}"
        return folder, output

    def rendering(self, output: Path, *, overwrite: bool = False) -> FileRendering:
        """Return a job that renders the open file with the blend, both as they are now.

        Raises:
            UsageError: no file is open, or it would overwrite itself.
        """
        if self.file is None:
            raise UsageError("no file is open", hint="Open one first.")
        if _is_same(output, self.file.path):
            raise UsageError("the open file is never overwritten", hint="Choose another name.", path=output)
        duration_s = self.file.player.status().duration_s
        return FileRendering(
            self.file.path,
            output,
            self.settings(self.blend),
            duration_s=duration_s,
            overwrite=overwrite,
            apart=self._apart,
        )

    def rendering_of(self, path: Path, taken: Collection[Path] = ()) -> FileRendering:
        """Return a job that renders any file with the blend as it is now, next to it.

        Raises:
            InputError: it can't be read.
        """
        with AudioReader(path, repair=self.repair) as reader:
            info = reader.info
        duration_s = info.frames / info.sample_rate if info.frames else 0.0
        output, settings = proposed_result(path, taken), self.settings(self.blend)
        return FileRendering(path, output, settings, duration_s=duration_s, apart=self._apart)

    def folder_rendering(self, folder: Path, output: Path, *, album: bool = False) -> FolderRendering:
        """Return a job that renders a folder with the blend as it is now.

        Raises:
            UsageError: an album can't be treated so.
        """
        limits = NO_LIMITS if self._apart is None else self._apart.limits
        if not album:
            return FolderRendering(folder, output, self.settings(self.blend), limits=limits)
        request = replace(self.blend.request, album=True)
        sharing = choose_sharing(album=True, together=False)
        settings = Settings(request.resolve(self.ear), repair=self.repair, sharing=sharing)
        return FolderRendering(folder, output, settings, limits=limits)

    def command(self) -> str:
        """Return the command line that gives the same result; *slow* only if that has not been worked out yet.

        Raises:
            UsageError: no file is open, or what was changed by hand can't be told before it was listened to.
        """
        output = self.proposed_output()
        if self.file is None or output is None:
            raise UsageError("no file is open", hint="Open one first.")
        in_hand = self.current_preview() if self.blend.in_hand else None
        if in_hand is not None and in_hand.sound is not self.sound:
            in_hand = self.look() or in_hand
        if in_hand is not None and in_hand.sound is None:
            raise UsageError("the file is being listened to", hint="Its bands are known in a moment.")
        return apply_command(
            self.blend,
            self.file.path,
            output,
            bands=in_hand.bands if in_hand is not None else None,
            kind=self.kind,
            model_folder=self.model_folder,
            repair=self.repair,
        )
