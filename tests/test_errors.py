"""What goes wrong is said on one printable line, whatever the file is called, and survives a trip between processes."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eqmorph.errors import DeviceError, EqmorphError, InputError, OutputError, UsageError, show_path
from eqmorph.wording import PYTHON

KINDS = (EqmorphError, UsageError, InputError, OutputError, DeviceError)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("plain name.wav", "plain name.wav"),
        ("it's 100%.wav", "it's 100%.wav"),
        ("größer/日本語.wav", "größer/日本語.wav"),
        ("🎸 riff.wav", "🎸 riff.wav"),
        ("two\nlines\r\n.wav", r"two\nlines\r\n.wav"),
        ("tab\tbell\x07.wav", r"tab\tbell\x07.wav"),
        ("\x1b[31mred\x1b[0m.wav", r"\x1b[31mred\x1b[0m.wav"),
        ("nul\0.wav", r"nul\x00.wav"),
        ("no utf-8 \udcff\udce4.wav", r"no utf-8 \udcff\udce4.wav"),
        ("back\u202ewards.wav", r"back\u202ewards.wav"),
        ("line\u2028separator\x85.wav", r"line\u2028separator\x85.wav"),
        ("hidden\u200b.wav", r"hidden\u200b.wav"),
        ("", ""),
    ],
)
def test_a_path_is_shown_on_one_line(path: str, shown: str) -> None:
    assert show_path(path) == shown


@given(st.text(st.characters(exclude_categories=()), max_size=60))
@example("\udcff" * 5)
@example("\U0010ffff\x7f\xa0\xad")
def test_whatever_a_file_is_called_it_can_be_printed(name: str) -> None:
    shown = show_path(name)
    assert shown.isprintable()
    assert len(shown.encode("utf-8").splitlines()) <= 1
    assert shown == name or not name.isprintable()


@given(st.binary(max_size=40))
def test_so_can_any_bytes_that_a_file_system_holds(data: bytes) -> None:
    name = data.decode("utf-8", "surrogateescape")  # as Python does on Linux and macOS
    assert show_path(name).isprintable()
    assert show_path(Path(name)).isprintable()


def test_what_an_error_quotes_from_a_file_can_be_printed() -> None:
    error = InputError("unknown variant \x1b]0;x\x07", hint="See \x9b1m.", path="a.wav")
    assert str(error) == r"a.wav: unknown variant \x1b]0;x\x07"
    assert (error.message, error.hint) == (r"unknown variant \x1b]0;x\x07", r"See \x9b1m.")
    assert (error.worded(PYTHON), error.hint_worded(PYTHON)) == (str(error), error.hint)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_names_its_file_first(kind: type[EqmorphError]) -> None:
    error = kind("is empty", hint="Delete it.", path=Path("a\nb.wav"))
    assert str(error) == r"a\nb.wav: is empty"
    assert (error.message, error.hint, error.path) == ("is empty", "Delete it.", Path("a\nb.wav"))
    assert str(kind("no file at all")) == "no file at all"
    assert kind("no file at all").hint == ""


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_survives_the_trip_from_a_worker_process(kind: type[EqmorphError]) -> None:
    error = pickle.loads(pickle.dumps(kind("is empty", hint="Delete it.", path="a.wav")))
    assert type(error) is kind
    assert str(error) == "a.wav: is empty"
    assert (error.message, error.hint, error.path) == ("is empty", "Delete it.", "a.wav")


def test_usage_errors_have_an_exit_code_of_their_own() -> None:
    assert [kind.exit_code for kind in KINDS] == [1, 2, 1, 1, 1]
    assert all(issubclass(kind, EqmorphError) for kind in KINDS)
