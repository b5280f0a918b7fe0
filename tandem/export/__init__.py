"""The finished dataset as files, with its report and certificates."""
