"""The learners, from the cheapest on: each makes of people's answers what labels fresh texts."""
