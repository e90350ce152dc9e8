"""Screens of the portal of Continuous Medical Education."""
