"""Screens of ЕСИА, where a person signs in."""
