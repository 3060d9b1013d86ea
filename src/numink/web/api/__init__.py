"""The HTTP API, version 1, described by OpenAPI."""
