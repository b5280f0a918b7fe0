"""The training project: who is new is shown what is right there, and examined."""
