"""The ledger's migrations: run by Alembic, without a configuration file."""
