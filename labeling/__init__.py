"""The vocabulary that all rooms share: label config, answers, predictions, settings, errors."""
