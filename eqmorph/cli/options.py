"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

from eqmorph.cli import completing
from eqmorph.kind import AUTO, KINDS

__all__ = [
    "ANALYTIC",
    "ARCH_NAMES",
    "METHOD_NAMES",
    "RECIPE_NAMES",
    "STORY_NAMES",
    "DataOptions",
    "cache_option",
    "data_options",
    "encoder_option",
    "follow_links_option",
    "in_seconds",
    "jobs_option",
    "json_option",
    "kind_option",
    "model_option",
    "named_folders",
    "repair_option",
    "seconds",
    "seed_option",
    "size",
    "thesaurus_option",
    "weight_option",
]

#: As in `eqmorph.train.recipes.RECIPES`, repeated here so that a help page needs no torch.
RECIPE_NAMES = (
    *("response", "v1", "v1-raw", "v1-published", "v2"),
    *("transformer", "lite", "flow-2", "flow-3", "flow-8", "term-mean"),
)
STORY_NAMES = ("v1-published", "v1-raw", "v1", "v2")  #: as in `eqmorph.evaluate.story`
ANALYTIC = "analytic"  #: as in `eqmorph.analysis.encoders`
#: As in `eqmorph.train.audio`.
ARCH_NAMES = ("analytic", "cnn", "transformer")
METHOD_NAMES = ("match", "consistency")

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

model_option: Decorator = click.option(
    "--model",
    "model_folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="A model folder of your own. [default: EQMORPH_MODEL, else the shipped one]",
)
encoder_option: Decorator = click.option(
    "--encoder",
    default=ANALYTIC,
    show_default=True,
    metavar="NAME|PATH",
    shell_complete=completing.encoders,
    help="What listens: analytic, or a folder (or its encoder.onnx) that `eqmorph train audio` wrote.",
)
kind_option: Decorator = click.option(
    "--kind",
    type=click.Choice(KINDS),
    default=AUTO,
    show_default=True,
    help="What kind of sound it is; auto tells it by ear.",
)
cache_option: Decorator = click.option(
    "--no-cache", is_flag=True, help="Listen to every file, and keep nothing of it (see eqmorph cache)."
)
jobs_option: Decorator = click.option(
    "-j", "--jobs", type=click.IntRange(1, 256), help="Files at once. [default: all cores]"
)
follow_links_option: Decorator = click.option(
    "--follow-links", is_flag=True, help="Follow links in a folder that lead out of it; those inside always are."
)
repair_option: Decorator = click.option("--repair", is_flag=True, help="Use what can be read of a damaged file.")
json_option: Decorator = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
seed_option: Decorator = click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="The same seed gives the same result."
)

