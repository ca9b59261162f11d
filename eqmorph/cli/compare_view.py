"""Show versions of one sound side by side: a table, what held them back, bands and curves; and as data."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import Any

import click

from eqmorph.analysis import percent
from eqmorph.bands import erb_points
from eqmorph.cli.output import can_print, duration, listing, one_line, paint, table
from eqmorph.compare.render import Rendered
from eqmorph.compare.versions import Comparison, Version
from eqmorph.errors import show_path
from eqmorph.plot.curve import db_axis
from eqmorph.plot.terminal import draw_curve
from eqmorph.shell import command_line
from eqmorph.wording import decibels

__all__ = ["as_data", "show_blind", "show_comparison", "show_files"]

_NARROWEST_PLOT = 34  # columns; the labels of its axes need that many to be read
_PLOT_LINES = 11
_GUTTER = "  "
_MUCH_LOST = 2 / 3  # of what a word would get alone: what is said where it keeps less
_STYLES: dict[str, dict[str, Any]] = {
    "curve": {"fg": "cyan", "bold": True},
    "grid": {"fg": "bright_black"},
    "zero": {"fg": "bright_black"},
    "label": {},
}


def show_comparison(comparison: Comparison) -> None:
    """Print all versions side by side."""
    parts = [_head(comparison), _facts(comparison), _effects(comparison), _bands(comparison), _curves(comparison)]
    lines = chain.from_iterable(("", *part) if number and part else part for number, part in enumerate(parts))
    for line in lines:
        click.echo(line)


def show_blind(comparison: Comparison, rendered: Rendered) -> None:
    """Print what was written and nothing that tells the versions apart."""
    click.echo(paint(_name(comparison), bold=True))
    for file in rendered.files:
        click.echo(f"  {show_path(file.path)}")
    level = decibels(comparison.original.levelled.lufs, "LUFS")
    folder = rendered.files[0].path.parent
    kept = "Keep that line: if reveal shows the same, nobody has changed the key. It is encoded, not encrypted."
    lines = [
        f"{len(rendered.files)} versions at {level}, in an order of chance.",
        f"Which is which: {command_line(['eqmorph', 'compare', 'reveal', show_path(folder)])}",
        f"commitment {rendered.commitment}",
        *listing([(kept,)]),
    ]
    for line in lines:
        click.echo(line)


def show_files(comparison: Comparison, rendered: Rendered) -> None:
    """Print what was written."""
    level = decibels(comparison.original.levelled.lufs, "LUFS")
    click.echo()
    for file in rendered.files:
        click.echo(show_path(file.path))
    trim_db = comparison.original.trim.ceiling_db
    quieter = f", {-trim_db:.1f} dB below the file, so that no peak passes the ceiling" if trim_db < -0.05 else ""
    click.echo(f"All are at {level}{quieter}.")
    for note in dict.fromkeys(note for file in rendered.files for note in file.result.notes):
        click.echo(f"note: {note}")


def _name(comparison: Comparison) -> str:
    return f"{show_path(comparison.info.path)}  {one_line(comparison.target)}"


def _head(comparison: Comparison) -> list[str]:
    original = comparison.original
    facts = [
        comparison.kind or "kind unknown",
        duration(comparison.duration_s),
        decibels(original.after.lufs, "LUFS"),
        decibels(original.after.true_peak_db, "dBTP"),
    ]
    lines = [paint(_name(comparison), bold=True), ", ".join(facts)]
    if comparison.is_silent:
        lines.append("silence: there is nothing to adapt to")
    return lines


def _facts(comparison: Comparison) -> list[str]:
    """Return the table: a column for each version, as many beside each other as there is room for."""
    heads = ["", *_row_names(comparison)]
    columns = [_column(comparison, version) for version in comparison.versions]
    widths = [max(map(len, column)) + 2 for column in columns]
    room = shutil.get_terminal_size().columns - max(map(len, heads))
    lines: list[str] = []
    for group in _groups(widths, room):
        rows = list(zip(heads, *(columns[place] for place in group), strict=True))
        first, *rest = table(rows, right=range(1, len(group) + 1))
        lines += ["", paint(first, bold=True), *rest] if lines else [paint(first, bold=True), *rest]
    return lines


def _groups(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Divide columns of these widths into groups that fit; a group has one at least."""
    group: list[int] = []
    for place, width in enumerate(widths):
        if group and sum(widths[at] for at in group) + width > room:
            yield group
            group = []
        group.append(place)
    yield group


def _row_names(comparison: Comparison) -> list[str]:
    words = () if comparison.is_silent else (*comparison.words, *(f"({word})" for word in comparison.beside))
    return [*words, "largest move", "loudness, LUFS", "gain to equal", "peak then, dBTP"]


def _column(comparison: Comparison, version: Version) -> list[str]:
    places = [] if comparison.is_silent else comparison.places(version)
    return [
        version.name,
        *(f"{percent(place.percentile)}%" for place in places),
        f"{version.largest_db:+.1f} dB" if round(version.largest_db, 1) else "–",
        decibels(version.after.lufs, "").strip(),
        decibels(version.trim.total_db, "dB", signed=True),
        decibels(version.levelled.true_peak_db, "").strip(),
    ]


