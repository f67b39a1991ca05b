"""Curves of a finished training, as plotly figures."""

from collections.abc import Sequence

import plotly.graph_objects as go

from digitlab.figures.panels import COLOURS, VALIDATION, Panel, Point

HEIGHT = 290
"""Pixels of every figure."""


def curve_figure(panel: Panel, points: Sequence[Point], best_epoch: int | None = None) -> go.Figure:
    """One panel's curves. best_epoch: marked with a dashed line, where it is given."""
    figure = go.Figure(layout=_layout(panel))
    for part in panel.curves:
        mine = [point for point in points if point.part == part]
        figure.add_scatter(
            x=[point.epoch for point in mine],
            y=[point.value for point in mine],
            name=part,
            mode="lines+markers" if part == VALIDATION or panel.whole_epochs else "lines",
            line={"color": COLOURS[part], "width": 2},
            marker={"size": 6},
            hovertemplate=f"epoch %{{x:.4~g}}<br>{part} %{{y:{panel.number}}} {panel.unit}<extra></extra>",
        )
    if best_epoch:
        figure.add_vline(best_epoch, line={"dash": "dot", "width": 1.5, "color": "#888888"})
        figure.add_annotation(
            x=best_epoch, y=0, yref="paper", yanchor="bottom", xanchor="right", text="kept", showarrow=False, xshift=-4
        )
    return figure


def _layout(panel: Panel) -> go.Layout:
    return go.Layout(
        title={"text": panel.title, "x": 0, "xref": "paper"},
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 56, "b": 8},
        showlegend=len(panel.curves) > 1,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.0, "yanchor": "bottom"},
        xaxis={"title": "epoch", "rangemode": "tozero"},
        yaxis={
            "title": panel.unit or None,
            "rangemode": "tozero" if panel.from_zero else "normal",
            "automargin": True,
            "exponentformat": "none",
        },
        hovermode="closest",
    )
