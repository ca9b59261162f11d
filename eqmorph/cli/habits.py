"""What users of other programs type first, and the line that they should have typed.

Nothing is guessed behind anybody's back: a command line that is refused is looked through for habits of sox, ffmpeg,
matchering and AutoEq, and if it has one, the answer names the line that does what was probably meant. It is offered
only if it can be parsed. What is known of habits is in the tables below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

import click

from eqmorph.errors import EqmorphError, UsageError

__all__ = ["helped"]


class _Command(NamedTuple):
    """What a word for a command means here; ``{}`` stands for the file that follows."""

    line: str
    remark: str = ""


class _Option(NamedTuple):
    """What an option of another program becomes: None says only the remark. With a value, ``{}`` stands for it."""

    becomes: str | None
    has_value: bool = True
    remark: str = ""


_APPLY = "apply"
_EXPORT = "export"
_KEPT = "The sample rate, channels and length stay as they are."
_WHOLE = "Files are equalized whole."
_COMMANDS = {
    **dict.fromkeys(("info", "stat", "stats", "soxi", "probe", "describe"), _Command("analyze {}")),
    **dict.fromkeys(("play", "preview", "listen", "gui", "ui"), _Command("tui {}")),
    **dict.fromkeys(("words", "vocabulary", "tags"), _Command("terms")),
    **dict.fromkeys(("list", "ls", "effects"), _Command("presets")),
    "version": _Command("--version"),
}
_APPLY_NAMES = {
    **dict.fromkeys(("equalize", "equalise", "process", "run", "batch", "filter", "render", "effect"), ""),
    **dict.fromkeys(("master", "match", "matching"), "REFERENCE"),
    **dict.fromkeys(("norm", "normalize", "normalise", "loudnorm", "loudness"), "LEVEL"),
    **dict.fromkeys(("convert", "encode", "transcode"), "CONVERT"),
}
_INPUT, _OUTPUT, _EQ, _CODEC, _VBR = "INPUT", "OUTPUT", "EQ", "CODEC", "VBR"
_OPTIONS = {
    **dict.fromkeys(("-i", "--input", "--in", "--input-file", "--input-dir", "--source", "--file"), _Option(_INPUT)),
    **dict.fromkeys(
        ("-o", "--output", "--out", "--outdir", "--output-file", "--output-dir", "--dest", "--result"),
        _Option(_OUTPUT),
    ),
    **dict.fromkeys(("-t", "--word", "--words"), _Option("--target {}")),
    **dict.fromkeys(("-p",), _Option("--preset {}")),
    **dict.fromkeys(("-r", "-ar", "--rate-hz", "--fs", "-c", "-ac", "--channels"), _Option(None, remark=_KEPT)),
    **dict.fromkeys(("-af", "-filter:a", "-filter_complex", "-lavfi", "--eq", "--filter"), _Option(_EQ)),
    **dict.fromkeys(("-b:a", "-ab", "--abr", "--cbr"), _Option("--bitrate {}")),
    **dict.fromkeys(("-q:a", "-aq", "-qscale:a", "-V", "--vbr"), _Option(_VBR)),
    **dict.fromkeys(("-c:a", "-codec:a", "-acodec", "--codec"), _Option(_CODEC)),
    **dict.fromkeys(("-ss", "-to", "-sseof"), _Option(None, remark=_WHOLE)),
    **dict.fromkeys(("-map", "-metadata", "-loglevel"), _Option(None)),
    **dict.fromkeys(("--parametric-eq", "--fixed-band-eq", "--convolution-eq"), _Option(None, False)),
    **dict.fromkeys(("-g", "--gain", "--volume", "-vol"), _Option(None, remark="How loud it gets is for --level.")),
    **dict.fromkeys(("-b", "--bits"), _Option("--bit-depth {}")),
    **dict.fromkeys(("-y", "--yes", "--overwrite", "--clobber"), _Option("--force", False)),
    **dict.fromkeys(("--threads", "--workers", "-threads"), _Option("--jobs {}")),
    **dict.fromkeys(("--ref",), _Option("--reference {}")),
    **dict.fromkeys(("--strength", "--mix", "--wet"), _Option("--amount {}")),
    **dict.fromkeys(("--lufs", "--loudness"), _Option("--level {}")),
    **dict.fromkeys(("-R", "--recursive"), _Option(None, False, "Folders are taken whole.")),
    **dict.fromkeys(("-vn", "-hide_banner", "-nostdin", "-norm", "--norm"), _Option(None, False)),
}
#: What ffmpeg's encoders and sox's encodings are here.
_CODECS = {
    **dict.fromkeys(("mp3", "libmp3lame", "lame"), "--format mp3"),
    **dict.fromkeys(("aac", "libfdk_aac", "alac"), "--format m4a"),
    **dict.fromkeys(("opus", "libopus"), "--format opus"),
    **dict.fromkeys(("vorbis", "libvorbis"), "--format ogg"),
    "flac": "--format flac",
    **dict.fromkeys(("float", "floating-point", "pcm_f32le"), "--bit-depth 32f"),
    "pcm_s16le": "--bit-depth 16",
    "pcm_s24le": "--bit-depth 24",
    "pcm_s32le": "--bit-depth 32",
}
_ENCODINGS = {"float", "floating-point", "signed", "signed-integer", "unsigned-integer", "a-law", "mu-law", "u-law"}
#: Options that others have for `eqmorph export`, and what they are there.
_EXPORT_OPTIONS = {
    **dict.fromkeys(("-t", "-f", "--format", "--type", "--as", "--export", "--target-format"), "--to"),
    **dict.fromkeys(("-p",), "--preset"),
    **dict.fromkeys(("--eq", "--filter", "-b"), "--bands"),
    **dict.fromkeys(("-i", "--input", "--report"), "--from"),
    **dict.fromkeys(("--output", "--output-file"), "--out"),
}
#: sox's effects that its own notation writes and ``--bands`` reads.
_EFFECTS = {"bass", "treble", "equalizer", "highpass", "lowpass", "bandpass", "bandreject", "band"}
_OTHER_EFFECTS = {
    "gain",
    "vol",
    "norm",
    "rate",
    "trim",
    "fade",
    "reverb",
    "compand",
    "remix",
    "dither",
    "speed",
    "tempo",
}
_TIME = re.compile(r"[\d:.]+(s|ms)?")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?[a-zA-Z%]*")
_EXAMPLE = "warm:0.5"


def helped(error: EqmorphError, main: click.Group, words: Sequence[str]) -> EqmorphError:
    """Return an error that names the line to type, if the one that was typed comes of a habit; else the same one."""
    if "--" in words or {"-h", "--help"} & set(words) or not words:
        return error
    for line, remark in _answers(main, list(words)):
        if line != list(words) and _can_be_parsed(main, line):
            from eqmorph.shell import command_line

            typed = command_line(["eqmorph", *line])
            return UsageError(error.problem, hint=f"{remark} Type: {typed}".strip(), path=error.path)
    return error


def _answers(main: click.Group, words: list[str]) -> list[tuple[list[str], str]]:
    """Return the lines that may have been meant, the likeliest first, each with what else there is to say."""
    first, *rest = words
    if first == "eqmorph" and rest:  # a line that was pasted after the name
        return [*_answers(main, rest), (rest, "")]
    if first == _EXPORT:
        return _as_export(rest)
    known = main.list_commands(click.Context(main))
    if first in _COMMANDS:
        files = [word for word in rest if _is_file(word)][:1]
        line = [part for part in _COMMANDS[first].line.split() if part != "{}"] + files
        return [(line, _COMMANDS[first].remark)]
    if first == _APPLY:
        return _as_apply(main, rest, "", is_called=True)
    if first in _APPLY_NAMES:
        return _as_apply(main, rest, _APPLY_NAMES[first])
    if first in known:
        return _as_apply(main, rest, "") if first == "eq" and any(map(_is_file, rest)) else []
    if first.startswith("-") or _is_file(first):
        return _as_apply(main, words, "")
    if not _is_target(first) and not _is_target(" ".join(words)):
        return []  # a command misspelt, or anything
    return _as_apply(main, words, "") if any(map(_is_file, rest)) else [(["eq", " ".join(words)], "")]


def _as_apply(
    main: click.Group, words: list[str], what: str, *, is_called: bool = False
) -> list[tuple[list[str], str]]:
    """Read words as a call of `eqmorph apply`, whatever their order and whoever's options they are."""
    read = _Read(words, _with_values(main))
    files, target = read.files, read.target
    has_one = not is_called or read.has_habit or target or len(files) < 2 or _reversed(files) or _all_inputs(files)
    if not files or not has_one:
        return []
    remarks, more = [read.remark], []
    if what == "REFERENCE" and len(files) >= 2:
        source, reference, *out = files
        files, more = [source, *(out[:1] or [_beside(source, "matched")])], ["--reference", reference]
    elif what == "LEVEL":
        more, remarks = ["--level", "-16"], [*remarks, "eqmorph equalizes, and sets the loudness on the way."]
    elif what == "CONVERT":
        remarks.append("eqmorph equalizes, and can write another format on the way.")
    if target:
        more = ["--target", target, *more]
    return [(_line(read, files, more), " ".join(filter(None, remarks)))]


