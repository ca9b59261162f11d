"""What can be set, in the words of the app."""

from __future__ import annotations

from eqmorph.wording import Means, Words

__all__ = ["APP"]

APP: Words = {
    Means.OVERWRITE: "the confirmation to overwrite",
    Means.REPLACE: "the confirmation to overwrite",
    Means.SKIP_EXISTING: "another name",
    Means.RESUME: "rendering the folder again",
    Means.TRAJECTORIES: "`eqmorph apply --trajectory`",
    Means.NO_TRAJECTORIES: "`eqmorph apply --no-trajectory`",
    Means.APPLY: "`eqmorph apply`",
    Means.ANALYZE: "`eqmorph analyze --out DIR`",
    Means.FORMAT: "the extension",
    Means.BIT_DEPTH: "`eqmorph apply --bit-depth`",
    Means.OR_STDIN: "",
    Means.REPAIR: "`eqmorph tui --repair`",
    Means.AMOUNT: "the amount",
    Means.MODE: "the mode",
    Means.FIXED: "`eqmorph apply --mode fixed`",
    Means.MAX_GAIN: "`eqmorph apply --max-gain`",
    Means.TO_PERCENTILE: "`eqmorph apply --to`",
    Means.ALBUM: "`eqmorph apply --album`",
    Means.TOGETHER: "`eqmorph apply --together`",
    Means.LEVEL_KEEP: "`eqmorph apply --level keep`",
    Means.CEILING: "`eqmorph apply --ceiling`",
    Means.REFINE: "`eqmorph apply --refine`",
    Means.KIND: "`eqmorph tui --kind`",
    Means.ENCODER: "`eqmorph apply --encoder`",
    Means.MODEL: "`eqmorph tui --model`",
    Means.WORDS: "words",
    Means.PRESET: "a preset",
    Means.BANDS: "bands",
    Means.ASK_WORDS: "the words {}",
    Means.USE_PRESET: "`eqmorph apply --preset {}`",
    Means.LIST_PRESETS: "`eqmorph presets`",
    Means.REFERENCE: "`eqmorph apply --reference`",
    Means.LIST_REFERENCES: "`eqmorph reference list`",
    Means.LIST_WORDS: "the list of words (key a)",
    Means.SHOW_EQ: "the curve",
    Means.MORPH: "`eqmorph morph`",
    Means.TRAIN_EQ: "`eqmorph train eq`",
    Means.TRAIN_AUDIO: "`eqmorph train audio`",
    Means.TRAIN_REFERENCE: "`eqmorph train reference`",
    Means.TRACEBACK: "what you did before",
    Means.SEAL: "`eqmorph train seal {}`",
    Means.COMPARE_BLIND: "`eqmorph compare --render DIR --blind`",
    Means.PLAY_AGAIN: "press play",
    Means.MAKE_STUDY: "`eqmorph study make --out DIR`",
}
