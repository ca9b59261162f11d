"""What each clause asks for, and what is left to say where that could be taken in two ways.

A clause with operators means what `chains` says of them. A bare one ("and bright") belongs to the one before, or stands
for itself: `reach` decides, and refuses where both could be meant.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from eqmorph.language.chains import COMPLAINTS, EXPLAINED, NEGATIVE, meaning_of
from eqmorph.language.clause import Clause, Item, Said
from eqmorph.language.clauses import clauses
from eqmorph.language.qualities import (
    COMPLAINED_OF,
    LEVELS,
    OPINIONS,
    SOFTENED_FROM_HZ,
    SOFTENING,
    TENDENCIES,
    VIRTUES,
    are_contraries,
    lies_in,
)
from eqmorph.language.reach import carried
from eqmorph.language.regions import edges_hz
from eqmorph.language.symbols import Problem, symbols
from eqmorph.language.tokens import normalized, tokens

__all__ = ["NotUnderstood", "Piece", "read"]

_MOST = 2.0
_STRONG, _HEDGED = 1.2, 0.7  # a degree above the one is a strong one; one below the other plays something down
_LIMIT_ALONE, _LIMIT_OF_WISH, _STILL = 0.5, 0.6, 0.5
#: Nobody complains of these without "too": "big lows" are wished for, "loud highs" may be complained of.
_WANTED_LEVELS = frozenset({"big", "strong", "heavy", "huge", "fuerte", "potente"})
#: Of a virtue these may say that it is missing.
_NONE = frozenset(
    {"no", "zero", "hardly any", "barely any", "almost no", "next to no", "little to no", "practically no"}
    | {"virtually no"}
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text and what it was taken for.

    Attributes:
        text: the part.
        start: where it begins in the normalized text.
        end: where it ends.
        terms: the words it asks for, with their weights; empty for what is to stay as it is.
        kept: the words that are to stay as they are.
        why: how the weights come about.
    """

    text: str
    start: int
    end: int
    terms: tuple[tuple[str, float], ...]
    kept: tuple[str, ...]
    why: str


class NotUnderstood(Exception):
    """A text that can't be read.

    Attributes:
        what: what is wrong.
        part: the part that is not understood.
        unknown: the word that the vocabulary lacks, if that is the reason.
        kind: ``decibels`` where an amount in dB was asked for.
        pieces: what was understood before it.
    """

    def __init__(self, what: str, part: str, unknown: str, kind: str, pieces: tuple[Piece, ...]) -> None:
        super().__init__(what)
        self.what, self.part, self.unknown, self.kind, self.pieces = what, part, unknown, kind, pieces


def read(text: str, look_up: Callable[[str], str | None]) -> tuple[Piece, ...]:
    """Read what is said into pieces, each with the words that it asks for.

    Args:
        text: what is said.
        look_up: returns the word of the vocabulary that a word is a form of, or None.

    Raises:
        NotUnderstood: a part of it has no meaning here, or more than one.
    """
    source = normalized(text)
    problem: Problem | None = None
    try:
        found = clauses(symbols(tokens(source), lambda word: look_up(word) is not None), look_up)
    except Problem as error:
        problem, found = error, error.done
    said: list[Said] = []
    try:
        for at in range(len(found)):
            _take(found, at, said, look_up)
        if problem is not None:
            raise problem
        _settle_limits(said)
        _check_contradictions(said)
    except Problem as error:
        part = source[error.start : error.end].strip()
        # What stands right before it may well belong to it: "harshness removed".
        apart = [one for one in said if source[one.clause.end : error.start].strip()]
        pieces = tuple(_piece(one, source) for one in apart)
        raise NotUnderstood(error.what, part, error.unknown, error.kind, pieces) from None
    return tuple(_piece(one, source) for one in said)


def _piece(said: Said, source: str) -> Piece:
    clause = said.clause
    part = " ".join(source[clause.start : clause.end].split())
    return Piece(part, clause.start, clause.end, tuple(said.weights), tuple(said.kept), said.why)


