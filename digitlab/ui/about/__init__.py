"""About this installation: how a class joins, who sees what, what is here."""
