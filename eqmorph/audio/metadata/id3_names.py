"""What the fields of Vorbis comments are called in ID3."""

from __future__ import annotations

__all__ = ["FIELD_OF_FRAME", "MUSICBRAINZ", "NAME_OF_DESCRIPTION", "PAIRS", "ROLES"]

FIELD_OF_FRAME = {
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
PAIRS = {"TRCK": ("TRACKNUMBER", "TRACKTOTAL"), "TPOS": ("DISCNUMBER", "DISCTOTAL")}
NAME_OF_DESCRIPTION = {
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
MUSICBRAINZ = "http://musicbrainz.org"
ROLES = ("ARRANGER", "ENGINEER", "PRODUCER", "MIXER", "DJMIXER")
