"""Tags with an ID3 tag among them, and ID3 tags made of fields and pictures (through mutagen)."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import mutagen.id3

from eqmorph.audio.metadata.fields import Field, Picture, Tags, canonical, merged
from eqmorph.audio.metadata.id3 import HEADER_BYTES, with_frames
from eqmorph.audio.metadata.id3_names import FIELD_OF_FRAME, MUSICBRAINZ, NAME_OF_DESCRIPTION, PAIRS, ROLES
from eqmorph.audio.metadata.id3_read import fields_of_id3
from eqmorph.audio.metadata.notes import Notes, Why

__all__ = ["id3_for", "id3_tag", "tags_with_id3"]

id3: Any = mutagen.id3  # typed only in parts
Id3Frame = Any

_FRAME_OF_FIELD = {field: frame for frame, field in FIELD_OF_FRAME.items()}
_DESCRIPTION_OF_NAME = {name: description for description, name in NAME_OF_DESCRIPTION.items()}
_WIDELY_USED_IN_V23 = ("TSOA", "TSOP", "TSOT", "TSST", "TMOO")  # v2.4 frames that v2.3 readers know nevertheless
_UTF8 = 3
_MOST_BLANKS = 64  # after a picture's description


def tags_with_id3(
    tag: bytes, others: Iterable[Field] = (), pictures: Iterable[Picture] = (), unsupported: Iterable[str] = ()
) -> Tags:
    """Return the tags in an ID3v2 tag (empty: none) and in other places of the same file, which only add to it."""
    fields, own_pictures, only_in_id3 = fields_of_id3(tag) if tag else ([], [], [])
    everything = merged(fields, others)
    return Tags(
        fields=everything,
        pictures=tuple(own_pictures or pictures),
        only_in_id3=tuple(only_in_id3),
        unsupported=tuple(unsupported),
        id3=tag,
        outside_id3=everything[len(fields) :] if tag else (),
    )


def id3_for(tags: Tags, notes: Notes) -> bytes:
    """Return an ID3v2 tag with all of ``tags``: the one they came with, if there is one, plus what it lacks."""
    if tags.id3 and not tags.outside_id3:
        return tags.id3
    if tags.id3 and tags.id3[3] in (3, 4):
        added = id3_tag(tags.outside_id3, version=tags.id3[3])[HEADER_BYTES:]
        extended = with_frames(tags.id3, added)
        if extended:
            return extended
    notes.add(Why.HAS_NO_PLACE, *tags.only_in_id3)
    return id3_tag(tags.fields, tags.pictures)


def id3_tag(fields: Iterable[Field], pictures: Iterable[Picture] = (), *, version: int = 4) -> bytes:
    """Return an ID3v2.4 or v2.3 tag, without padding, for ``fields`` and ``pictures``."""
    tag = id3.ID3()
    for frame in chain(_frames_of_fields(fields), _frames_of_pictures(pictures)):
        tag.add(frame)
    if version == 3:
        kept = [frame for name in _WIDELY_USED_IN_V23 for frame in tag.getall(name)]
        tag.update_to_v23()
        for frame in kept:
            tag.add(frame)
    buffer = io.BytesIO()
    tag.save(buffer, v1=0, v2_version=version, padding=lambda _info: 0)
    return buffer.getvalue()


def _frames_of_pictures(pictures: Iterable[Picture]) -> Iterator[Id3Frame]:
    """Yield the pictures' frames; two may be of the same kind, but not have the same description.

    Blanks, which nobody sees, tell them apart; numbers where blanks would take more room than the pictures.
    """
    taken: set[str] = set()
    copies: Counter[str] = Counter()
    for picture in pictures:
        kind = picture.kind if 0 <= picture.kind <= 20 else 0
        description = picture.description
        while description in taken:
            copies[picture.description] += 1
            copy = copies[picture.description]
            description = picture.description + (" " * copy if copy <= _MOST_BLANKS else f" ({copy + 1})")
        taken.add(description)
        yield id3.APIC(encoding=_UTF8, mime=picture.mime, type=kind, desc=description, data=picture.data)


def _frames_of_fields(fields: Iterable[Field]) -> Iterator[Id3Frame]:
    values: dict[str, list[str]] = {}
    spelling: dict[str, str] = {}
    for name, value in fields:
        values.setdefault(canonical(name), []).append(value.replace("\0", " "))
        spelling.setdefault(canonical(name), name)
    if "YEAR" in values and "DATE" not in values:
        values["DATE"] = values.pop("YEAR")
    yield from _pair_frames(values)
    yield from _people_frames(values)
    for name, texts in values.items():
        yield _frame_of_field(name, spelling.get(name, name), texts)


def _pair_frames(values: dict[str, list[str]]) -> Iterator[Id3Frame]:
    """Take numbers and their totals out of ``values``, as the frames that hold both."""
    for ident, (number_name, total_name) in PAIRS.items():
        if number_name in values:
            number, *others = values.pop(number_name)
            total = values.get(total_name, [""])[0]
            if total and "/" not in number:
                number = f"{number}/{total}"
            if number.partition("/")[2] == total:
                values.pop(total_name, None)
            yield id3.Frames[ident](encoding=_UTF8, text=[number, *others])


def _people_frames(values: dict[str, list[str]]) -> Iterator[Id3Frame]:
    """Take the people with a role out of ``values``."""
    involved = [[role.lower(), person] for role in ROLES for person in values.pop(role, [])]
    if involved:
        yield id3.TIPL(encoding=_UTF8, people=involved)
    players = []
    for player in values.pop("PERFORMER", []):
        person, _, role = player.removesuffix(")").rpartition(" (") if player.endswith(")") else (player, "", "")
        players.append([role, person])
    if players:
        yield id3.TMCL(encoding=_UTF8, people=players)


def _frame_of_field(name: str, spelling: str, texts: list[str]) -> Id3Frame:
    kind = id3.Frames.get(_FRAME_OF_FIELD.get(name, name), id3.TXXX)
    if name in ("COMMENT", "LYRICS") or name.startswith("COMMENT:"):
        described, joined = spelling.partition(":")[2], "\n".join(dict.fromkeys(texts))
        if name == "LYRICS":
            return id3.USLT(encoding=_UTF8, lang="XXX", desc="", text=joined)
        return id3.COMM(encoding=_UTF8, lang="XXX", desc=described, text=[joined])
    if len(texts) == 1 and all(character <= "\xff" for character in texts[0]):  # these frames take Latin-1 only
        if name == "MUSICBRAINZ_TRACKID":
            return id3.UFID(owner=MUSICBRAINZ, data=texts[0].encode("latin-1"))
        if name.partition(":")[0] == "URL":
            return id3.WXXX(encoding=_UTF8, desc=spelling.partition(":")[2], url=texts[0])
        if issubclass(kind, id3.UrlFrame) and kind is not id3.WXXX:
            return kind(url=texts[0])
    if issubclass(kind, id3.TimeStampTextFrame):
        frame = kind(encoding=_UTF8, text=texts)
        if [_digits(str(stamp)) for stamp in frame.text] == [_digits(text) for text in texts]:
            return frame  # it is a date, however it is written
    elif issubclass(kind, id3.TextFrame) and kind not in (id3.TXXX, id3.COMM):
        return kind(encoding=_UTF8, text=texts)
    return id3.TXXX(encoding=_UTF8, desc=_DESCRIPTION_OF_NAME.get(name, spelling), text=texts)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
