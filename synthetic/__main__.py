"""``python -m synthetic`` is `nmo-monitor`."""

from synthetic.cli import main

if __name__ == "__main__":
    main()
