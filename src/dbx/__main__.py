"""python -m dbx"""

import signal

# until dbx has taken it over, Ctrl-C ends the program without Python's traceback
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from dbx.cli import main

if __name__ == "__main__":
    main()
