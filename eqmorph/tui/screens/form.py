"""A form: a few lines to fill in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Checkbox, Static
from textual.worker import Worker

from eqmorph.errors import EqmorphError
from eqmorph.tui.screens.dialog import OVERWRITE_QUESTION, Dialog, explain, now
from eqmorph.tui.widgets.text_input import TextInput, unescaped

__all__ = ["Answer", "Field", "FormScreen", "may_overwrite"]


READ_S = 0.5  # a question must be shown this long before a yes counts
_NEWS_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Field:
    """A line to fill in, and its first value: a path, or any text."""

    label: str
    value: str = ""
    is_path: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What was filled in.

    Attributes:
        values: the lines.
        question: what was asked about them and answered with a yes; empty if nothing was.
        is_on: whether the form's switch is on.
    """

    values: tuple[str, ...]
    question: str = ""
    is_on: bool = False

    @property
    def is_sure(self) -> bool:
        return bool(self.question)


def may_overwrite(answer: Answer) -> bool:
    """Tell whether it was asked about an existing file, and answered with a yes, that it may be overwritten."""
    return answer.question == OVERWRITE_QUESTION


class _Switch(Checkbox):
    """Space turns it on and off; Enter does what the form does, as in its lines."""

    BUTTON_INNER = " "  # Textual tells on from off by color alone
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "screen.submit", show=False)]

    def watch_value(self) -> None:
        self.BUTTON_INNER = "✓" if self.value else " "
        super().watch_value()


class FormScreen(Dialog[Answer | None]):
    """Asks for some lines; closes with an `Answer`, or with None.

    Args:
        title: what the form does.
        fields: the lines.
        about: what will happen, in a sentence or two.
        do: the button's label.
        news: returns a line that may change while the form is shown.
        switch: what can be switched on below the lines; empty for nothing.
        check: given the lines, and whether the switch is on if there is one, returns a problem or "". One that ends in
            ? is a question, and submitting again is a yes; other problems, and errors it raises, must be fixed. Runs in
            a thread: it may look at many files.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="form.back", tooltip="Close without doing anything"),
    ]

    HELP: ClassVar[str] = """\
**Fill in**

`Enter` in a line, or the button, does what the title says. Problems are shown below the lines; if it is a question,
`Enter` once more is a yes. A name without a folder is in the folder eqmorph was started in; `~` is your home folder.
`Tab` moves between the lines and the buttons; `Space` turns a switch on and off.
"""

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        *,
        about: str = "",
        do: str = "OK",
        news: Callable[[], str] | None = None,
        switch: str = "",
        check: Callable[..., str] = lambda *_: "",
    ) -> None:
        super().__init__()
        self._news, self._switch = news, switch
        self._title, self._fields, self._about, self._do = title, fields, about, do
        self._check = check
        self._asked: tuple[tuple[str, ...], str] | None = None
        self._asked_at = 0.0

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            if self._about:
                yield Static(self._about, classes="about", markup=False)
            if self._news is not None:
                yield Static(self._news(), id="news", markup=False)
            for field in self._fields:
                yield Static(field.label, classes="label", markup=False)
                yield TextInput(field.value, is_path=field.is_path)
            if self._switch:
                yield _Switch(Content(self._switch), compact=True)
            yield Static("", id="problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(f"{self._do}  ⏎", id="do", compact=True, variant="primary")
                yield Button("Back  Esc", id="back", compact=True)

    def on_mount(self) -> None:
        if self._news is not None:
            self.set_interval(_NEWS_EVERY_S, self._show_news)

    def _show_news(self) -> None:
        if self._news is not None:
            self.query_one("#news", Static).update(self._news())

    def action_submit(self) -> None:
        self.query_one("#do", Button).press()

    @on(TextInput.Submitted)
    @on(Button.Pressed, "#do")
    def _submit(self, event: Message) -> None:
        if self.is_busy:
            return
        self.is_busy = True
        self._check_and_close(self._values, self._is_on, event.time if self.typed_at is None else self.typed_at)

    @property
    def _values(self) -> tuple[str, ...]:
        lines = self.query(TextInput)
        return tuple(
            unescaped(line.value.strip(), field.value) for line, field in zip(lines, self._fields, strict=True)
        )

    @property
    def _is_on(self) -> bool:
        return any(box.value for box in self.query(Checkbox))

    @work(group="check", exit_on_error=False)
    async def _check_and_close(self, values: tuple[str, ...], is_on: bool, submitted: float) -> None:
        """Show the problem with these lines; if there is none, or the question was answered, close with them.

        This runs in the background: the files it looks at may be on a slow disk, and Esc must not wait for that.
        """
        try:
            problem = await asyncio.to_thread(self._check, *values, *([is_on] if self._switch else []))
            is_question = problem.endswith("?")
        except EqmorphError as error:
            problem, is_question = explain(error), False
        finally:
            self.is_busy = False
            self.post_message(self.Ready())
        if not self.is_active or (values, is_on) != (self._values, self._is_on):  # closed meanwhile, or changed
            return
        # A key pressed before the question could be read doesn't answer it, nor does a key held down.
        is_answer = (values, problem) == self._asked and submitted > self._asked_at + READ_S
        if not problem or (is_question and is_answer):
            self.dismiss(Answer(values, problem if is_question else "", is_on))
            return
        self._show_problem(f"{problem} Press Enter again to confirm." if is_question else problem)
        self._asked, self._asked_at = (values, problem), now()

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        self.app.post_message(event)  # which reports unexpected errors

    @on(Checkbox.Changed)
    @on(TextInput.Changed)
    def _changed(self) -> None:
        self._asked = None
        self._show_problem("")

    def _show_problem(self, text: str) -> None:
        self.query_one("#problem", Static).update(text)

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.dismiss(None)
