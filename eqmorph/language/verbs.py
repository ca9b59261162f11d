"""Verbs of grammar, in English and Spanish: which way each goes, and which particle turns it."""

from __future__ import annotations

import re

from eqmorph.language.tokens import words_of

__all__ = ["AMOUNTS", "NOUN_VERBS", "QUALITIES_TOO", "VERBS", "forms", "told"]

_UPWARD = """
    add boost increase raise enhance emphasize emphasise accentuate lift pump crank inject introduce apply
    insert include strengthen amplify bump highlight exaggerate extend push bring put throw sprinkle maximize
    maximise build grow reinforce restore
"""
_DOWNWARD = """
    cut reduce tame remove lose drop kill attenuate dip lower scoop notch duck eliminate minimize minimise
    suppress decrease diminish lessen dampen trim ditch strip subtract avoid limit weaken subdue moderate mute
    erase delete shave curb curtail downplay deemphasize filter ease drain axe nix zap sacrifice slash chop
    carve prevent taper banish purge rid
"""
_MENDING = (
    "fix address solve handle control contain correct repair combat fight counter counteract resolve manage treat"
)
_TOUCHING = "touch affect change hurt compromise ruin damage alter disturb"
_KEEPING = "preserve retain maintain protect respect"
_TWO_SIDED = {
    "bring": {"": "INC", "up": "INC", "out": "INC", "in": "INC", "forward": "INC", "back": "INC", "down": "DEC"},
    "turn": {"up": "INC", "down": "DEC"},
    "take": {"out": "DEC", "down": "DEC", "off": "DEC", "away": "DEC", "back": "DEC", "up": "INC"},
    "pull": {"up": "INC", "down": "DEC", "back": "DEC", "out": "DEC"},
    "push": {"": "INC", "up": "INC", "forward": "INC", "down": "DEC", "back": "DEC"},
    "dial": {"in": "INC", "up": "INC", "down": "DEC", "back": "DEC", "out": "DEC"},
    "roll": {"off": "DEC", "down": "DEC", "back": "DEC", "up": "INC"},
    "back": {"off": "DEC"},
    "tone": {"down": "DEC"},
    "knock": {"down": "DEC", "back": "DEC", "out": "DEC", "off": "DEC"},
    "scale": {"back": "DEC", "down": "DEC", "up": "INC"},
    "rein": {"in": "DEC"},
    "hold": {"back": "DEC"},
    "leave": {"": "KEEP"},
    "keep": {"": "KEEP", "down": "DEC", "out": "DEC", "in": "KEEP", "up": "KEEP"},
    "improve": {"": "IMPROVE"},
    "get": {"": "WISH", "out": "DEC", "down": "DEC", "back": "INC", "up": "INC"},
}
#: Those that are qualities too: "clean up the mud" takes away, "clean it up" makes clean.
QUALITIES_TOO = {
    **dict.fromkeys(("thin", "clean", "clear", "soften", "smooth", "calm", "mellow"), "DEC"),
    "open": "INC",
}
_SPANISH = {
    "INC": """
        anade anadir anadele agrega agregar agregale sube subir subele aumenta aumentar realza realzar refuerza reforzar
        mete metele suma resalta resaltar potencia potenciar incrementa incrementar
    """,
    "DEC": """
        quita quitar quitale elimina eliminar reducir recorta recortar corta cortar baja bajar bajale atenua atenuar
        saca sacar sacale resta restar evita evitar disminuye disminuir perder pierda pierdas perdiendo doma
    """,
    "KEEP": "manten mantener conserva conservar manteniendo conservando deja",
}

#: Verbs by their plain form: the operator each is, by the particle that goes with it ("" for none).
VERBS: dict[str, dict[str, str]] = {
    **{verb: {**dict.fromkeys(("", "up", "in", "forward"), "INC"), "down": "DEC"} for verb in _UPWARD.split()},
    **{verb: dict.fromkeys(("", "down", "out", "off", "back", "away"), "DEC") for verb in _DOWNWARD.split()},
    **{verb: dict.fromkeys(("", "down", "out", "up"), "FIX") for verb in _MENDING.split()},
    **{verb: {"": "AFFECT"} for verb in _TOUCHING.split()},
    **{verb: {"": "KEEP"} for verb in _KEEPING.split()},
    **_TWO_SIDED,
    **{verb: {"": operator} for verb, operator in QUALITIES_TOO.items()},
    **{verb: {"": operator} for operator, verbs in _SPANISH.items() for verb in verbs.split()},
}
#: Those that stand for a thing that is done, too: "a boost", "a cut".
NOUN_VERBS = words_of("boost cut lift bump dip scoop increase decrease reduction reduce push")
#: Factors of adjectives in front of them; elsewhere these are words of sound.
AMOUNTS = {
    **dict.fromkeys(words_of("small tiny light gentle subtle slight"), 0.4),
    **dict.fromkeys(words_of("big large strong heavy"), 1.5),
    **dict.fromkeys(words_of("dramatic huge"), 1.75),
    "massive": 2.0,
}
_SPANISH_VERBS = frozenset(verb for verbs in _SPANISH.values() for verb in verbs.split())
_IRREGULAR = {
    "cut": "cutting", "lose": "losing lost", "take": "taking taken", "bring": "bringing brought", "put": "putting",
    "keep": "keeping kept", "get": "", "leave": "leaving", "hold": "holding held", "throw": "throwing",
    "grow": "growing", "build": "building", "back": "backing backed", "open": "opening opened", "clear": "clearing",
    "calm": "calming calmed", "thin": "thinning", "fight": "fighting", "rid": "ridding", "pump": "pumped",
    "mellow": "mellowing", "smooth": "smoothing", "clean": "cleaning",
}  # fmt: skip
_DOUBLES = re.compile(r".*[^aeiou][aeiou][bdgmnpt]")
_STRESSED_EARLY = words_of("lessen weaken limit soften dampen strengthen highlight counter")


def forms(verb: str) -> list[str]:
    """Return a verb's forms; a participle too, since "boosted lows" says what "boost the lows" does."""
    if verb in _IRREGULAR:
        return [verb, *_IRREGULAR[verb].split()]
    if verb in _SPANISH_VERBS:
        return [verb]
    stem = verb[:-1] if verb.endswith("e") else verb
    if _DOUBLES.fullmatch(verb) and verb not in _STRESSED_EARLY:
        stem += verb[-1]
    return [verb, stem + "ing", stem + "ed"]


def told(verb: str) -> list[str]:
    """Return the form that tells what something does: "the room adds boxiness" asks for nothing."""
    if verb in _SPANISH_VERBS:
        return []
    return [verb + ("es" if verb.endswith(("sh", "ch", "s", "x")) else "s")]
