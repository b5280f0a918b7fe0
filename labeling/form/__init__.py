"""The form that a label config describes: its controls, conditions and offsets."""
