from digitlab.figures.live_curves import live_spec, live_table
from digitlab.figures.training import PANELS, points

LOSS = PANELS[0]
STEP = {"step": 5, "train_loss": 2.0}
EPOCH = {"epoch": 1, "step": 10, "train_loss": 1.0, "validation_loss": 1.5}


def test_a_growing_chart_has_the_same_columns_before_its_first_point() -> None:
    none, some = live_table([]), live_table(points(LOSS, [STEP, EPOCH], 10))
    assert none.schema == some.schema
    assert (none.num_rows, some.num_rows) == (0, 3)


def test_a_growing_chart_reaches_over_all_epochs_from_the_start() -> None:
    assert live_spec(LOSS, 7)["encoding"]["x"]["scale"] == {"domain": [0, 7]}
    assert live_spec(LOSS, 0)["encoding"]["x"]["scale"] == {"domain": [0, 1]}
