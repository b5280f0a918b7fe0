"""Questions: how each control of a form is put to the model, and what its answer is worth."""
