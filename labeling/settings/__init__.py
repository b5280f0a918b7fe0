"""The settings of a project, section by section."""
