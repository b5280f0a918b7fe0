"""The words that Tandem uses in a meaning of its own: one source for help, pages and glossary."""
