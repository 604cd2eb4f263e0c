"""Long proofs of what the product promises, run by hand: `make drill`, or `make drill NAMES="a b"`.

Each tries one promise at full size on servers of its own. A short form of each is a test in tests/drills.
"""
