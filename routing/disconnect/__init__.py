"""Taking Tandem off a project: what of it is there, what goes and stays, and the writes."""
