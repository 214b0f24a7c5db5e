"""The doctor: why a training fails, from what its networks show.

Read `patient` (what is examined), `probes` and `looks` (what is measured), `watch`
(when), `trace` (what is kept), `thresholds` (what is unusual), then `findings` (one
idea a file) and `verdict`.
"""