_NUMBER = r"\d+(?:[.,]\d*)?|[.,]\d+"
_CLOCK = re.compile(rf"(?:(?P<h>\d+):)?(?P<m>\d+):(?P<s>{_NUMBER})")
_UNITS = re.compile(
    rf"(?=\S)(?:(?P<h>{_NUMBER})\s*h)?\s*(?:(?P<m>{_NUMBER})\s*m(?:in)?)?\s*(?:(?P<s>{_NUMBER})\s*s(?:ec)?)?"
    rf"\s*(?:(?P<ms>{_NUMBER})\s*ms)?"
)
_BARE = re.compile(rf"(?P<s>{_NUMBER})")
_SIZE = re.compile(rf"(?P<count>{_NUMBER})\s*(?P<unit>[kmgt])(?:i?b)?")
_IN_BYTES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_IN_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def seconds(_context: click.Context, _parameter: click.Parameter, text: str | None) -> float | None:
    """Read a time such as ``500ms``, ``2s``, ``1.5``, ``0:10`` or ``1m30s``, in seconds."""
    if text is None:
        return None
    found = in_seconds(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is not a time. Write 2s, 500ms, 1.5, 0:10 or 1m30s.")
    return found


def size(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    """Read a size such as ``2GB``, ``1.5 G`` or ``500M``, in bytes."""
    if text is None:
        return None
    found = _SIZE.fullmatch(text.strip().lower())
    if found is None or not (count := float(found["count"].replace(",", "."))):
        raise click.BadParameter(f"{text!r} is not a size. Write 2GB or 500MB.")
    return round(count * _IN_BYTES[found["unit"]])


def in_seconds(text: str) -> float | None:
    """Return a time in seconds; None if a text is none."""
    plain = text.strip().lower()
    found = next((match for form in (_BARE, _CLOCK, _UNITS) if (match := form.fullmatch(plain))), None)
    if found is None:
        return None
    parts = {unit: value.replace(",", ".") for unit, value in found.groupdict().items() if value}
    return sum(float(value) * _IN_SECONDS[unit] for unit, value in parts.items())


@dataclass(frozen=True, slots=True)
class DataOptions:
    """The data that a command line names."""

    safe: Path | None
    audealize: Path | None
    socialfx: Path | None
    contributions: Path | None
    synthetic: int
    min_count: int


def data_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name data; the function gets them as ``source``, a `DataOptions`."""
    file = click.Path(dir_okay=False, path_type=Path)
    options = [
        click.option("--safe", type=file, metavar="FILE", help="SAFE-DB's SAFEEqualiserUserData.csv."),
        click.option("--audealize", type=file, metavar="FILE", help="Audealize's eqdescriptors.json."),
        click.option(
            "--socialfx", type=file, metavar="FILE", help="SocialFX's equalization data (parquet; needs pyarrow)."
        ),
        click.option(
            "--contributions", type=file, metavar="FILE", help="SocialFX's single answers, eq_contributions.csv."
        ),
        click.option(
            "--synthetic",
            type=click.IntRange(0),
            default=0,
            metavar="N",
            help="Add N settings made up from engineering practice.",
        ),
        click.option(
            "--min-count",
            type=click.IntRange(1),
            default=1,
            metavar="N",
            help="Leave out words that fewer than N settings and people stand behind.",
        ),
    ]

    @wraps(function)
    def with_source(*args: Any, **how: Any) -> Any:
        source = DataOptions(**{field.name: how.pop(field.name) for field in fields(DataOptions)})
        return function(*args, source=source, **how)

    wrapped: Callable[..., Any] = with_source
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped


thesaurus_option: Decorator = click.option(
    "--thesaurus",
    "thesauri",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A thesaurus or dictionary that says which words mean nearly the same. May be repeated.",
)


def weight_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``--weight NAME=NUMBER``, given once or more: the argument ``weights``, by name."""

    def read(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
        weights = {}
        for value in values:
            name, _, number = value.rpartition("=")
            try:
                weights[name] = float(number)
            except ValueError:
                name = ""
            if not (name and 0 < weights[name] < float("inf")):
                raise click.BadParameter(f"{value!r} is not NAME=NUMBER above 0, such as songs=2")
        return weights

    return click.option(
        "--weight",
        "weights",
        multiple=True,
        metavar="NAME=NUMBER",
        callback=read,
        help="Weigh a corpus by more or less than 1. May be repeated.",
    )(function)


def named_folders(option: str, *, help: str, required: bool = True, argument: str = "corpora") -> Decorator:
    """Return an option ``[NAME=]FOLDER``, given once or more: an ``argument``, pairs of name and folder.

    A folder given without a name goes by its own.
    """

    def split(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, Path]]:
        pairs = []
        for value in values:
            name, equals, folder = value.partition("=")
            if not equals:
                name, folder = Path(value).resolve().name, value
            if not (name and folder):
                raise click.BadParameter(f"{value!r} is not NAME=FOLDER, such as speech=voices")
            pairs.append((name, Path(folder)))
        return pairs

    return click.option(
        option, argument, multiple=True, required=required, metavar="[NAME=]FOLDER", callback=split, help=help
    )
