"""Images: 28×28 grey pixels, white ink on black, and the one way from a drawing or a picture to them."""

SIDE = 28
"""Height and width of an image, in pixels."""

CLASSES = 10
"""The digits that an image can show: 0 to 9."""
