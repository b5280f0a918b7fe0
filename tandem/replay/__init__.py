"""Campaigns without servers: the controller's own decisions, with people who answered before."""
