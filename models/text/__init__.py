"""From the text that was sent to the text that is read, character by character.

Not here: vocabularies in files (`gatewise.models.tokenizer`), and files of texts
(`gatewise.models.files`).
"""
