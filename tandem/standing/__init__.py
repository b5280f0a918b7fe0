"""What a project's standing means to its admin, in words; so that all who tell it say the same."""
