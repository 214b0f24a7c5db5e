"""The game in a browser: the two players on points of the plane, trained there.

Read `page` first, then the modules in `engine`.
"""
