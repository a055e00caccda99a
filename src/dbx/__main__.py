"""python -m dbx"""

import signal
import sys

# until dbx has taken it over, Ctrl-C ends the program without Python's traceback
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

if sys.argv[1:2] == ["--complete"]:
    from dbx.complete import main
else:
    from dbx.cli import main

if __name__ == "__main__":
    main()
