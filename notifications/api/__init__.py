"""The REST API of who must be told, and were they."""
