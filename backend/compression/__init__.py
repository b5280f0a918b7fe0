"""A smaller model made of a large one, and what that costs, on answers that it did not see."""
