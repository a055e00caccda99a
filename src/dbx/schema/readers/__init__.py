"""How a database becomes a Schema: a package for each dialect with a reader of its own, Inspector for the rest."""
