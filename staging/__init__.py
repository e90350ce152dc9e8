"""The embedded staging: a stand-in of the system under test, never a part of the monitor."""
