"""The ledger: what the controller saw, decided and wrote, in SQLite or PostgreSQL."""

from routing.ledger.ledger import Ledger

__all__ = ["Ledger"]
