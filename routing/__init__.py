"""The controller: decides who labels what, and keeps Label Studio in step."""
