"""The two spaces of French typography that no line ends at."""

NARROW = "\u202f"  # espace fine insécable : milliers, %, €, et devant ; ! ?
NO_BREAK = "\u00a0"  # espace insécable : guillemets, deux-points, nombre et unité
