"""How far what is said reaches: what a clause means that says nothing of its own ("no mud | and boom").

It means what the one before does, or is a wish for itself; where both could be meant it is refused.
"""

from __future__ import annotations

from eqmorph.language.chains import COMPLAINTS, NEGATIVE, POSITIVE
from eqmorph.language.clause import Clause, Said
from eqmorph.language.qualities import TENDENCIES, VIRTUES, are_contraries
from eqmorph.language.symbols import Problem

__all__ = ["carried"]


def carried(before: Said, clause: Clause, found: list[Clause], at: int) -> str:
    """Return what a clause means that says nothing of its own: what the one before does, or just a wish."""
    item, last, join = clause.items[0], before.item, clause.join
    meaning = before.meaning
    final = _final_join(found, at)
    if join == "dash":
        raise Problem("a dash could join or negate here", clause.start, clause.end)
    if join == "stop":
        if item.is_fault and (before.is_statement or meaning in (*NEGATIVE, "limit")):
            raise _two_ways(before, clause)
        return "+"
    if join == "plus" and meaning not in POSITIVE:
        raise _two_ways(before, clause)
    if before.clause.words[-1:] == ["free"] and not item.is_fault:
        return "+"  # "mud-free and warm"
    if join == "" and meaning == "opinion" and before.clause.is_wish:
        return "+"  # "make the old recording | clear"
    if join in ("but", "with"):
        return _contrasted(before, clause)
    if join == "or" and meaning in POSITIVE:
        raise Problem("a choice is left open", before.clause.start, clause.end)
    if meaning in POSITIVE:
        if meaning in ("too little", "absent") and (item.is_fault or not (item.is_noun or join in ("and", "or"))):
            raise _two_ways(before, clause)
        return "+" if meaning == "virtue only" else meaning
    if meaning in ("keep", "opinion"):
        if before.is_statement:
            return "stated"
        if join in ("and", "or") and item.is_noun:
            return "keep"
        raise _two_ways(before, clause)
    if join == "":
        if before.clause.items[0].sound and meaning == "stated":
            return "+"  # "make this dull mix | warm"
        if item.is_noun and last.is_fault and not last.is_noun and meaning in (*NEGATIVE, *COMPLAINTS):
            return "complaint" if meaning in COMPLAINTS else meaning  # "remove the harsh edge"
        raise _two_ways(before, clause)
    if join == "or" or final == "or":
        return meaning
    if item.is_region and last.is_region and item.name.endswith("Hz") and last.name.endswith("Hz"):
        return meaning
    is_list = join == "and" or (final == "and" and _is_of_one_kind(found, at))
    if meaning in COMPLAINTS:
        return _carried_complaint(before, clause, is_list=is_list)
    if is_list:
        return _listed(before, clause)
    is_familiar = item.is_region or item.plain_name in VIRTUES or item.plain_name in TENDENCIES
    both_things = item.is_noun and last.is_noun
    if item.is_fault:
        if last.is_fault and both_things and meaning != "limit":
            return meaning
        raise _two_ways(before, clause)
    if not is_familiar or (both_things and (meaning == "cut" or not last.is_fault)):
        if are_contraries(item.name, last.name):
            return "+"
        raise _two_ways(before, clause)
    return "+"


def _carried_complaint(before: Said, clause: Clause, *, is_list: bool) -> str:
    item, last = clause.items[0], before.item
    if are_contraries(item.name, last.name) or (item.plain_name in VIRTUES and (last.is_fault or not is_list)):
        raise _two_ways(before, clause)
    if is_list or item.is_fault:
        if before.meaning != "complaint":
            return before.meaning if item.is_fault or before.meaning == "stated" else "complaint of a fault"
        return "complaint"
    raise _two_ways(before, clause)


def _listed(before: Said, clause: Clause) -> str:
    """Return the meaning of the second of two words that "and" binds behind a negation."""
    item, last = clause.items[0], before.item
    own_amount = bool(clause.degrees) or clause.article == "some"  # "no crunch and lots of air"
    if own_amount or (before.meaning == "-" and item.plain_name in VIRTUES and last.plain_name not in VIRTUES):
        raise _two_ways(before, clause)
    if item.is_fault:
        return before.meaning
    if last.is_fault and not (before.meaning == "cut" and (item.is_region or clause.article == "the")):
        raise _two_ways(before, clause)
    if item.is_noun and last.is_noun:
        return before.meaning
    raise _two_ways(before, clause)


def _contrasted(before: Said, clause: Clause) -> str:
    """Return the meaning of a bare clause after "but" or "with"."""
    item, last, meaning = clause.items[0], before.item, before.meaning
    if before.is_statement:
        if meaning in ("keep", "opinion"):
            return "stated"
        if clause.join == "but" and item.plain_name in VIRTUES:
            return "keep"
        raise _two_ways(before, clause)
    if item.is_fault and clause.join == "but" and meaning == "opinion":
        return "stated"  # "fine, but a bit dull"
    if item.is_fault:
        raise _two_ways(before, clause)
    if clause.join == "but" and meaning == "+" and last.is_fault:
        raise _two_ways(before, clause)
    return "+"


def _final_join(found: list[Clause], at: int) -> str:
    """Return what binds the last of the list that a bare clause is in: ``and``, ``or`` or ``""``."""
    while at < len(found) and found[at].is_bare and found[at].items and found[at].join in ("comma", "and", "or"):
        if found[at].join in ("and", "or"):
            return found[at].join
        at += 1
    return ""


def _is_of_one_kind(found: list[Clause], at: int) -> bool:
    """Tell whether the rest of a list is all faults, or all things that are none, like the one before it."""
    kinds = {found[at - 1].items[0].is_fault}
    while at < len(found) and found[at].is_bare and found[at].items and found[at].join in ("comma", "and", "or"):
        kinds.add(found[at].items[0].is_fault)
        at += 1
    return len(kinds) == 1


def _two_ways(before: Said, clause: Clause) -> Problem:
    word = clause.items[0].written
    hint = f"could be wished for or not here: write 'more {word}' or 'less {word}'"
    return Problem(f"{word!r} {hint}", before.clause.start, clause.end)
