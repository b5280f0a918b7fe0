"""One file a migration; numbers give their order."""
