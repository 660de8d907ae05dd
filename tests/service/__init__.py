"""The service, asked over real HTTP."""
