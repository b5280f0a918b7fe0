"""Logs of the controller and of the ML backend: one form, one place, one id through both."""
