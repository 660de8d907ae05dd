"""Tests of the command `gatewise`."""
