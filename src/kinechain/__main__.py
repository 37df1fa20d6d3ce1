"""Run the command line with `python -m kinechain`."""

from kinechain.cli import main

main()
