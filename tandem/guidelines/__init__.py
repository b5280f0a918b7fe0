"""Guidelines: what the instruction should say more clearly, and whether a new one helped."""
