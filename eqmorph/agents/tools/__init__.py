"""The tools, in the order in which they are offered."""

from eqmorph.agents.tools.applying import APPLY, UNDO
from eqmorph.agents.tools.listening import COMPARE, LISTEN, RANK
from eqmorph.agents.tools.looking import FILES, WORDS
from eqmorph.agents.tools.planning import ADJUST, PLAN

__all__ = ["ALL"]

ALL = (FILES, LISTEN, WORDS, PLAN, ADJUST, APPLY, UNDO, COMPARE, RANK)
