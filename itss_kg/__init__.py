"""itss-kg."""
