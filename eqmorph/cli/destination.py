"""Find out where ``apply`` writes: into a folder, into one file or to stdout."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from eqmorph.errors import UsageError, show_path

if TYPE_CHECKING:
    from eqmorph.batch import Batch, Existing, Job

__all__ = ["STDIO", "Destination", "choose_destination", "existing_choice", "name_pipes", "refuse_addresses"]

STDIO = "-"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where results go: ``path`` is a folder or a file, a temporary one for stdout, or an address of either."""

    path: str | Path
    is_folder: bool = False
    is_stdout: bool = False


def choose_destination(output: str, inputs: tuple[str, ...], format_name: str | None, stack: ExitStack) -> Destination:
    """Return where results go; what is temporary goes away with ``stack``.

    Raises:
        UsageError: the inputs can't go there, or not in that format.
    """
    from eqmorph.batch.remote import is_url, local_path
    from eqmorph.cli import pipes

    output = str(local_path(output))
    if not output:
        raise UsageError("the output has no name", hint="Is a shell variable empty? . is the current folder.")
    if is_url(output):
        return Destination(output, is_folder=_is_folder(output, inputs))
    if output == STDIO:
        return Destination(pipes.file_for_stdout(stack, len(inputs), format_name), is_stdout=True)
    if _is_folder(output, inputs):
        return Destination(Path(output), is_folder=True)
    return Destination(Path(output))


def existing_choice(force: bool, skip_existing: bool, resume: bool, destination: Destination) -> Existing:
    """Return what to do about outputs that already exist."""
    if force + skip_existing + resume > 1:
        raise UsageError("--force, --skip-existing and --resume can't be combined")
    if resume and not destination.is_folder:
        raise UsageError("--resume requires an output folder", hint="For one file, use --skip-existing or --force.")
    if destination.is_stdout:
        return "overwrite"
    return "overwrite" if force else "skip" if skip_existing else "resume" if resume else "refuse"


def refuse_addresses(written: Mapping[str, Path | None]) -> None:
    """Refuse an address for what is written as it comes: only finished sounds go elsewhere.

    Raises:
        UsageError: one of these options names an address, of which a path has lost a slash.
    """
    for option, path in written.items():
        if path is not None and re.match(r"[a-z][a-z0-9+.-]+:/", path.as_posix()):
            raise UsageError(f"{option} writes to this machine, not to {path}", hint="Copy it when all is done.")


def name_pipes(batch: Batch, stdin: Path | None, destination: Destination) -> Batch:
    """Call the temporary files of pipes stdin and stdout."""
    if stdin is None and not destination.is_stdout:
        return batch

    def named(job: Job) -> Job:
        source_name = "stdin" if stdin is not None and job.source == stdin else job.source_name
        return replace(job, source_name=source_name, output_name="stdout" if destination.is_stdout else job.output_name)

    return replace(batch, jobs=[named(job) for job in batch.jobs])


def _is_folder(output: str, inputs: tuple[str, ...]) -> bool:
    """Tell whether an output is a folder, which it is unless one input goes into what looks like a file."""
    from eqmorph.audio.formats import AUDIO_SUFFIXES, UNWRITTEN_SUFFIXES

    if os.path.isdir(output) or output.endswith(("/", os.sep)):  # noqa: PTH112  (a Path forgets a trailing slash)
        return True
    is_file = os.path.isfile(output)  # noqa: PTH113  (a Path raises where the name is too long)
    suffix = Path(output).suffix.lower()
    if suffix in UNWRITTEN_SUFFIXES:
        return False  # the name of a file: that it can't be written is said when it is planned
    if len(inputs) > 1 or os.path.isdir(inputs[0]):  # noqa: PTH112
        if is_file or suffix in AUDIO_SUFFIXES:
            raise UsageError(
                f"{show_path(output)} is the name of a file, but several inputs need a folder",
                hint="Name the output folder last; a trailing slash marks a folder.",
            )
        return True
    return not is_file and suffix not in AUDIO_SUFFIXES
