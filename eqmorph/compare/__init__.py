"""One sound in several versions: as it is, by words' own EQ, by what it lacks of them. Side by side, or blind."""
