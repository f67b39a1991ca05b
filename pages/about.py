"""For whom this installation is, how a class joins it, who sees what, and what is here."""

import streamlit as st

from digitlab.access import Role
from digitlab.ui.about.facts import show_facts
from digitlab.ui.about.joining import show_collection, show_how_to_share, show_invitation, show_leaving
from digitlab.ui.about.sharing import show_sharing
from digitlab.ui.app.callouts import errors_shown
from digitlab.ui.app.join_link import is_open_to_others
from digitlab.ui.app.visitor import own_settings, visitor

st.title("About this installation")
with errors_shown():
    settings, here = own_settings(), visitor()
    if settings.classroom is not None and here.role is Role.TEACHER:
        show_invitation(settings.classroom)
        show_collection()
    show_sharing(here.role, is_open_to_others())
    if settings.classroom is None:
        show_how_to_share()
    else:
        show_leaving()
    show_facts(settings, here)