def _as_export(words: list[str]) -> list[tuple[list[str], str]]:
    """Read words as a call of `eqmorph export`, in which the format may stand anywhere."""
    line, eqs, to, has_habit = [_EXPORT], 0, "", False
    todo = list(words)
    while todo:
        word = todo.pop(0)
        name, equals, value = word.partition("=")
        ours = _EXPORT_OPTIONS.get(name)
        if ours == "--to" and (equals or todo) and _is_format(value if equals else todo[0]):
            to, has_habit = value if equals else todo.pop(0), True
        elif ours is not None and ours != "--to":
            line, has_habit = [*line, ours, *([value] if equals else [])], True
            eqs += ours in ("--preset", "--bands", "--from")
        elif not word.startswith("-") and not to and "--to" not in words and _is_format(word) and eqs:
            to, has_habit = word, True
        else:
            line.append(word)
            eqs += not word.startswith("-") or word in ("--preset", "--bands", "--from")
    return [([*line, *(["--to", to] if to else [])], "")] if has_habit else []


def _is_format(word: str) -> bool:
    from eqmorph.exchange import find_format

    try:
        return find_format(word) is not None
    except EqmorphError:
        return False


def _line(read: _Read, files: list[str], more: list[str]) -> list[str]:
    options = [*more, *read.options]
    has_eq = {"--target", "--preset", "--bands", "--reference"} & set(options)
    if read.output:
        files = [*files, read.output]
    elif len(files) == 1:
        files = [*files, _beside(files[0], "eq")] if PurePath(files[0]).suffix else [*files, "out/"]
    elif _reversed(files):
        files = [files[1], files[0]]
    elif _all_inputs(files):
        files = [*files, "out/"]
    return [_APPLY, *files, *([] if has_eq else ["--target", _EXAMPLE]), *options]


