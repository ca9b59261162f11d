"""Rendering from the app: asked for in a form, done in the background, stopped, and listed."""

from __future__ import annotations

from pathlib import Path

from eqmorph.audio.formats import format_of_suffix
from eqmorph.batch import Batch
from eqmorph.errors import EqmorphError, Stopped, UsageError, show_path
from eqmorph.tui.controller import Controller
from eqmorph.tui.folder_files import is_result
from eqmorph.tui.host import FlowHost
from eqmorph.tui.jobs import FileRendering, FolderRendering
from eqmorph.tui.messages import FileRendered, FolderRendered
from eqmorph.tui.paths import absolute, short_path, typed_path
from eqmorph.tui.render_queue import RenderQueue
from eqmorph.tui.screens.dialog import check_output, explain, missing_folder
from eqmorph.tui.screens.form import Answer, Field, FormScreen, may_overwrite
from eqmorph.tui.screens.results import QueuedLine, ResultLine, ResultsScreen
from eqmorph.tui.told import level_said, result_said

__all__ = ["RenderFlow"]


class RenderFlow:
    """Renders one file and one folder at a time; others wait for their turn.

    Args:
        controller: the session.
        host: the app.
    """

    def __init__(self, controller: Controller, host: FlowHost) -> None:
        self._controller, self._host = controller, host
        self._files = RenderQueue(host, "render", self._do_file)
        self._folders = RenderQueue(host, "render folder", self._do_folder)
        self._ended: list[ResultLine] = []
        self._rendered: dict[Path, str] = {}

    @property
    def is_busy(self) -> bool:
        return self._files.is_busy or self._folders.is_busy

    @property
    def text(self) -> str:
        """How far rendering has come, on one line; empty if nothing is rendered."""
        texts = []
        file, folder = self._files.current, self._folders.current
        if file is not None:
            texts.append(f"rendering {show_path(file.name)} {file.share:4.0%}")
        if folder is not None:
            texts.append(_folder_said(folder))
        waiting = len(self._files.waiting) + len(self._folders.waiting)
        texts += [f"{waiting} waiting"] if waiting else []
        return " · ".join(texts)

    @property
    def left(self) -> str:
        """What would be left undone by quitting now, for people to read; empty if nothing would."""
        file, folder = self._files.current, self._folders.current
        texts = [f"{show_path(file.name)} is rendered to {file.share:.0%}"] if file is not None else []
        if folder is not None:
            texts.append(f"{len(folder.results)} of {folder.total} files of {show_path(folder.name)} are rendered")
        waiting = len(self._files.waiting) + len(self._folders.waiting)
        texts += [f"{waiting} more {'wait' if waiting > 1 else 'waits'}"] if waiting else []
        return ", ".join(texts)

    @property
    def lines(self) -> list[ResultLine]:
        """Everything that was rendered in this session, also by a folder that is not done yet."""
        folder = self._folders.current
        return [*self._ended, *(_result_lines(folder) if folder else [])]

    def stop(self) -> None:
        """Stop what is rendered, and drop what waits."""
        if not self.is_busy:
            self._host.say("nothing is being rendered")
        names = [job.name for job in self._files.stop()] + [job.name for job in self._folders.stop()]
        self._ended += [ResultLine("skipped", show_path(name), "stopped before its turn came") for name in names]

    def cancel(self, job: object) -> str:
        """Stop one job, or drop it if it waits; return what is to be said."""
        if not isinstance(job, FileRendering | FolderRendering):
            return ""
        if self._files.cancel(job) or self._folders.cancel(job):
            self._ended.append(ResultLine("skipped", show_path(job.name), "cancelled before its turn came"))
            return f"cancelled: {show_path(job.name)}"
        return f"stopping {show_path(job.name)}"

    def queued(self) -> list[QueuedLine]:
        """Return what is rendered now, and what waits."""
        file, folder, lines = self._files.current, self._folders.current, []
        if file is not None:
            lines.append(QueuedLine(file, f"▶ {show_path(file.name)} {file.share:4.0%}"))
        if folder is not None:
            lines.append(QueuedLine(folder, f"▶ {_folder_said(folder)}"))
        lines += [QueuedLine(job, f"… {show_path(job.name)} waits") for job in self._files.waiting]
        lines += [QueuedLine(job, f"… {show_path(job.name)} waits") for job in self._folders.waiting]
        return lines

    def state(self, source: Path) -> str:
        """Return what became of a file in this session, or what is to become of it."""
        current = self._files.current
        if current is not None and current.source == source:
            return f"rendering {current.share:.0%}"
        if any(job.source == source for job in self._files.waiting):
            return "waits"
        return self._rendered.get(source, "")

    def render_beside(self, source: Path) -> str:
        """Render a file next to it under a free name; return what is to be said."""
        try:
            job = self._controller.rendering_of(source, self._outputs)
        except EqmorphError as error:
            return explain(error)
        waits = self._files.add(job)
        return f"{show_path(job.name)} {'waits for its turn' if waits else 'is being rendered'}"

    # A file.

    def ask_file(self) -> None:
        """Ask where to write the open file's result, and begin."""
        output = self._controller.proposed_output(self._outputs)
        if output is None:
            self._host.say("open a file first: o")
            return
        self._controller.prepare_rendering()  # while a name is typed
        form = FormScreen(
            "Render",
            [Field("Write to", short_path(output), is_path=True)],
            about="Writes the open file with this EQ, as loud as before or as its peaks allow. Tags and all else are "
            "kept; the extension names the format.",
            news=lambda: level_said(self._controller.level),
            do="Render",
            check=self._check_file,
        )
        self._host.push_screen(form, self._render_file)

    def _check_file(self, name: str) -> str:
        if not name:
            return "Give it a name."
        output = typed_path(name)
        if output.is_dir():
            return "This is a folder: add a file name."
        source = self._controller.file
        if source and output.suffix.lower() != source.path.suffix.lower() and format_of_suffix(output.suffix) is None:
            return f"Use the extension of a format, such as {source.path.suffix}."
        self._controller.rendering(output)
        if absolute(output) in self._outputs:
            return "This file is being rendered: choose another name."
        return check_output(output)

    @property
    def _outputs(self) -> list[Path]:
        """What will be written by what is rendered or waits."""
        current = self._files.current
        return [absolute(job.output) for job in [*([current] if current else []), *self._files.waiting]]

    def _render_file(self, answer: Answer | None) -> None:
        if answer is None:
            return
        try:
            job = self._controller.rendering(typed_path(answer.values[0]), overwrite=may_overwrite(answer))
        except EqmorphError as error:
            self._host.say_error(error)
            return
        if self._files.add(job):
            self._host.say(f"{show_path(job.name)} waits for its turn")

    def _do_file(self, job: FileRendering) -> FileRendered:
        try:
            return FileRendered(job, job.run(), None)
        except EqmorphError as error:
            return FileRendered(job, None, error)
        except Exception as error:  # any at all: others may wait for their turn
            return FileRendered(job, None, self._controller.unexpected(error))

    def file_ended(self, event: FileRendered) -> None:
        """Say how rendering a file ended."""
        name = show_path(event.job.name)
        if isinstance(event.error, Stopped):
            self._host.say(f"stopped: {name} was not written")
        elif event.error is not None:
            self._ended.append(ResultLine("failed", name, explain(event.error)))
            self._rendered[event.job.source] = "failed"
            self._host.say_error(event.error)
        elif event.result is not None:
            notes = "; ".join(event.result.notes)
            self._ended.append(ResultLine("done", name, notes, result_said(event.result)))
            self._rendered[event.job.source] = f"✓ {name}"
            self._host.say(f"written: {show_path(short_path(event.job.output))}{'; ' * bool(notes)}{notes}")

    # A folder.

    def ask_folder(self) -> None:
        """Ask for a folder and where its results go, and begin."""
        folder, output = self._controller.proposed_folders()
        form = FormScreen(
            "Render a folder",
            [Field("All audio in", short_path(folder), is_path=True), Field("Into", short_path(output), is_path=True)],
            about="Equalizes every file; adaptive words give each what it lacks. "
            "Results of an earlier run with the same settings are kept.",
            do="Render",
            switch="As an album: one EQ and one gain for all",
            check=self._check_folders,
        )
        self._host.push_screen(form, self._render_folder)

    def _check_folders(self, folder_name: str, output_name: str, album: bool) -> str:
        names = folder_name, output_name
        if not all(names):
            return "Name both folders."
        folder, output = map(typed_path, names)
        if not folder.is_dir():
            return "The folder to read from does not exist."
        if output.is_file():
            return "This is a file: choose a folder to write into."
        self._controller.folder_rendering(folder, output, album=album)
        # An album's plan would have it listened to; which files there are is the same for both.
        plan = self._controller.folder_rendering(folder, output).plan()
        return _check_plan(plan, is_album=album) or missing_folder(output)

    def _render_folder(self, answer: Answer | None) -> None:
        if answer is None:
            return
        try:
            folder, output = map(typed_path, answer.values)
            job = self._controller.folder_rendering(folder, output, album=answer.is_on)
        except EqmorphError as error:
            self._host.say_error(error)
            return
        if self._folders.add(job):
            self._host.say(f"{show_path(job.name)} waits for its turn")

    def _do_folder(self, job: FolderRendering) -> FolderRendered:
        try:
            job.run()
        except EqmorphError as error:
            return FolderRendered(job, error)
        except Exception as error:  # any at all: others may wait for their turn
            return FolderRendered(job, self._controller.unexpected(error))
        return FolderRendered(job, None)

    def folder_ended(self, event: FolderRendered) -> None:
        """Say how rendering a folder ended."""
        job = event.job
        self._ended += _result_lines(job)
        if isinstance(event.error, Stopped):
            self._host.say(f"stopped: {show_path(job.name)}")
            return
        if event.error is not None:
            self._host.say_error(event.error)
            return
        left = job.total - len(job.results)
        counts = [
            f"{job.count('done')} done",
            *(f"{n} {what}" for what in ("failed", "skipped") if (n := job.count(what))),
        ]
        counts += [f"{left} left"] if left else []
        self._host.say(f"{show_path(job.name)} {', '.join(counts)}; v lists them", is_error=bool(job.count("failed")))

    def show_results(self) -> None:
        """Show the list of everything rendered in this session."""
        self._host.push_screen(
            ResultsScreen(lambda: self.lines, lambda: self.text, queued=self.queued, cancel=self.cancel)
        )


