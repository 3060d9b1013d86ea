"""Accounts of users: registration, log-in, API keys and quotas, stored as documents.

E-mails are returned to the caller, which sends them.
"""