def _take(found: list[Clause], at: int, said: list[Said], look_up: Callable[[str], str | None]) -> None:
    """Take one clause for what it says."""
    clause = found[at]
    before = said[-1] if said else None
    if not clause.items:
        _weigh_last(clause, before)
        return
    item, operators = clause.items[0], tuple(clause.operators)
    is_too = not clause.is_wish and "TOO" in operators and operators[0] != "NOT"  # "not too warm" is a wish
    is_statement = operators[:1] in (("STATE",), ("EXIST",)) or is_too
    goes_on = before is not None and before.meaning in NEGATIVE and operators[:1] in (("NO",), ("NOT",))
    if clause.join == "or" and not (clause.is_bare or goes_on):
        raise Problem("a choice is left open", clause.start, clause.end)
    if clause.is_bare and before is not None:
        meaning = carried(before, clause, found, at)
        is_statement = before.is_statement and meaning in (*COMPLAINTS, "keep", "opinion")
    else:
        meaning = _own_meaning(clause, before)
    if clause.is_bare and before is not None and before.clause.article == "some" and meaning == "+":
        clause.article = "some"  # "a dark and moody sound"
    meaning, sign = _by_word(meaning, clause, found, at)
    name = item.name
    sign, name = _level(clause, meaning, sign, name, look_up)
    own = _factor(clause.degrees)
    shares = before is not None and clause.is_bare and not clause.degrees and meaning == before.meaning
    listed = shares and (sign < 0 or (item.is_noun and before is not None and bool(before.clause.operators)))
    factor = before.factor if listed and before is not None else own
    if not math.isnan(clause.number):
        if clause.number < 0 and (sign < 0 or clause.operators):
            raise Problem("a negative number and a negation: two negations", clause.start, clause.end)
        factor *= clause.number
        if not clause.degrees and abs(factor) > _MOST and factor == int(factor) and factor > 2:
            raise Problem(f"a weight of {factor:g} is too much: 1 is as usual, 2 the most", clause.start, clause.end)
    elif factor > _MOST:
        factor = _MOST
    result = Said(clause, meaning, factor, is_statement)
    _weigh(result, name, sign)
    result.why = _why(result, before if clause.is_bare else None)
    said.append(result)


def _own_meaning(clause: Clause, before: Said | None) -> str:
    """Return what a clause's own operators mean."""
    operators = tuple(clause.operators)
    if clause.is_wish and "TOO" in operators and not {"NOT", "NO", "DEC"} & set(operators):
        raise Problem("to wish for too much is no wish", clause.start, clause.end)
    meaning = meaning_of(operators, is_wish=clause.is_wish)
    if meaning is None:
        row = " ".join(clause.words)
        raise Problem(f"{row!r} together could mean several things", clause.start, clause.end)
    item = clause.items[0]
    if operators in (("STILL", "NOT"), ("STILL", "NO")) and not clause.is_wish:
        if before is None and item.plain_name in VIRTUES:
            return "absent"  # "still not warm"
        raise Problem("this could be how it sounds, or how it should", clause.start, clause.end)
    if clause.is_wish and operators[:1] == ("STATE",):  # "make sure it isn't harsh", "make it so it is warm"
        is_bad = item.is_fault or item.plain_name in COMPLAINED_OF or "TOO" in operators
        if is_bad != ("NOT" in operators):
            raise Problem("this could be how it sounds, or how it should", clause.start, clause.end)
    after_statement = before is not None and before.is_statement and not clause.is_wish
    if (
        operators in (("NOT",), ("NO",))
        and after_statement
        and clause.words[-1:] not in (["rather than"], ["instead of"])
    ):
        if operators == ("NOT",) and clause.join == "and" and item.plain_name in VIRTUES:
            return "absent"
        if operators == ("NOT",) or not item.is_fault:
            raise Problem("this could be how it sounds, or how it should", clause.start, clause.end)
    if not operators and clause.join == "dash":
        raise Problem("a dash could join or negate here", clause.start, clause.end)
    return meaning


