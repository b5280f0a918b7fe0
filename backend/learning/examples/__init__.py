"""Examples in the prompt: which of people's answers are shown, if that is worth what it costs."""

from backend.learning.examples.choose import ExampleBudget, ExampleChoice, choose_examples

__all__ = ["ExampleBudget", "ExampleChoice", "choose_examples"]
