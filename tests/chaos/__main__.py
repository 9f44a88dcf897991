"""Play schedules of faults from the command line.

python -m tests.chaos --number 300 --store memory --seed 1 --processes 2
python -m tests.chaos --replay 'start red; link ann.1; pass 20; hour'
"""

import sys

from tests.chaos.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
