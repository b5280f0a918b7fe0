"""Solved items in a prompt: the same for all items, or those that are most like each."""

from backend.prompts.examples.bank import ExampleBank, SolvedItem
from backend.prompts.examples.plan import (
    ExamplePlan,
    RetrievedExamples,
    StaticExamples,
    plan_from_json,
)

__all__ = [
    "ExampleBank",
    "ExamplePlan",
    "RetrievedExamples",
    "SolvedItem",
    "StaticExamples",
    "plan_from_json",
]
