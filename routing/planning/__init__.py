"""How many reviews and audits are to come, and what they cost."""
