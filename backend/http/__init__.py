"""What the service speaks: bodies, authorization, metrics, webhooks, jobs, the server itself."""