class _Read:
    """Words, told apart: files, options in our terms, a target and effects that stand among them."""

    def __init__(self, words: list[str], with_values: set[str]) -> None:
        self.files: list[str] = []
        self.options: list[str] = []
        self.output = self.target = self.vbr = ""
        self.has_habit = False
        remarks: list[str] = []
        effects: list[str] = []
        todo = list(words)
        while todo:
            word = todo.pop(0)
            name, equals, value = word.partition("=")
            habit = self._habit(name, todo)
            if habit is not None:
                self.has_habit = True
                if habit.has_value and not equals:
                    value = todo.pop(0) if todo else ""
                self._take(habit, value)
                remark = self._no_eq(habit, value) or habit.remark
                remarks += [remark] if remark not in remarks else []
            elif word in _EFFECTS | _OTHER_EFFECTS:
                self.has_habit = True
                taken = [word]
                while todo and _NUMBER.fullmatch(todo[0]):
                    taken.append(todo.pop(0))
                if word in _EFFECTS:
                    effects.append(" ".join(taken))
                else:
                    remarks.append(f"eqmorph has no {word}.")
            elif name == "--target" and _is_audio(value if equals else " ".join(todo[:1])):  # matchering's
                self.has_habit = True
                self.files.insert(0, value if equals else todo.pop(0))
            elif word.startswith("-") and word != "-":
                self.options.append(word)
                if (
                    todo
                    and not equals
                    and word.startswith("--")
                    and not todo[0].startswith("-")
                    and word in with_values
                ):
                    self.options.append(todo.pop(0))
            elif not _is_file(word) and not self.target and _is_target(word):
                self.target = word
            else:
                self.files.append(word)
        if effects:
            self.options += ["--bands", " ".join(effects)]
        written = PurePath(self.output or (self.files or [""])[-1]).suffix
        if self.vbr:
            is_best_last = written.lower() in (".ogg", ".oga")  # Vorbis counts up, LAME down from 0
            self.options += ["--quality", self.vbr if is_best_last else f"{10 - float(self.vbr):g}"]
        if written and f"--format {written[1:]}" in " ".join(self.options):  # which goes without saying
            at = self.options.index("--format")
            del self.options[at : at + 2]
        self.remark = " ".join(filter(None, remarks))

    @staticmethod
    def _habit(name: str, todo: list[str]) -> _Option | None:
        """Return the habit that an option is; of those of ours that are also others', none."""
        if name == "-t" and todo and todo[0].lower() in ("wav", "flac", "mp3", "ogg", "opus", "aiff", "caf"):
            return _Option("--format {}")
        if name == "-t" and todo and _TIME.fullmatch(todo[0]):
            return _Option(None, remark=_WHOLE)
        if name in ("-e", "--encoding"):
            return _Option(_CODEC if name != "-e" or (todo and todo[0] in _ENCODINGS) else _EQ)
        return _OPTIONS.get(name)

    def _take(self, habit: _Option, value: str) -> None:
        if habit.becomes == _INPUT:
            self.files.append(value)
        elif habit.becomes == _OUTPUT:
            self.output = value
        elif habit.becomes == _CODEC:
            self.options += _CODECS.get(value, "").split()
        elif habit.becomes == _VBR:
            self.vbr = value if re.fullmatch(r"\d(\.\d+)?|10", value) else ""
        elif habit.becomes == _EQ:
            self.options += ["--bands", value] if _has_bands(value) else []
        elif habit.becomes is not None:
            self.options += [part.replace("{}", value) for part in habit.becomes.split(" ")]

    @staticmethod
    def _no_eq(habit: _Option, value: str) -> str:
        """Say what is to be said of filters that are no EQ; empty if they are one."""
        if habit.becomes != _EQ or _has_bands(value):
            return ""
        return "How loud it gets is for --level." if value.startswith("volume") else f"There is no EQ in {value!r}."


