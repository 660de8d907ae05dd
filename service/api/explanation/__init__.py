"""Computes the record of an explanation, and renders it as JSON, CSV and HTML.

Routes and their documentation belong to the parent package, the types of the record to `schemas`.
"""
