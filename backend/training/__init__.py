"""Training that runs beside serving: jobs on disk, a worker process, and who starts and ends it."""
