"""Training on the screen: the form in the sidebar, and the parts of the page Train."""
