"""Stripe as stripe-python 16.1.0 knows it (API version 2026-10-28.endive), as far as plans and packs need it.

`service.FakeStripe` is the whole; `ready` fills it as `vannilli stripe setup` does.
"""
