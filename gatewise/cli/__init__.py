"""The command `gatewise`: one module for each subcommand, and what they share.

Modules here import only light packages at the top (cyclopts, rich, pydantic); a subcommand imports
the package that does its work when it runs. Not here: computation, training or HTTP.
"""
