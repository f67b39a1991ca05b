"""How much better one of two models reads each digit."""

from collections.abc import Mapping

import plotly.graph_objects as go

from digitlab.figures.layout import GUIDE, layout
from digitlab.figures.overlay import HEIGHT, LEGEND, Compared


def recall_differences(
    a: Compared, b: Compared, recall_a: Mapping[int, float], recall_b: Mapping[int, float]
) -> go.Figure:
    """Bars of recall of B minus recall of A, in percentage points, each in the colour of the better model.

    recall_a, recall_b: digit → recall in 0..1.
    """
    digits = sorted(recall_a.keys() & recall_b.keys())
    points = [100 * (recall_b[digit] - recall_a[digit]) for digit in digits]
    figure = go.Figure(
        layout=layout(
            f"Recall of each digit: {b.name} minus {a.name}",
            x={"title": "digit", "dtick": 1, "showgrid": False},
            y={"title": "percentage points", "zeroline": True, "zerolinecolor": GUIDE, "tickformat": "+.3~g"},
            height=HEIGHT,
            bargap=0.35,
        )
    )
    figure.update_layout(legend_y=LEGEND)
    for model, sign in ((a, -1), (b, 1)):
        mine = [place for place, value in enumerate(points) if value * sign > 0]
        figure.add_bar(
            x=[digits[place] for place in mine],
            y=[points[place] for place in mine],
            name=f"{model.name} finds more",
            marker={"color": model.colour},
            customdata=[(100 * recall_a[digits[place]], 100 * recall_b[digits[place]]) for place in mine],
            hovertemplate=f"digit %{{x}}: %{{y:+.2f}} points<br>{a.name} %{{customdata[0]:.2f}} %<br>"
            f"{b.name} %{{customdata[1]:.2f}} %<extra></extra>",
        )
    return figure
