"""What pyproject.toml cannot say: the shipped checkpoints lie beside the package, and are installed inside it."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["digitlab", "digitlab.*"]), "digitlab.checkpoints"],
    package_dir={"digitlab.checkpoints": "checkpoints"},
    package_data={
        "digitlab": [
            "*.md",
            "report/*.css",
            "report/*.js",
            "ui/**/*.css",
            "ui/**/*.html",
            "ui/**/*.js",
            "ui/**/*.md",
            "ui/**/*.png",
        ],
        "digitlab.checkpoints": ["*/*", "*/*/*"],
    },
)
