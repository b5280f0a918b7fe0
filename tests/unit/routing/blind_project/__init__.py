"""Tests of the blind project."""
