"""The page's JavaScript: unit tests of its pure modules, and the types of the API records."""
