"""A priced annotator that is no person: what it is asked, and what its labels are worth."""
