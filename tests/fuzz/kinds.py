"""All kinds of things from outside."""

from tests.fuzz import browser_values, ink_files, pictures, run_files

KINDS = (
    pictures.PICTURES,
    run_files.WEIGHTS,
    run_files.ARCHIVES,
    run_files.MEMBERS,
    run_files.FOLDERS,
    run_files.REPORTS,
    ink_files.INK_FILES,
    ink_files.OWN_FILE,
    ink_files.CONFIGS,
    browser_values.CANVAS,
    browser_values.PAD,
    browser_values.PAD_PAGE,
    browser_values.MESSAGES,
    browser_values.LINKS,
    browser_values.REQUESTS,
    browser_values.CHOICES,
    browser_values.ADDRESSES,
)
