"""From a task to its prediction: the model specification, the model, the predictor."""
