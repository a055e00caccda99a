"""python -m dbx"""

from dbx.cli import main

if __name__ == "__main__":
    main()