def _has_bands(text: str) -> bool:
    """Tell whether a text is an EQ that does anything."""
    from eqmorph.presets import take_bands

    try:
        return any(True for _ in take_bands(text).bands)
    except EqmorphError:
        return False


def _with_values(main: click.Group) -> set[str]:
    """Return the options of `eqmorph apply` that take a value."""
    command = main.get_command(click.Context(main), _APPLY)
    options = [one for one in command.params if isinstance(one, click.Option)] if command is not None else []
    return {name for one in options if not (one.is_flag or one.count) for name in one.opts}


def _is_file(word: str) -> bool:
    """Tell whether a word names a file or a folder, by its looks or because it is there."""
    from eqmorph.audio.formats import AUDIO_SUFFIXES, UNWRITTEN_SUFFIXES

    path = PurePath(word)
    return path.suffix.lower() in AUDIO_SUFFIXES | UNWRITTEN_SUFFIXES or "/" in word or "\\" in word or _exists(word)


def _is_audio(word: str) -> bool:
    from eqmorph.audio.formats import AUDIO_SUFFIXES, UNWRITTEN_SUFFIXES

    return PurePath(word).suffix.lower() in AUDIO_SUFFIXES | UNWRITTEN_SUFFIXES


def _exists(word: str) -> bool:
    import os

    return os.path.exists(word)  # noqa: PTH110  (a Path raises where the name is too long)


def _is_target(word: str) -> bool:
    """Tell whether a text asks for words that people were asked about: nearly any other word is derived from these."""
    from eqmorph.model.eq_model import load_model

    try:
        model = load_model(None)
        target = model.read(word).target
    except EqmorphError:
        return False
    return bool(target.terms) and not any(model.terms[term.word].is_derived for term in target.terms)


def _reversed(files: Sequence[str]) -> bool:
    return len(files) == 2 and _exists(files[1]) and not _exists(files[0])


def _all_inputs(files: Sequence[str]) -> bool:
    """Tell whether all files are there, as those of a pattern are: the output was forgotten."""
    return len(files) > 2 and all(map(_exists, files)) and bool(PurePath(files[-1]).suffix)


def _beside(name: str, what: str) -> str:
    path = PurePath(name)
    return str(path.with_name(f"{path.stem}-{what}{path.suffix}"))


def _can_be_parsed(main: click.Group, line: list[str]) -> bool:
    if line == ["--version"]:
        return True
    command = main.get_command(click.Context(main), line[0])
    try:
        return command is not None and command.make_context(line[0], line[1:]) is not None
    except (click.ClickException, EqmorphError):
        return False
