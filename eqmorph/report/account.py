"""What was decided for a file, read back from a report, so that it is said in the same words as when it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any, ClassVar, Protocol, TypeVar

from eqmorph.adapt.account import Account, OverTime, ReferenceChange, SectionChange, WordChange
from eqmorph.adapt.limits import Bound, Limit
from eqmorph.adapt.move import Conflict

__all__ = ["account_of"]


class _Record(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Made = TypeVar("Made", bound=_Record)


def account_of(data: Any) -> Account | None:
    """Return the account that `Account.to_dict` gave; None for what is none. An older release left parts out."""
    if not isinstance(data, Mapping):
        return None
    try:
        reference, over_time = data.get("reference"), data.get("over_time")
        account = _made(
            Account,
            data,
            words=tuple(_made(WordChange, word, limits=_bounds(word)) for word in data["words"]),
            limits=_bounds(data),
            conflicts=tuple(_made(Conflict, one) for one in data.get("conflicts", ())),
            futile=tuple(str(word) for word in data.get("futile", ())),
            reference=_made(ReferenceChange, reference, limits=_bounds(reference)) if reference else None,
            sections=tuple(_made(SectionChange, one) for one in data.get("sections", ())),
            over_time=_made(OverTime, over_time) if over_time else None,
        )
        return account if account.sentence else None  # it can be said
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def _made(kind: type[Made], data: Mapping[str, Any], **parts: Any) -> Made:
    """Make a record of plain data, without what a later release may have added."""
    known = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in data.items() if name in known} | parts)


def _bounds(data: Mapping[str, Any]) -> tuple[Bound, ...]:
    return tuple(_made(Bound, one, limit=Limit(one["limit"])) for one in data.get("limits", ()))
