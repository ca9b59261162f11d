"""The keys of the session's screen: what each does, what it is called, and what the help says of it."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from eqmorph.tui.slots import SLOTS

__all__ = ["ONE_SLOT", "SESSION_KEYS"]

#: Begins the names of keys that there are for each slot.
ONE_SLOT = "slot_"
# What Textual calls Alt and a digit, as most terminals send it: what these are on a Mac.
_ALT_DIGITS = ("inverted_exclamation_mark", "trade_mark_sign", "pound_sign", "cent_sign")


def _main(keys: str, action: str, label: str, name: str, told: str, *, shown_as: str | None = None) -> Binding:
    """Return a key that the bar shows first of all."""
    return Binding(keys, action, label, id=name, tooltip=told, key_display=shown_as)


def _other(keys: str, action: str, label: str, name: str, told: str, *, shown_as: str | None = None) -> Binding:
    """Return a key that the bar shows where there is room."""
    return Binding(keys, action, label, show=False, id=name, tooltip=told, key_display=shown_as)


#: In the order of the bar. By their names users can change them.
SESSION_KEYS: list[BindingType] = [
    Binding("tab", "part(1)", show=False),
    Binding("shift+tab", "part(-1)", show=False),
    _main("space", "play", "Play", "play", "Play or pause"),
    _main("b", "bypass", "A/B", "bypass", "Hear the sound before (A) or with the EQ (B), equally loud"),
    _other("less_than_sign", "skip(-1)", "Back", "back", "Go back five seconds"),
    _other("greater_than_sign", "skip(1)", "Forward", "forward", "Go forward five seconds"),
    _other("left_square_bracket", "loop('from')", "Loop from", "loop_from", "Start the loop here"),
    _other("right_square_bracket", "loop('to')", "Loop to", "loop_to", "End the loop here"),
    _other("backslash", "loop('none')", "Clear loop", "clear_loop", "Play without a loop"),
    _other("x", "slots", "Slots", "slots", "List the slots: EQs to be compared, blind too"),
    _other("X", "next_slot", "Next slot", "next_slot", "Use the next slot that is not empty"),
    *(
        _other(
            f"alt+{slot + 1},{by_textual}",
            f"slot({slot})",
            "Slot",
            f"{ONE_SLOT}{slot + 1}",
            f"Use slot {slot + 1}; an empty one begins as a copy",
            shown_as=f"alt+{slot + 1}",
        )
        for slot, by_textual in enumerate(_ALT_DIGITS[:SLOTS])
    ),
    _main("a", "add", "Add", "add", "Search the vocabulary and add a word"),
    _other("d", "remove", "Delete", "remove", "Remove the word whose slider has the focus, or the band that was added"),
    _other("g", "bands", "Bands", "bands", "Take the bands in hand, or return to the words"),
    _other(
        "left_parenthesis",
        "add_band('high_pass')",
        "High-pass",
        "high_pass",
        "Add a high-pass: it takes away what is below",
    ),
    _other(
        "right_parenthesis",
        "add_band('low_pass')",
        "Low-pass",
        "low_pass",
        "Add a low-pass: it takes away what is above",
    ),
    _main("m", "morph", "Morph", "morph", "Morph from one word to another, or return to the words"),
    _other("t", "mode", "Mode", "mode", "Switch between adaptive and fixed"),
    _other(
        "f",
        "follow",
        "Follow",
        "follow",
        "Follow the sound in the course of time, section by section, or treat it as a whole",
    ),
    _main("u,ctrl+z", "undo", "Undo", "undo", "Undo the last move"),
    _other("U,ctrl+y", "redo", "Redo", "redo", "Redo the move that was undone last"),
    _other("z", "zoom", "Zoom", "zoom", "Show the curve from -3 to 3, 6, 12 or 24 dB"),
    _other("i", "tilt", "Tilt", "tilt", "Tilt the spectrum by 0, 3, 4.5 or 6 dB per octave"),
    _main("r", "app.render", "Render", "render", "Write the file with this EQ"),
    _other("R", "app.render_folder", "Folder", "render_folder", "Equalize a folder in the background"),
    _other("c", "app.stop_rendering", "Stop", "stop", "Stop rendering; no partial file is left"),
    _other("v", "app.results", "Results", "results", "List what was rendered and what failed"),
    _other("w", "why", "Why", "why", "Say why the EQ is what it is, word by word"),
    _main("P", "presets", "Presets", "presets", "Load a preset, or delete one of your own"),
    _other("s", "app.save_preset", "Save", "save", "Save as a preset"),
    _other("e", "app.export", "Export", "export", "Write the EQ to a file: TOML, JSON or text"),
    _other("S", "app.sessions", "Sessions", "sessions", "Save this session under a name, or go on with another"),
    _other("y", "app.copy_command", "Copy", "copy", "Copy the command line that gives the same result"),
    _other("n", "app.next_file(1)", "Next", "next_file", "Open the next file"),
    _other("N", "app.next_file(-1)", "Previous", "previous_file", "Open the file before"),
    _other("F", "app.files", "Files", "files", "List the files of the folder"),
    _main("o", "app.browse", "Open", "open", "Open another file"),
    _main(
        "f1,question_mark",
        "app.help",
        "Help",
        "help",
        "Show help for what has the focus, and all keys",
        shown_as="F1",
    ),
    _main("q,ctrl+q", "app.quit", "Quit", "quit", "Quit; rendering stops, and no partial file is left"),
]
