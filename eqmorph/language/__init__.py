"""What people say about sound, read by one grammar: text to tokens, to symbols, to clauses, to words with weights.

`tokens` cuts a text up, `lexicon` knows the words of grammar (of two languages), `regions` names frequencies,
`qualities` knows what is a fault, `chains` says what a row of operators means, `clauses` reads the structure and
`grammar` what each clause asks for. The words of the vocabulary are looked up last, one at a time, where the
structure leaves room for one: nothing depends on a word being unknown.
"""

from eqmorph.language.grammar import NotUnderstood, Piece, read
from eqmorph.language.lexicon import is_grammar

__all__ = ["NotUnderstood", "Piece", "is_grammar", "read"]
