"""Prompts: what the model is asked, from the project itself."""

from backend.prompts.builder import Example, PromptBuilder, read_examples

__all__ = ["Example", "PromptBuilder", "read_examples"]
