"""What a row of operators in front of a word means: the heart of the grammar, as one table.

A clause's operators are taken in order ("it isn't bright enough" has STATE, NOT, ENOUGH) and looked up here. A row
that is not in the table has no meaning, and is refused: so there is no way to read "not without mud" by accident.
"""

from __future__ import annotations

__all__ = ["COMPLAINTS", "EXPLAINED", "NEGATIVE", "POSITIVE", "meaning_of"]

#: The meanings of rows, and how a reading explains them. The first sign says what becomes of the word.
EXPLAINED = {
    "+": "asked for",
    "-": "negated by {}",
    "cut": "to be taken away: {}",
    "complaint": "complaint: wish for the contrary",
    "complaint of a fault": "complaint: wish for the contrary",
    "stated": "complaint: wish for the contrary",
    "too little": "too little of it: wish for more",
    "absent": "missing: wish for more",
    "limit": "limit: not too much of it",
    "still": "to stay: half as much",
    "opinion": "asks for nothing",
    "keep": "to stay as it is",
    "fault or keep": "not to be added",
    "fault only": "to be mended",
    "virtue only": "to be improved",
}
NEGATIVE = ("-", "cut")
COMPLAINTS = ("complaint", "stated", "complaint of a fault")
POSITIVE = ("+", "too little", "absent", "virtue only", "still")

_TABLE = {
    "+": """
        MORE, INC, INC MORE, NEED, NEED MORE, NOT_ONLY, NOT_ONLY MORE, NEED INC, INC ENOUGH, NEED
        SO
    """,
    "-": """
        LESS, NOT, NO, NEED LESS, NOT SO, NOT NEED SO, HALF, NO SO, NEED HALF
    """,
    "cut": """
        DEC, DEC MORE, DEC TOO, NEED DEC, DEC SO
    """,
    "complaint": """
        TOO, STATE TOO, EXIST TOO, HATE, STATE EXIST TOO, HATE SO, HATE TOO
    """,
    "complaint of a fault": """
        EXIST, EXIST SO, STATE EXIST
    """,
    "stated": """
        STATE, STATE SO
    """,
    "too little": """
        NO ENOUGH, NOWHERE ENOUGH, STATE NOWHERE ENOUGH, LACK, EXIST LACK, STATE LACK, NOT ENOUGH, STATE NOT
        ENOUGH, EXIST NOT ENOUGH, NOT EXIST ENOUGH, NOT STATE ENOUGH, STATE NOT EXIST ENOUGH, EXIST NO
        ENOUGH
    """,
    "absent": """
        STATE NOT, STATE NOT SO, STATE NOT VERY, NOT STATE, NOT STATE SO, NOT STATE VERY, EXIST NOT VERY,
        EXIST NO, EXIST NOT, NOT EXIST, NOT EXIST VERY, NOT EXIST SO, STATE NOT EXIST, EXIST NO SO, STATE
        NO, EXIST NOT SO
    """,
    "limit": """
        NOT TOO, NO TOO, NOT NEED TOO, NOT INC TOO, NO INC TOO, NO VERY
    """,
    "still": """
        STILL, KEEP_IT, KEEP STILL, STILL ENOUGH, KEEP_IT ENOUGH, KEEP_IT STILL
    """,
    "keep": """
        KEEP, NOT DEC, NO DEC, NO AFFECT, NOT AFFECT, STATE ENOUGH, EXIST ENOUGH, ENOUGH, LIKE, NOT NEED
        MORE, NOT NEED INC, LIKE SO, NOT INC MORE, KEEP ENOUGH, NOT DEC TOO, NO DEC TOO, NOT DEC MORE, NO
        DEC MORE
    """,
    "fault or keep": """
        NOT INC, NO INC, NO MORE, NOT MORE, NO INC MORE
    """,
    "fault only": """
        FIX, NEED FIX
    """,
    "virtue only": """
        IMPROVE, NEED IMPROVE
    """,
}
_MEANING = {tuple(row.split()): meaning for meaning, rows in _TABLE.items() for row in rows.split(",")}
_MEANING[()] = "+"
_STATING = frozenset(("STATE", "EXIST", "NEED", "LACK", "KEEP", "LIKE"))
_SAY_MORE = frozenset(("EXIST", "NEED", "LACK", "HATE", "LIKE"))


def meaning_of(operators: tuple[str, ...], *, is_wish: bool) -> str | None:
    """Return what a row of operators means, a key of `EXPLAINED`, or None if it means nothing.

    Args:
        operators: the row, in order.
        is_wish: whether the clause says that something is wished for ("make it", "I want").
    """
    row = list(operators)
    if row[:1] == ["NO"] and row[1:2] and row[1] in _STATING:
        row[0] = "NOT"  # Spanish has one word for both
    if "STILL" in row and len(row) > 1 and row[0] != "KEEP":
        row.remove("STILL")  # "it's still too dark"
    if "STATE" in row and any(operator in _SAY_MORE for operator in row[row.index("STATE") + 1 :]):
        row.remove("STATE")  # "it doesn't need": what follows says it all
    if row[-1:] == ["ENOUGH"]:
        row = [operator for operator in row if operator not in ("VERY", "SO")]  # "not really bright enough"
    if is_wish and row[-2:] == ["NOT", "VERY"]:
        return "limit" if len(row) == 2 else None
    if row[:1] == ["STATE"] and is_wish:
        row = row[1:]  # "I want it so that it is warm"
    return _MEANING.get(tuple(row))
