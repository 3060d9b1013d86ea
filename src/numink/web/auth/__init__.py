"""Authentication over HTTP: log-in, accounts, API keys, sign-in with a provider, and rate limits of attempts."""
