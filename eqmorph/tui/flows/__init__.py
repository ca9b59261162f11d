"""What a key starts: a form asks for it, a worker does it, and the status line says how it ended."""
