"""What speaks for and against each digit, added up."""

from collections.abc import Sequence

import plotly.graph_objects as go

from digitlab.figures.style import BURD, GUIDE, layout

HEIGHT = 400
"""Pixels of the figure."""

FOR, AGAINST = BURD[7], BURD[1]
"""The colours of what speaks for a digit and against it: those of positive and negative weights."""


def evidence_figure(support: Sequence[float], opposition: Sequence[float], blank: Sequence[float]) -> go.Figure:
    """Bars of what speaks for and against each digit, and a mark at its logit.

    support: 0 or more, opposition: 0 or less, blank: the logits of an image without ink; ten each. A digit's logit is
    the sum of its three.
    """
    digits = list(range(10))
    figure = go.Figure(
        layout=layout(
            "Evidence for and against each digit",
            x={"title": "part of the logit", "zeroline": True, "zerolinecolor": GUIDE},
            y={"title": "digit", "dtick": 1, "autorange": "reversed", "showgrid": False},
            height=HEIGHT,
            barmode="relative",
            bargap=0.3,
        )
    ).update_layout(legend_y=-0.22)
    for name, values, colour in (("against", opposition, AGAINST), ("for", support, FOR)):
        figure.add_bar(
            x=list(values),
            y=digits,
            orientation="h",
            name=name,
            marker={"color": colour},
            hovertemplate=f"{name} %{{y}}: %{{x:+.2f}}<extra></extra>",
        )
    logits = [sum(parts) for parts in zip(support, opposition, blank, strict=True)]
    figure.add_scatter(
        x=logits,
        y=digits,
        mode="markers",
        name="logit",
        marker={"symbol": "diamond", "size": 10, "color": "#E69F00", "line": {"color": "#000000", "width": 1}},
        hovertemplate="logit of %{y}: %{x:+.2f}<extra></extra>",
    )
    return figure
