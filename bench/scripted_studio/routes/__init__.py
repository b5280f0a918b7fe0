"""The scripted Label Studio's routes, one file a noun."""
