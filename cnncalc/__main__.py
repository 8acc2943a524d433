"""`python -m cnncalc` -> the command line."""

from cnncalc.cli import main

if __name__ == "__main__":
    main()
