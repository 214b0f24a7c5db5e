"""Sphinx's settings of the book; `site` calls it with the sources in another folder."""

from importlib.metadata import version as version_of

from book.docstrings import escape, skip

project = "Generative adversarial networks by hand"
author = "the authors of gan_numpy"
version = release = version_of("gan_numpy")
language = "en"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx_copybutton",
]

# Notebooks come executed.
nb_execution_mode = "off"
nb_mime_priority_overrides = [("html", "text/html", 1)]  # films, before all else
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_dmath_double_inline = True
myst_heading_anchors = 4

suppress_warnings = ["ref.python"]  # a type called as several classes are: no link
default_role = "code"
autodoc_typehints = "none"  # the docstrings say more: shapes
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_param = False
napoleon_use_ivar = True
toc_object_entries = False
# Names of other projects, and words that are no types ("array", "callable").
nitpick_ignore_regex = [("py:.*", r"(?!gan_numpy).*")]

html_theme = "furo"
html_title = "GANs by hand"
html_static_path = ["static"]
html_css_files = ["book.css"]
html_copy_source = html_show_sourcelink = False
html_show_search_summary = False  # it would fetch pages, which a file: page may not
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0B5394",
        "color-brand-content": "#0B5394",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7DB7E8",
        "color-brand-content": "#7DB7E8",
    },
}
pygments_style = "friendly"
pygments_dark_style = "github-dark"
mathjax_path = "mathjax/tex-svg.js"  # shapes, not fonts: nothing else is loaded
mathjax3_config = {
    "svg": {"fontCache": "local"},
    "options": {"enableMenu": False},
    "loader": {"paths": {"mathjax": "_static/mathjax"}},
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True


def setup(app):  # type: ignore[no-untyped-def]
    """Docstrings are changed a little on their way; fields without one are left out."""
    app.connect("autodoc-skip-member", skip)
    app.connect("autodoc-process-docstring", escape, priority=400)  # before napoleon
