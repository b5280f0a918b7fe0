"""Forms of several controls: answers joined control by control, and clustered by equivalence."""
