"""Transactions as a user works in them."""
