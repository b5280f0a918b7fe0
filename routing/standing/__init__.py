"""Where a project stands: what status, passes, dashboard and report say first."""
