"""Training and evaluation: torch lives only here (extra ``train``), and nothing at run time imports it."""
