"""Tests of the writes into Label Studio."""
