"""What was learned to label texts without the language model: fitted, saved, loaded again."""
