"""The book: one site made from what there is; ``python lessons/build.py --book DIR``.

Nothing is written twice. `pages/` holds the texts that are the book's own; `texts`
takes them and the course's other texts, `lessons` the notebooks (`executed` keeps what
they show); `mistakes`, `findings`, `gallery` and `reference` are made from registries
and docstrings, `source` from the code; `live` are the pages that move. `links` leads
from one to the other, `site` puts all of it into a folder for Sphinx, `check` reads
what Sphinx has made.
"""
