"""How V1 failed and V2 didn't: two words band by band, the way between them, and what is out of range."""
