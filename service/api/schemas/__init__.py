"""Requests and responses of the endpoints. The descriptions of fields document the API.

Nothing is computed here.
"""
