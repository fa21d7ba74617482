"""Alerts: matching rules, due times, messages and delivery.

Only `delivery_worker` and `channels` send anything and load mail and HTTP libraries; the other modules are pure.
"""
