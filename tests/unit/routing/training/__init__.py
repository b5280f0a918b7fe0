"""Tests of the training project."""
