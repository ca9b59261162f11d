"""What people say about sound, read by one grammar: text to tokens, to symbols, to clauses, to words with weights.

`tokens` cuts a text up, `lexicon` and `verbs` know the words of grammar, `regions` names frequencies, and `symbols`
puts these together. `heads` and `clauses` read the structure, `chains` says what a row of operators means, and
`grammar` what each clause asks for; `qualities` tells it what is a fault. The words of the vocabulary are looked up
last, one at a time, where the structure leaves room for one: nothing depends on a word being unknown.
"""

from eqmorph.language.grammar import NotUnderstood, Piece, read
from eqmorph.language.lexicon import is_grammar

__all__ = ["NotUnderstood", "Piece", "is_grammar", "read"]
