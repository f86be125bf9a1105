"""What follows once a ticket exists: alarms, closing, escalation, the digest and the report.

Functions take values and return values.
"""
