"""Writers of Python modules: a schema as SQLAlchemy's tables (`core`) and as declarative classes (`orm`).

A `plan` for each dialect says what SQLAlchemy can make of a schema by itself, what is made by the server's own
statements, and when; `tables` writes the parts of a table; `module` what both writers share.
"""
