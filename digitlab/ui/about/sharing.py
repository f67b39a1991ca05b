"""What is shared with whom, in plain words."""

from collections.abc import Sequence

import streamlit as st

from digitlab.access import Quotas, Role
from digitlab.formats import count

_OPEN = (
    "Everything on this server is open to everyone who reaches it: they see, start, stop and delete all runs, and see, "
    "change and delete all drawings.",
    "Drawings and pictures stay on the computer that runs digitlab. Nothing is sent anywhere else.",
)

_PUPIL = (
    "**Runs**: you see everybody's, with their settings, curves and figures. You stop, rename, star and delete only "
    "your own. An archive that you upload becomes your run.",
    "**Drawings**: what you label is kept for you. Other pupils do not see it. Whoever looks after the server can open "
    "its files, as on any computer.",
    "**The class's collection**: the teacher can open it. Your page then says so, and what you label from then on is "
    "also added to it, under the writer's name.",
    "**Training on My handwriting** uses your drawings. Others can ask the model that learned from them, but do not "
    "see the drawings.",
    "**Uploaded pictures and files** belong to this tab. They are forgotten when it is closed.",
    "**You** are known by a pass that your browser keeps for four weeks: a random number, no name. Without it nobody "
    "can tell which drawings are yours.",
)

_TEACHER = (
    "**Pupils** see all runs, with their settings, curves and figures. They stop, rename, star and delete only their "
    "own. You do so with every run.",
    "**Drawings** that a pupil labels are seen by that pupil alone, unless the collection is open. Their files are on "
    "this computer, in the data folder.",
    "**Your My handwriting** is the class's collection: what you label yourself, and what pupils label while it is "
    "open.",
    "**Passes** are good for four weeks, yours for twelve hours. To end all of them, stop the server, delete the file "
    "`.secret` in the folder of the runs, and start it again.",
    "**The network** can be read by others in it: the server speaks plain HTTP. Use codes that open nothing else.",
)


_HERE_ONLY = "It listens on this computer only."
_REACHED = "It can be reached from other computers in the network. Start it for a class instead, see below."


def show_sharing(role: Role, is_open_to_others: bool) -> None:
    """What somebody in this role should know. is_open_to_others: whether the server listens to other computers."""
    st.header("Who sees what", anchor=False)
    words: Sequence[str] = {Role.OWNER: _OPEN, Role.PUPIL: _PUPIL, Role.TEACHER: _TEACHER}[role]
    if role is Role.OWNER:
        words = [*words, _REACHED if is_open_to_others else _HERE_ONLY]
    st.markdown("\n".join(f"- {line}" for line in words))


def quota_rows(quotas: Quotas) -> dict[str, str]:
    """What one pupil may have → how much, in words."""
    return {
        "Unfinished runs": f"{count(quotas.runs)} at a time",
        "Runs kept": count(quotas.all_runs),
        "Labelled drawings kept": count(quotas.drawings),
        "In the class's collection": f"{count(quotas.pooled)} drawings",
        "Uploads": f"{count(quotas.uploads)} files and {count(quotas.megabytes)} MB an hour",
        "Open connections": f"{count(quotas.sockets)}; a tab has two or three",
        "Drawings sent": f"{count(quotas.messages)} a second",
        "Page updates": f"{count(quotas.page_messages)} a second, and four times as many at once",
    }