def _effects(comparison: Comparison) -> list[str]:
    """Say of each version what it does, and what held it back."""
    return listing([(version.name, _effect(comparison, version)) for version in comparison.versions[1:]])


def _effect(comparison: Comparison, version: Version) -> str:
    said = [version.description]
    if twin := comparison.twin(version):
        said.append(f"the same as {twin}")
    account = version.account
    if account is not None:
        words = account.words if len(account.words) > 1 else ()
        said += [f"{word.word} keeps {percent(word.kept)}%" for word in words if word.kept < _MUCH_LOST]
        if account.held_back:
            said.append(f"held back {', '.join(account.held_back)}")
    if version.scale < 1:
        said.append(f"turned down to {min(version.scale, 0.99):.0%} to stay within the gain limit")
    return "; ".join([*said, *version.notes])


def _bands(comparison: Comparison) -> list[str]:
    rows = [
        (version.name, str(version.bands.rounded()) if not version.bands.is_flat else "no bands")
        for version in comparison.versions[1:]
    ]
    return listing(rows)


def _curves(comparison: Comparison) -> list[str]:
    """Draw the curves on one scale, as many beside each other as there is room for."""
    rate = comparison.info.sample_rate
    curves = [(version.name, version.bands.sampled(rate)) for version in comparison.versions[1:]]
    axis = db_axis([curve for _, curve in curves])
    # One column less: some terminals wrap a line that fills them.
    columns = shutil.get_terminal_size().columns - 1
    beside = max(min((columns + len(_GUTTER)) // (_NARROWEST_PLOT + len(_GUTTER)), len(curves)), 1)
    width = (columns + len(_GUTTER)) // beside - len(_GUTTER)
    is_ascii = not can_print("⣿┈┊┼─")
    lines: list[str] = []
    for start in range(0, len(curves), beside):
        pictures = []
        for name, curve in curves[start : start + beside]:
            drawn = draw_curve(curve, width=width, height=_PLOT_LINES, ascii_only=is_ascii, axis=axis)
            pictures.append([_padded(((name, "name"),), width), *(_padded(line, width) for line in drawn)])
        lines += ["", *_joined(pictures)] if lines else _joined(pictures)
    return lines


def _padded(line: Sequence[tuple[str, str]], width: int) -> str:
    """Paint a line and fill it up."""
    length = sum(len(text) for text, _ in line)
    return "".join(paint(text, **_STYLES.get(role, {"bold": True})) for text, role in line) + " " * (width - length)


def _joined(pictures: Sequence[Sequence[str]]) -> list[str]:
    return [_GUTTER.join(row).rstrip() for row in zip_longest(*pictures, fillvalue="")]


def as_data(comparison: Comparison, rendered: Rendered | None) -> dict[str, Any]:
    """Return plain data for JSON. Of a blind comparison, nothing that tells which file is which version."""
    info = comparison.info
    is_blind = rendered is not None and rendered.key is not None
    data: dict[str, Any] = {
        "file": str(info.path),
        "target": comparison.target,
        "kind": comparison.kind,
        "duration_s": comparison.duration_s,
        "sample_rate": info.sample_rate,
        "channels": info.channels,
        "is_silent": comparison.is_silent,
        "equal_loudness_lufs": comparison.original.levelled.lufs,
        "ceiling_trim_db": comparison.original.trim.ceiling_db,
        "versions": [_version_data(comparison, version) for version in comparison.versions],
    }
    if rendered is not None:
        data["rendered"] = [
            {"file": str(file.path), **({} if is_blind else {"version": file.version.name})} for file in rendered.files
        ]
        data["key"] = str(rendered.key) if rendered.key is not None else None
        data["commitment"] = rendered.commitment or None
    return data


def _version_data(comparison: Comparison, version: Version) -> dict[str, Any]:
    freqs_hz, gain_db = erb_points(version.bands.sampled(comparison.info.sample_rate))
    return {
        "name": version.name,
        "mode": version.mode,
        "amount": version.amount,
        "description": version.description,
        "same_as": comparison.twin(version) or None,
        "words": [
            {
                "word": place.word,
                "is_asked_for": place.word in comparison.words,
                "score": place.score,
                "percentile": place.percentile,
            }
            for place in ([] if comparison.is_silent else comparison.places(version))
        ],
        "largest_db": version.largest_db,
        "loudness_lufs": version.after.lufs,
        "true_peak_dbtp": version.after.true_peak_db,
        "level_trim_db": version.trim.level_db,
        "ceiling_trim_db": version.trim.ceiling_db,
        "levelled_true_peak_dbtp": version.levelled.true_peak_db,
        "bands": version.bands.to_list(),
        "curve": {"freqs_hz": freqs_hz.tolist(), "gain_db": gain_db.tolist()},
        "scale": version.scale,
        "decision": version.account.to_dict() if version.account is not None else None,
        "notes": list(version.notes),
    }
