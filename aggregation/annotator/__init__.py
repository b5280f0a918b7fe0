"""An annotator that is no person: how good its labels are, and what one of them says."""
