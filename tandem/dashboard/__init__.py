"""The dashboard: a live page for the admin and one for each reviewer, which change nothing."""
