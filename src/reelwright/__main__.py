"""`python -m reelwright` is the command line."""

from reelwright.faces.cli import main

if __name__ == "__main__":
    main()
