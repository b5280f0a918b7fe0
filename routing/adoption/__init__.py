"""Adopting: a ledger rebuilt from what Label Studio holds, where the project's own is lost."""
