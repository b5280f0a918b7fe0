"""What runs while the service is up: loading, batching, queues, admission, caches."""