def _by_word(meaning: str, clause: Clause, found: list[Clause], at: int) -> tuple[str, int]:
    """Return a meaning and its sign, now that it is known what it is said of."""
    item = clause.items[0]
    name, is_fault = item.plain_name, item.is_fault
    factor = _factor(clause.degrees)
    is_praise = meaning == "+" and not (clause.is_wish or clause.operators or item.sound) and at + 1 < len(found)
    if name in OPINIONS and is_praise and (not found[at + 1].is_bare or _is_but_a_fault(found[at + 1])):
        return "opinion", 0  # "nice, but less bass", "fine, but a bit dull"
    if clause.words[-1:] and clause.words[-1] in _NONE and clause.operators == ["NO"] and not clause.is_wish:
        if name not in VIRTUES:
            return meaning, -1
        raise Problem("this could be how it sounds, or how it should", clause.start, clause.end)  # "no clarity"
    if meaning == "+":
        following = found[at + 1] if at + 1 < len(found) else None
        if is_fault and clause.article == "the" and item.sound and following is not None and following.join == "":
            return "stated", -1  # "make this dull mix brighter"
        is_named = clause.is_wish and clause.article == "the" and item.sound and not item.is_comparative
        is_bare = is_named and not (clause.operators or clause.degrees)
        if is_bare and following is not None and following.items and following.join == "":
            return "opinion", 0  # "make the old recording brighter": it says which
        if is_fault and not clause.is_wish and not clause.operators and not item.is_verb:
            if clause.is_placed:
                return "stated", -1  # "muddy around 250 Hz"
            if clause.degrees and not item.is_comparative and (at == 0 or found[at - 1].is_bare):
                raise Problem("this could be how it sounds, or how it should", clause.start, clause.end)
        plays_down = factor <= _HEDGED and name in COMPLAINED_OF and not item.is_comparative and not item.is_verb
        if plays_down and at == 0 and not clause.is_wish and not clause.operators and clause.article != "some":
            raise Problem("this could be how it sounds, or how it should", clause.start, clause.end)
        is_of_something = bool(item.sound or clause.places or clause.subject in ("source", "region", "sound"))
        if (
            not clause.is_wish
            and not clause.operators
            and is_of_something
            and clause.article != "some"
            and not item.is_comparative
            and not item.is_verb
        ) and (is_fault or (name not in VIRTUES and name not in TENDENCIES and not item.is_region)):
            raise Problem("this could be how it sounds, or how it should", clause.start, clause.end)
        return meaning, 1
    if (item.is_comparative or item.is_verb) and clause.operators in (["NOT"], ["NO"]):
        return ("-", -1) if is_fault else ("keep", 0)  # "no darker" is not to be darkened
    if name in OPINIONS and meaning in ("stated", "absent"):
        return "opinion", 0
    if meaning == "complaint of a fault" and not is_fault:
        if name in VIRTUES and not item.is_region:
            return "keep", 0
        raise Problem("whether that is too much is not said", clause.start, clause.end)
    if meaning == "stated":
        if item.is_comparative:
            raise Problem("whether that is good is not said", clause.start, clause.end)
        if is_fault or name in COMPLAINED_OF or factor <= _HEDGED or _is_level(clause):
            return meaning, -1
        if name in VIRTUES:
            return "keep", 0
        raise Problem("whether that is too much is not said", clause.start, clause.end)
    if meaning == "absent":
        exists = "EXIST" in clause.operators
        if is_fault:
            return "opinion", 0  # "it isn't muddy" asks for nothing
        if not (exists or name in VIRTUES or item.is_region):
            raise Problem("whether that is good is not said", clause.start, clause.end)
        return meaning, 1
    if meaning == "fault or keep":
        return ("-", -1) if is_fault else ("keep", 0)
    if meaning == "fault only":
        if not is_fault:
            raise Problem("what is to be done about it is not said", clause.start, clause.end)
        return meaning, -1
    if meaning == "virtue only" and is_fault:
        raise Problem("to improve a fault could be more of it or less", clause.start, clause.end)
    if meaning == "still" and is_fault:
        if at == 0:
            return "stated", -1  # "still a bit harsh"
        raise Problem("whether that is to stay is not said", clause.start, clause.end)
    if meaning in ("keep",):
        return meaning, 0
    return meaning, -1 if meaning in (*NEGATIVE, *COMPLAINTS, "limit") else 1


def _is_but_a_fault(clause: Clause) -> bool:
    return clause.join == "but" and bool(clause.items) and clause.items[0].is_fault


def _is_level(clause: Clause) -> bool:
    """Tell whether a clause says how loud a part of the spectrum is: "the highs are weak", "louder highs"."""
    item = clause.items[0]
    is_wanted = item.plain_name in _WANTED_LEVELS or clause.join == "with"
    is_of_region = clause.subject == "region" or not clause.is_bare or is_wanted
    return is_of_region and bool(clause.places) and not clause.is_placed and _level_of(item, clause.places[0]) != 0


def _level_of(item: Item, region: str) -> int:
    """Return 1 where a word says that there is much of a part of the spectrum, -1 for little, 0 for neither."""
    if item.plain_name in SOFTENING:
        low, high = edges_hz("lows" if region == "bass" else region.lstrip("="))
        return -1 if math.sqrt(low * high) >= SOFTENED_FROM_HZ else 0
    return LEVELS.get(item.written, LEVELS.get(item.plain_name, 0))


