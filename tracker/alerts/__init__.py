"""Alerts: which rules a change matches, when an alert is due, what it says, and its delivery.

Only `delivery_worker` and `channels` send anything and load mail and HTTP libraries; the other modules are pure.
"""
