"""The HTTP contract between controller and service: every body, for both sides.

Whoever adds a field adds it here. Label Studio itself posts to `/setup`, `/predict` and `/webhook`,
so fields that are not known are ignored, and a project is read in each form that it writes it in.
See docs/backend.md for what each route does.
"""
