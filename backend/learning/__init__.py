"""Learning: what people's answers teach the backend about a project."""
