"""Generation: what is to be written is planned, a model writes it, a file keeps all of it."""
