"""The screens: the session, and the dialogs above it."""
