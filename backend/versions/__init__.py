"""A project's fitted versions: kept on disk, held against each other, listed and rolled back."""
