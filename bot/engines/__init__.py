"""Engines make a draft answer from what was retrieved; every draft passes the same gate."""
