"""Playback of a file through an EQ that changes while it plays."""