def _result_lines(job: FolderRendering) -> list[ResultLine]:
    return [
        ResultLine(
            result.status,
            show_path(short_path(result.job.source if result.error else result.job.output)),
            explain(result.error)
            if result.error
            else result.reason or "; ".join(result.result.notes if result.result else ()),
            result_said(result.result) if result.result else (),
        )
        for result in list(job.results)
        if result.status != "planned"  # nothing is only previewed here
    ]


def _folder_said(job: FolderRendering) -> str:
    if job.is_preparing:
        return f"{show_path(job.name)} is listened to"
    return f"{show_path(job.name)} {len(job.results)} of {job.total}"


def _check_plan(plan: Batch, *, is_album: bool) -> str:
    total = len(plan.jobs)
    if plan.kept == total:
        raise UsageError(
            "every result exists already, and was not made by an earlier run",
            hint="Nothing is overwritten. Choose another folder to write into.",
        )
    problems = []
    results = sum(is_result(job.source) for job in plan.jobs if not job.skip)
    if results:
        problems.append(f"Named like results of this app, and equalized again: {results} of {total}.")
    if plan.kept:
        problems.append(f"Not made by an earlier run, and left alone: {plan.kept} of {total}.")
    if plan.replaced:
        settings = "unless as this album" if is_album else "with other settings"
        problems.append(f"Made by an earlier run {settings}, and replaced: {plan.replaced} of {total}.")
    return " ".join([*problems, "Go on?"]) if problems else ""
