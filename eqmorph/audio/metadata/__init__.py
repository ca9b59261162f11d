"""Tags, pictures and chunks carried from a source to its processed copy."""
