"""Who is asked what: users, workload, assignment, tabs."""
