"""Saving from the app: presets, EQs, the command line."""

from __future__ import annotations

from pathlib import Path

from eqmorph.errors import EqmorphError, show_path
from eqmorph.presets import save_preset, user_preset_path
from eqmorph.tui.controller import Controller
from eqmorph.tui.host import FlowHost
from eqmorph.tui.paths import free_path, short_path, typed_path
from eqmorph.tui.preview import Preview
from eqmorph.tui.saving import EXPORTS, export_eq, preset_of
from eqmorph.tui.screens.dialog import check_free, check_output
from eqmorph.tui.screens.form import Answer, Field, FormScreen, may_overwrite

__all__ = ["SaveFlow"]


class SaveFlow:
    """Asks for names, and writes.

    Args:
        controller: the session.
        host: the app.
    """

    def __init__(self, controller: Controller, host: FlowHost) -> None:
        self._controller, self._host = controller, host

    def ask_preset(self) -> None:
        """Ask for a name, and save the blend under it."""
        blend = self._controller.blend
        is_words = blend.is_adaptive and blend.target and not blend.in_hand
        what = "the words, which adapt to each sound" if is_words else "the bands as they are"
        what += " for this sound: some were changed by hand" if blend.in_hand else ""
        words = "-".join(term.word for term in blend.wanted) or "flat"
        form = FormScreen(
            "Save as a preset",
            [Field("Name", words)],
            about=f"Saves {what}.\nUse it with: eqmorph apply ... --preset NAME",
            do="Save",
            check=_check_preset,
        )
        self._host.push_screen(form, self._save_preset)

    def _save_preset(self, answer: Answer | None) -> None:
        if answer is None:
            return
        preview = self._current_preview()
        try:
            preset = preset_of(answer.values[0], preview.blend, preview.bands, preview.description)
            path = save_preset(preset, overwrite=answer.is_sure)
        except EqmorphError as error:
            self._host.say_error(error)
        else:
            self._host.say(f"saved: --preset {preset.name} ({show_path(path)})")

    def ask_export(self) -> None:
        """Ask for a file, and write the EQ to it."""
        file = self._controller.file
        folder, stem = (file.path.parent, f"{file.path.stem}-eq") if file else (Path(), "eq")
        form = FormScreen(
            "Export the EQ",
            [Field("Write to", short_path(free_path(folder, stem, ".toml")), is_path=True)],
            about="The extension names the format: .toml (a preset), .json, or .txt (LS 120 +3; ...). "
            "Use the file with: eqmorph apply ... --bands FILE",
            do="Export",
            check=_check_export,
        )
        self._host.push_screen(form, self._export)

    def _export(self, answer: Answer | None) -> None:
        if answer is None:
            return
        preview = self._current_preview()
        try:
            path = typed_path(answer.values[0])
            export_eq(path, preview.bands, preview.description, overwrite=may_overwrite(answer))
        except EqmorphError as error:
            self._host.say_error(error)
        else:
            self._host.say(f"written: {show_path(short_path(path))}")

    def copy_command(self) -> None:
        """Copy the command line that gives the same result, and show it."""
        try:
            command = self._controller.command()
        except EqmorphError as error:
            self._host.say_error(error)
            return
        self._host.copy_to_clipboard(command)
        self._host.say("copied")
        self._host.note(command, title="Copied")

    def _current_preview(self) -> Preview:
        # Mostly worked out by now, since a form was filled in meanwhile.
        return self._controller.current_preview()


def _check_preset(name: str) -> str:
    if not name:
        return "Give it a name."
    path = typed_path(str(user_preset_path(name)))
    return "You have a preset of this name. Overwrite it?" if check_free(path) else ""


def _check_export(name: str) -> str:
    path = typed_path(name)
    if path.suffix.lower() not in EXPORTS:
        return f"Use one of the extensions {', '.join(EXPORTS)}."
    if path.is_dir():
        return "This is a folder: add a file name."
    return check_output(path)
