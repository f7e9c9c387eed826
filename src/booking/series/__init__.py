"""Appointments that come back by a rule: the rule, the series, what is asked of it and what it answers."""
