"""dbx: a database shell and inspector. Type Python, see the SQL, get the rows."""

__version__ = "0.1.0"