def _level(clause: Clause, meaning: str, sign: int, name: str, look_up: Callable[[str], str | None]) -> tuple[int, str]:
    """Return sign and name where a part of the spectrum is said to be loud or quiet: it is about that part itself."""
    item = clause.items[0]
    if (
        item.plain_name in ("loud", "quiet", "faint", "soft", "prominent", "dominant", "low", "high")
        and clause.subject == "source"
        and meaning in (*COMPLAINTS, "too little", "absent")
    ):
        raise Problem("one source in a mix can't be made louder or quieter", clause.start, clause.end)
    if not _is_level(clause):
        is_bare = bool(clause.places) and not clause.is_placed and meaning == "+" and clause.is_bare
        if is_bare and _level_of(item, clause.places[0]):
            raise Problem("this could be how it sounds, or how it should", clause.start, clause.end)  # "weak lows"
        return sign, name
    level = _level_of(item, clause.places[0])
    region = clause.places.pop(0).lstrip("=")
    if region == "bass":
        region = look_up("bass") or "lows"
    return sign * level, region


def _weigh(said: Said, name: str, sign: int) -> None:
    """Add what a clause asks for."""
    clause = said.clause
    if said.meaning == "opinion":
        return
    if said.meaning == "keep":
        said.kept.append(name)
        return
    weight = sign * said.factor
    if said.meaning == "limit":
        said.limits.append(name)
        weight = -_LIMIT_ALONE
    if said.meaning == "still":
        weight = _STILL * said.factor
    said.weights.append((name, _rounded(weight)))
    said.weights += [(item.name, _rounded(weight)) for item in clause.items[1:]]
    for place in clause.places:
        if clause.items[0].is_region:
            continue
        region = "lows" if place == "bass" else place.lstrip("=")
        if lies_in(clause.items[0].plain_name, *edges_hz(region)) and said.meaning != "limit":
            said.weights.append((region, _rounded(weight)))


def _weigh_last(clause: Clause, before: Said | None) -> None:
    """Take "just a touch" at the end for the degree of what was said before."""
    if before is None or (clause.join == "stop" and clause.start - before.clause.end > 3):
        raise Problem("what this is about is missing", clause.start, clause.end)
    factor = _factor(clause.degrees)
    before.weights = [(name, _rounded(max(-_MOST, min(_MOST, weight * factor)))) for name, weight in before.weights]
    before.clause.end = clause.end


def _rounded(weight: float) -> float:
    return round(weight, 3)


def _factor(degrees: list[float]) -> float:
    """Return what degrees come to: a strong one makes a strong one stronger, and a weak one weaker."""
    result, strength = 1.0, 1.0
    for degree in degrees:
        if degree > _STRONG:
            strength *= degree
        else:
            result *= degree**strength if degree < 1 else degree
            strength = 1.0
    return min(result * strength, _MOST)


# ---------------------------------------------------------------------------------------------- all together


def _settle_limits(said: list[Said]) -> None:
    """Let "warm, but not too warm" be a little less of a wish, and no wish for the contrary."""
    wished = {name for one in said for name, weight in one.weights if weight > 0 and name not in one.limits}
    for one in said:
        for name in one.limits:
            if name not in wished:
                continue
            one.weights = [(word, weight) for word, weight in one.weights if word != name]
            one.kept.append(name)
            one.why = "limit: a little less of it"
            for other in said:
                other.weights = [
                    (word, _rounded(weight * _LIMIT_OF_WISH) if word == name and weight > 0 else weight)
                    for word, weight in other.weights
                ]


def _check_contradictions(said: list[Said]) -> None:
    signs: dict[str, bool] = {}
    complaints = [(one, one.item.plain_name) for one in said if one.meaning in COMPLAINTS and one.weights]
    for at, (one, name) in enumerate(complaints):
        if any(are_contraries(name, other) for _, other in complaints[:at]):
            raise Problem(f"whether it is {name} or the contrary is not clear", one.clause.start, one.clause.end)
    sources = {one.clause.source for one in said if one.clause.source and one.weights}
    if len(sources) > 1:
        first, second = sorted(sources)[:2]
        raise Problem(f"one EQ can't treat {first!r} and {second!r} apart", said[-1].clause.start, said[-1].clause.end)
    kept = {name for one in said for name in one.kept}
    for one in said:
        for name, weight in one.weights:
            if name in kept and weight < 0:
                raise Problem(f"{name} is to stay and not to stay", one.clause.start, one.clause.end)
            if signs.setdefault(name, weight > 0) != (weight > 0):
                raise Problem(f"{name} is asked for and not asked for", one.clause.start, one.clause.end)


def _why(said: Said, before: Said | None) -> str:
    words = " ".join(said.clause.words) or (" ".join(before.clause.words) if before is not None else "")
    text = EXPLAINED[said.meaning].format(repr(words)) if words else EXPLAINED[said.meaning].split(" {")[0]
    places = [place.lstrip("=") for place in said.clause.places if place != "bass"]
    named = {name for name, _ in said.weights}
    unused = [place for place in places if place not in named]
    return f"{text}; the words' own curves say where" if unused else text
