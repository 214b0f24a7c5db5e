"""What `setup.cfg` cannot say: the lessons' notebooks travel with the package."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

LESSONS = Path(__file__).parent / "lessons"


class WithLessons(build_py):
    """Copies the notebooks beside `gan_numpy.lesson`: `gan-numpy assign` has them."""

    def run(self):
        super().run()
        if not self.editable_mode:  # there they are read where they lie
            folder = Path(self.build_lib, "gan_numpy", "lesson", "notebooks")
            folder.mkdir(parents=True, exist_ok=True)
            for notebook in sorted(LESSONS.glob("*.ipynb")):
                shutil.copy(notebook, folder)


setup(cmdclass={"build_py": WithLessons})
