"""Accounts: who people are, how they prove it, what they may use. Over the documents of a store.

Knows no HTTP and no mails: what is to be sent is told to the door, which sends it.
"""
