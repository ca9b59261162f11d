"""The screens: the session, and what is asked or shown above it."""
