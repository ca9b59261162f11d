"""ID3 tags read as fields and pictures.

mutagen would do it, but not for tags from strangers: it unpacks compressed frames to whatever size they claim, and a
tag of some hundred kilobytes can keep it busy for minutes. Here it lends its tables, and of the file it only reads
single texts: genres, which are numbers in part, and dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import mutagen.id3

from eqmorph.audio.metadata.fields import Field, Picture
from eqmorph.audio.metadata.id3 import Frame, cut_off_frame, parse_tag
from eqmorph.audio.metadata.id3_names import FIELD_OF_FRAME, MUSICBRAINZ, NAME_OF_DESCRIPTION, PAIRS, ROLES
from eqmorph.audio.metadata.id3_text import LATIN1, first_string, strings
from eqmorph.audio.metadata.limits import check_items

__all__ = ["fields_of_id3", "fields_of_id3v1"]

id3: Any = mutagen.id3  # typed only in parts

_OTHER_READABLE = ("APIC", "COMM", "UFID", "USLT")  # besides texts and links
_TIMES = ("TDEN", "TDOR", "TDRC", "TDRL", "TDTG")
_LONGEST_TIME = len("2024-05-01T12:34:56")  # mutagen cuts a longer text down to the date it begins with
_SUCCESSORS = {"IPLS": "TIPL"}  # of v2.3's frames in v2.4
_DATE_BEFORE_V24 = ("TYER", "TDAT", "TIME")  # year, day and month, hour and minute
_YEAR_BEFORE_V24 = "TORY"  # of the original
_ABOUT_OLD_FILE = ("TSIZ",)
_PICTURES_OF_V22 = (b"JPG", b"PNG", b"-->")
_MIMES = {"JPG": "image/jpeg", "PNG": "image/png"}  # what v2.2 has instead, and some writers of v2.3


def fields_of_id3(tag: bytes) -> tuple[list[Field], list[Picture], list[str]]:
    """Return the fields and pictures of an ID3v2 tag, and the names of frames that are neither."""
    parsed = parse_tag(tag)
    if parsed is None:
        return [], [], ["ID3 tag"]
    fields: list[Field] = []
    filled: set[str] = set()  # the frames that gave some
    known: dict[Field, Field] = {}  # so that equal ones take their memory once
    read: set[tuple[str, bytes]] = set()
    old_dates: dict[str, list[str]] = {}
    pictures: list[Picture] = []
    only_in_id3: list[str] = []
    for frame in (*parsed.frames, *filter(None, [cut_off_frame(parsed)])):
        ident = _current_ident(frame.ident)
        if frame.content and (frame.ident, frame.content) in read:
            continue  # a frame that is there twice says nothing more; equal values in one, or in two frames, may
        read.add((frame.ident, frame.content))
        try:
            if not _is_readable(frame, ident):
                only_in_id3.append(f"ID3 {frame.ident}")
            elif ident == "APIC":
                pictures.append(_picture(frame, parsed.version))
            elif ident in (*_DATE_BEFORE_V24, _YEAR_BEFORE_V24):
                old_dates.setdefault(ident, []).extend(_texts(frame))
            elif ident not in _ABOUT_OLD_FILE:
                count = len(fields)
                fields += (known.setdefault(field, field) for field in _fields_of_frame(ident, frame))
                if len(fields) > count:
                    filled.add(ident)
        except (ValueError, IndexError):
            only_in_id3.append(f"ID3 {frame.ident}")
        check_items(len(fields) + len(pictures) + sum(map(len, old_dates.values())))
    if "TDRC" not in filled:
        fields += _dates_before_v24(old_dates)
    if "TDOR" not in filled:
        fields += (("ORIGINALDATE", year) for year in old_dates.get(_YEAR_BEFORE_V24, []))
    if parsed.rest and parsed.rest[0]:  # anything that begins with a NUL is padding
        only_in_id3.append("damaged ID3 frames")
    return fields, pictures, only_in_id3


def _current_ident(ident: str) -> str:
    """Return the identifier that v2.4 has for a frame; v2.2's have three letters."""
    kind = id3.Frames_2_2.get(ident)
    if kind is not None and kind.__base__ is not id3.Frame:
        ident = kind.__base__.__name__
    return _SUCCESSORS.get(ident, ident)


