"""Approval requests: what is asked, by whom, on which clauses of which version."""
