"""Serving under gunicorn: one worker process that owns the model, and ends without losing work."""
