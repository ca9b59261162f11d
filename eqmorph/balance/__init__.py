"""Tonal balances: how recordings sound as a whole, kept in one small file and used as a reference."""

from eqmorph.balance.balance import THIRDS_HZ, Balance, average, distance_db, third_octaves
from eqmorph.balance.document import SCHEMA, format_balance, read_balance
from eqmorph.balance.store import (
    find_saved,
    list_references,
    remove_reference,
    save_reference,
    user_reference_folder,
    user_reference_path,
)

__all__ = [
    "SCHEMA",
    "THIRDS_HZ",
    "Balance",
    "average",
    "distance_db",
    "find_saved",
    "format_balance",
    "list_references",
    "read_balance",
    "remove_reference",
    "save_reference",
    "third_octaves",
    "user_reference_folder",
    "user_reference_path",
]
