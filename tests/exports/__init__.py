"""Files of the roster that are taken out, as tests see them: read by a library that did not write them."""
