"""What artists let everybody see: the gallery, watching, reporting, and taking down."""
