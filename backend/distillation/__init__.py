"""Distillation: a teacher's beliefs and people's answers become a small, fast student."""
