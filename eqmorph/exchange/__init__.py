"""EQs as other programs keep them: written for each, and read from what people have."""

from eqmorph.exchange.camilladsp import read_yaml
from eqmorph.exchange.format import Format, Holds, Outgoing, Written
from eqmorph.exchange.json_bands import read_json
from eqmorph.exchange.measure import Difference
from eqmorph.exchange.nearest import difference
from eqmorph.exchange.read import format_of, read_eq
from eqmorph.exchange.registry import FORMATS, find_format
from eqmorph.exchange.write import write_eq

__all__ = [
    "FORMATS",
    "Difference",
    "Format",
    "Holds",
    "Outgoing",
    "Written",
    "difference",
    "find_format",
    "format_of",
    "read_eq",
    "read_json",
    "read_yaml",
    "write_eq",
]