def _is_readable(frame: Frame, ident: str) -> bool:
    is_standard = frame.ident.isalnum() and frame.ident.isupper()
    return is_standard and not frame.is_packed and (ident[0] in "TW" or ident in _OTHER_READABLE)


def _texts(frame: Frame) -> list[str]:
    return strings(frame.content[1:], frame.content[0]) if frame.content else []


def _fields_of_frame(ident: str, frame: Frame) -> Iterator[Field]:
    """Yield the fields of a text, a link or another readable frame; raises ValueError or IndexError if damaged."""
    name, content = FIELD_OF_FRAME.get(ident, ident), frame.content
    if not content:
        return
    if ident == "UFID":
        owner, data = first_string(content, LATIN1)
        yield "MUSICBRAINZ_TRACKID" if owner == MUSICBRAINZ else f"UFID:{owner}", data.decode("ascii", "replace")
    elif ident == "WXXX":
        description, link = first_string(content[1:], content[0])
        yield f"URL:{description}" if description else "URL", first_string(link, LATIN1)[0]
    elif ident[0] == "W":
        yield name, first_string(content, LATIN1)[0]
    elif ident in ("COMM", "USLT"):
        description, *texts = strings(content[4:], content[0]) or [""]  # after the language
        name = "LYRICS" if ident == "USLT" else f"COMMENT:{description}" if description else "COMMENT"
        yield from ((name, text) for text in texts)
    elif ident == "TXXX":
        description, *texts = _texts(frame) or [""]
        name = NAME_OF_DESCRIPTION.get(description, description or "TXXX")
        yield from ((name, text) for text in texts)
    elif ident in ("TIPL", "TMCL"):
        names = _texts(frame)
        for role, person in zip_longest(names[::2], names[1::2], fillvalue=""):
            if role and person:
                yield (role.upper(), person) if role.upper() in ROLES else ("PERFORMER", f"{person} ({role})")
            elif person or role.upper() not in ("", *ROLES):  # a name that is not in a pair may be a person's
                yield "PERFORMER", person or role
    elif ident in PAIRS:
        for text in _texts(frame):
            number, _, total = text.partition("/")
            yield from ((name, value) for name, value in zip(PAIRS[ident], (number, total), strict=True) if value)
    else:
        texts = _texts(frame)
        if ident == "TCON":
            texts = id3.TCON(encoding=3, text=texts).genres  # by number or by name
        elif ident in _TIMES:
            texts = [str(id3.ID3TimeStamp(text)) or text if len(text) <= _LONGEST_TIME else text for text in texts]
        yield from ((name, text) for text in texts)


def _dates_before_v24(texts: dict[str, list[str]]) -> Iterator[Field]:
    """Yield the dates that v2.3 spreads over three frames."""
    for year, day, time in zip_longest(*(texts.get(ident, []) for ident in _DATE_BEFORE_V24), fillvalue=""):
        date = year
        if len(year) == 4 and len(day) == 4 and day.isdecimal():
            date += f"-{day[2:]}-{day[:2]}"
            if len(time) == 4 and time.isdecimal():
                date += f" {time[:2]}:{time[2:]}:00"
        if year:
            yield "DATE", date


def _picture(frame: Frame, version: int) -> Picture:
    encoding, rest = frame.content[0], frame.content[1:]
    if version == 2 or (frame.ident == "PIC" and rest[:3] in _PICTURES_OF_V22):
        mime, rest = rest[:3].decode("latin-1"), rest[3:]
    else:
        mime, rest = first_string(rest, LATIN1)
    kind = rest[0]
    description, data = first_string(rest[1:], encoding)
    return Picture(data, _MIMES.get(mime, mime), kind, description)


def fields_of_id3v1(tag: bytes) -> list[Field]:
    """Return the fields in the 128 bytes of an ID3v1 tag."""
    title, artist, album, date, comment = (
        first_string(tag[start:end], LATIN1)[0].strip()
        for start, end in ((3, 33), (33, 63), (63, 93), (93, 97), (97, 127))
    )
    track = tag[126] if not tag[125] else 0
    genre = id3.TCON.GENRES[tag[127]] if tag[127] < len(id3.TCON.GENRES) else ""
    fields = {
        "TITLE": title,
        "ARTIST": artist,
        "ALBUM": album,
        "DATE": date,
        "COMMENT:ID3v1 Comment": comment,
        "TRACKNUMBER": str(track or ""),
        "GENRE": genre,
    }
    return [(name, value) for name, value in fields.items() if value]
