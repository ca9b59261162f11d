"""The chunks of WAV, RF64, W64, AIFF and CAF files."""
