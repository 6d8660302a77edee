"""The standard, and what a candidate attains, in the forms that other systems load."""
