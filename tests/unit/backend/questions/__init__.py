"""Tests of the questions that controls are put to the model as."""
