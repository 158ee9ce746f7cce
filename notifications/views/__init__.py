"""The notifications' pages, one module a topic."""
