"""What can be set, in the words of the command line."""

from __future__ import annotations

from eqmorph.wording import Means, Words

__all__ = ["OPTIONS"]

OPTIONS: Words = {
    Means.OVERWRITE: "--force",
    Means.REPLACE: "--force",
    Means.SKIP_EXISTING: "--skip-existing",
    Means.RESUME: "--resume",
    Means.TRAJECTORIES: "--trajectory",
    Means.NO_TRAJECTORIES: "--no-trajectory",
    Means.APPLY: "`eqmorph apply`",
    Means.ANALYZE: "`eqmorph analyze --out DIR`",
    Means.FORMAT: "--format",
    Means.BIT_DEPTH: "--bit-depth",
    Means.OR_STDIN: ", or give it to stdin and name it -",
    Means.REPAIR: "--repair",
    Means.AMOUNT: "--amount",
    Means.MODE: "--mode",
    Means.FIXED: "`eqmorph apply --mode fixed`",
    Means.MAX_GAIN: "--max-gain",
    Means.TO_PERCENTILE: "--to",
    Means.ALBUM: "--album",
    Means.TOGETHER: "--together",
    Means.LEVEL_KEEP: "--level keep",
    Means.CEILING: "--ceiling",
    Means.REFINE: "--refine",
    Means.KIND: "--kind",
    Means.ENCODER: "--encoder",
    Means.MODEL: "--model",
    Means.WORDS: "a target in words",
    Means.PRESET: "--preset",
    Means.BANDS: "--bands",
    Means.ASK_WORDS: '--target "{}"',
    Means.USE_PRESET: "--preset {}",
    Means.LIST_PRESETS: "`eqmorph presets`",
    Means.REFERENCE: "--reference",
    Means.LIST_REFERENCES: "`eqmorph reference list`",
    Means.LIST_WORDS: "`eqmorph terms`",
    Means.SHOW_EQ: "`eqmorph eq`",
    Means.MORPH: "`eqmorph morph`",
    Means.TRAIN_EQ: "`eqmorph train eq`",
    Means.TRAIN_AUDIO: "`eqmorph train audio`",
    Means.TRAIN_REFERENCE: "`eqmorph train reference`",
    Means.TRACEBACK: "what -vv shows",
    Means.SEAL: "`eqmorph train seal {}`",
    Means.COMPARE_BLIND: "`eqmorph compare --render DIR --blind`",
    Means.MAKE_STUDY: "`eqmorph study make --out DIR`",
}
