"""ID3 tags translated to fields and pictures, and back (through mutagen)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import mutagen.id3

from eqmorph.audio.metadata.fields import PARSER_FAILURES, Field, Picture, Tags, canonical, merged
from eqmorph.audio.metadata.id3 import HEADER_BYTES, Frame, drop_frames, frames_of, with_frames
from eqmorph.audio.metadata.notes import Notes, Why

__all__ = ["fields_of_id3", "fields_of_id3v1", "id3_for", "id3_tag", "tags_with_id3"]

id3: Any = mutagen.id3  # typed only in parts
Id3Frame = Any

_FAILURES = (mutagen.MutagenError, *PARSER_FAILURES)
_TEXT_FRAMES = {
    "TIT1": "GROUPING",
    "TIT2": "TITLE",
    "TIT3": "SUBTITLE",
    "TPE1": "ARTIST",
    "TPE2": "ALBUMARTIST",
    "TPE3": "CONDUCTOR",
    "TPE4": "REMIXER",
    "TALB": "ALBUM",
    "TCOM": "COMPOSER",
    "TEXT": "LYRICIST",
    "TCON": "GENRE",
    "TCOP": "COPYRIGHT",
    "TPUB": "PUBLISHER",
    "TENC": "ENCODEDBY",
    "TSSE": "ENCODER",
    "TSRC": "ISRC",
    "TBPM": "BPM",
    "TKEY": "KEY",
    "TLAN": "LANGUAGE",
    "TMOO": "MOOD",
    "TMED": "MEDIA",
    "TCMP": "COMPILATION",
    "TSST": "DISCSUBTITLE",
    "TSOA": "ALBUMSORT",
    "TSOP": "ARTISTSORT",
    "TSOT": "TITLESORT",
    "TSO2": "ALBUMARTISTSORT",
    "TSOC": "COMPOSERSORT",
    "TDRC": "DATE",
    "TDOR": "ORIGINALDATE",
    "WOAR": "WEBSITE",
    "WCOP": "LICENSE",
}
_FRAME_OF_FIELD = {field: frame for frame, field in _TEXT_FRAMES.items()}
_PAIRS = {"TRCK": ("TRACKNUMBER", "TRACKTOTAL"), "TPOS": ("DISCNUMBER", "DISCTOTAL")}
_NAMES_OF_TXXX = {
    "Acoustid Fingerprint": "ACOUSTID_FINGERPRINT",
    "Acoustid Id": "ACOUSTID_ID",
    "MusicBrainz Album Artist Id": "MUSICBRAINZ_ALBUMARTISTID",
    "MusicBrainz Album Id": "MUSICBRAINZ_ALBUMID",
    "MusicBrainz Artist Id": "MUSICBRAINZ_ARTISTID",
    "MusicBrainz Disc Id": "MUSICBRAINZ_DISCID",
    "MusicBrainz Release Group Id": "MUSICBRAINZ_RELEASEGROUPID",
    "MusicBrainz Release Track Id": "MUSICBRAINZ_RELEASETRACKID",
    "MusicBrainz Work Id": "MUSICBRAINZ_WORKID",
}
_TXXX_OF_NAME = {name: description for description, name in _NAMES_OF_TXXX.items()}
_MUSICBRAINZ = "http://musicbrainz.org"
_ROLES = ("ARRANGER", "ENGINEER", "PRODUCER", "MIXER", "DJMIXER")
_OTHER_READABLE = ("COMM", "COM", "USLT", "ULT", "APIC", "PIC", "UFID", "UFI", "IPLS", "IPL")
_WIDELY_USED_IN_V23 = ("TSOA", "TSOP", "TSOT", "TSST", "TMOO")  # v2.4 frames that v2.3 readers know nevertheless
_UTF8 = 3


def fields_of_id3(tag: bytes) -> tuple[list[Field], list[Picture], list[str]]:
    """Return the fields and pictures of an ID3v2 tag, and the names of frames that are neither."""

    def unreadable(frame: Frame) -> bool:
        packed = len(frame.raw) > 10 and not frame.content  # unpacking could fill the memory
        return packed or not (frame.ident[0] in "TW" or frame.ident in _OTHER_READABLE)

    only_in_id3 = [f"ID3 {frame.ident}" for frame in frames_of(tag) if unreadable(frame)]
    readable = drop_frames(tag, unreadable)
    try:
        frames = list(id3.ID3(io.BytesIO(readable), load_v1=False).values())
    except _FAILURES:
        return [], [], [*only_in_id3, "ID3 tag"]
    fields: list[Field] = []
    pictures: list[Picture] = []
    for frame in frames:
        try:
            if frame.FrameID == "APIC":
                pictures.append(Picture(frame.data, frame.mime, int(frame.type), frame.desc))
            else:
                fields += _fields_of_frame(frame)
        except _FAILURES:
            only_in_id3.append(f"ID3 {frame.FrameID}")
    return fields, pictures, only_in_id3


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


def fields_of_id3v1(tag: bytes) -> list[Field]:
    """Return the fields in the 128 bytes of an ID3v1 tag."""
    frames = id3.ParseID3v1(tag) or {}
    return [field for frame in frames.values() for field in _fields_of_frame(frame)]


def _fields_of_frame(frame: Id3Frame) -> Iterator[Field]:
    ident = frame.FrameID
    if ident in _PAIRS:
        for text in frame.text:
            number, _, total = str(text).partition("/")
            yield from ((name, value) for name, value in zip(_PAIRS[ident], (number, total), strict=True) if value)
    elif ident == "TXXX":
        name = _NAMES_OF_TXXX.get(frame.desc, frame.desc or "TXXX")
        yield from ((name, text) for text in frame.text)
    elif ident == "COMM":
        name = f"COMMENT:{frame.desc}" if frame.desc else "COMMENT"
        yield from ((name, text) for text in frame.text)
    elif ident == "USLT":
        yield "LYRICS", frame.text
    elif ident == "UFID":
        name = "MUSICBRAINZ_TRACKID" if frame.owner == _MUSICBRAINZ else f"UFID:{frame.owner}"
        yield name, frame.data.decode("ascii", "replace")
    elif ident in ("TIPL", "TMCL", "IPLS"):
        for role, person in frame.people:
            is_role = role.upper() in _ROLES
            yield (role.upper(), person) if is_role else ("PERFORMER", f"{person} ({role})" if role else person)
    elif ident == "WXXX":
        yield f"URL:{frame.desc}" if frame.desc else "URL", frame.url
    elif ident[0] == "W":
        yield _TEXT_FRAMES.get(ident, ident), frame.url
    else:
        texts = frame.genres if ident == "TCON" else [str(text) for text in frame.text]
        yield from ((_TEXT_FRAMES.get(ident, ident), text) for text in texts)


def id3_tag(fields: Iterable[Field], pictures: Iterable[Picture] = (), *, version: int = 4) -> bytes:
    """Return an ID3v2.4 or v2.3 tag, without padding, for ``fields`` and ``pictures``."""
    tag = id3.ID3()
    for frame in chain(_frames_of_fields(fields), map(_frame_of_picture, pictures)):
        while frame.HashKey in tag and frame.FrameID == "APIC":
            frame.desc += " "  # two pictures may have the same kind, but not the same description
        tag.add(frame)
    if version == 3:
        kept = [frame for name in _WIDELY_USED_IN_V23 for frame in tag.getall(name)]
        tag.update_to_v23()
        for frame in kept:
            tag.add(frame)
    buffer = io.BytesIO()
    tag.save(buffer, v1=0, v2_version=version, padding=lambda _info: 0)
    return buffer.getvalue()


def _frame_of_picture(picture: Picture) -> Id3Frame:
    kind = picture.kind if 0 <= picture.kind <= 20 else 0
    return id3.APIC(encoding=_UTF8, mime=picture.mime, type=kind, desc=picture.description, data=picture.data)


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
    for ident, (number_name, total_name) in _PAIRS.items():
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
    involved = [[role.lower(), person] for role in _ROLES for person in values.pop(role, [])]
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
            return id3.UFID(owner=_MUSICBRAINZ, data=texts[0].encode("latin-1"))
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
    return id3.TXXX(encoding=_UTF8, desc=_TXXX_OF_NAME.get(name, spelling), text=texts)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
