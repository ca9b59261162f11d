"""What can be set, in the words of the tools."""

from __future__ import annotations

from eqmorph.wording import Means, Words

__all__ = ["TOOLS"]

TOOLS: Words = {
    Means.OVERWRITE: "replace",
    Means.REPLACE: "replace",
    Means.SKIP_EXISTING: "another output",
    Means.RESUME: "another output",
    Means.TRAJECTORIES: "trajectories in a shell",
    Means.NO_TRAJECTORIES: "another output",
    Means.APPLY: "the tool apply",
    Means.ANALYZE: "the tool listen",
    Means.FORMAT: "format",
    Means.BIT_DEPTH: "bit_depth",
    Means.OR_STDIN: "",
    Means.REPAIR: "repair in a shell",
    Means.AMOUNT: "amount",
    Means.MODE: "same_for_all",
    Means.FIXED: "same_for_all",
    Means.MAX_GAIN: "max_gain_db",
    Means.TO_PERCENTILE: "to_percentile",
    Means.ALBUM: "album",
    Means.TOGETHER: "together in a shell",
    Means.LEVEL_KEEP: 'level "keep"',
    Means.CEILING: "a ceiling",
    Means.REFINE: "refine in a shell",
    Means.KIND: "kind",
    Means.ENCODER: "an encoder",
    Means.MODEL: "a model",
    Means.WORDS: "wish",
    Means.PRESET: "preset",
    Means.BANDS: "`eqmorph apply --bands` in a shell",
    Means.ASK_WORDS: 'wish "{}"',
    Means.USE_PRESET: 'preset "{}"',
    Means.LIST_PRESETS: "the resource eqmorph://presets",
    Means.REFERENCE: "reference",
    Means.LIST_REFERENCES: "a shell",
    Means.LIST_WORDS: "the tool words",
    Means.SHOW_EQ: "the tool plan",
    Means.MORPH: "a shell",
    Means.TRAIN_EQ: "a shell",
    Means.TRAIN_AUDIO: "a shell",
    Means.TRAIN_REFERENCE: "a shell",
    Means.TRACEBACK: "what the server's log shows",
    Means.SEAL: "a shell",
    Means.COMPARE_BLIND: "a shell",
    Means.MAKE_STUDY: "a shell",
}
