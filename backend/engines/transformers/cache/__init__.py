"""Keys and values that are kept, grown and shared between rows."""
