"""Music in numbers: pure, exact (`Fraction`, `Decimal`), without I/O. A float exists only at the edges."""
