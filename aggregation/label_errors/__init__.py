"""Labels that stand and are probably wrong: how probable that is, in what way, and why."""
