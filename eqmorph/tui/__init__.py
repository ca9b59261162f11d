"""The terminal app: hear and see an EQ while you move it."""
