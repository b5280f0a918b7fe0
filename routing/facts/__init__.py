"""What is known of a project, in the terms of aggregation and of the guarantee."""
