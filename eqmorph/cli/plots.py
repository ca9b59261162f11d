"""``--plot FILE``: what a command shows, drawn by matplotlib."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli.settings import is_typed
from eqmorph.errors import ExistsError, UsageError, show_path
from eqmorph.plot.formats import FORMATS, STYLE_NAMES
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from eqmorph.figures.style import Style

__all__ = ["PlotFile", "plot_options"]

_ENDINGS = f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}"


@dataclass(frozen=True, slots=True)
class PlotFile:
    """A figure that is to be drawn: where it goes, how it is to look, and whether it may replace another."""

    path: Path
    style: str
    overwrite: bool

    def check(self) -> None:
        """Refuse what can't be drawn, before anything is done."""
        if self.path.suffix.lower() not in FORMATS:
            raise UsageError(
                f"{show_path(self.path)} is not the name of a plot", hint=f"Plots are written as {_ENDINGS}."
            )
        if self.path.is_dir():
            raise UsageError(f"{show_path(self.path)} is a folder", hint="Name a file in it.")
        if self.path.exists() and not self.overwrite:
            raise ExistsError("already exists", hint=Phrase("{} overwrites it.", Means.REPLACE), path=self.path)
        if find_spec("matplotlib") is None:
            raise UsageError("--plot needs matplotlib", hint='Install it with: pip install "eqmorph[plot]"')

    def draw(self, draw: Callable[[Style], Figure]) -> None:
        """Draw and write the figure, which appears when it is complete, and say so on stderr."""
        from eqmorph.audio.atomic import AtomicFile, explain_os_error
        from eqmorph.figures.style import STYLES, encoded

        style = STYLES[self.style]
        data = encoded(draw(style), self.path.suffix, style)
        with AtomicFile(self.path, overwrite=self.overwrite) as out:
            try:
                out.temp.write_bytes(data)
            except OSError as error:
                raise explain_os_error(error, self.path) from error
            out.commit()
        click.echo(f"The plot is in {show_path(self.path)}", err=True)

    def say_nothing_to_draw(self, why: str) -> None:
        """Say why there is no figure."""
        click.echo(f"note: {why}, so {show_path(self.path)} is not written", err=True)


def plot_options(what: str, *, with_force: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options ``--plot`` and ``--plot-style``; the command gets them as ``plot``, a `PlotFile` or None.

    Args:
        what: what is drawn, for the help.
        with_force: add ``--force``, too, to a command that writes nothing else.
    """
    options = [
        click.option(
            "--plot",
            "plot_path",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=f"Draw {what}: {_ENDINGS} (needs eqmorph[plot]).",
        ),
        click.option(
            "--plot-style",
            type=click.Choice(STYLE_NAMES),
            default=STYLE_NAMES[0],
            show_default=True,
            help="How --plot looks: for a page, or a slide of 16:9.",
        ),
    ]
    if with_force:
        options.append(click.option("-f", "--force", is_flag=True, help="Overwrite an existing plot."))

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def with_plot(*args: Any, plot_path: Path | None, plot_style: str, **how: Any) -> Any:
            force = bool(how.pop("force") if with_force else how.get("force"))
            plot = PlotFile(plot_path, plot_style, force) if plot_path is not None else None
            if plot is not None:
                plot.check()
            elif is_typed(click.get_current_context(), "plot_style"):
                raise UsageError("--plot-style is of a plot", hint="Name one: --plot FILE.png")
            elif with_force and force:
                raise UsageError("--force requires --plot: there is nothing else to overwrite")
            return function(*args, plot=plot, **how)

        wrapped: Callable[..., Any] = with_plot
        for option in reversed(options):
            wrapped = option(wrapped)
        return wrapped

    return decorate
