"""`python -m itss_kg` is `itss-kg`."""

from itss_kg.cli import main

if __name__ == "__main__":
    main()
