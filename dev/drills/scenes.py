"""Drawn scenes like those that workers photograph: light, walls, windows, doors, clutter, grain; by number.

Each number gives another scene, always the same one. They stand for photos where tests need hundreds.
"""

from random import Random

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

SIZE = (960, 720)
_LIT_ROOMS = 0.85


def scene_of(number: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """Draw a house front, a stairwell, a yard or a slope, under its own light and from its own side."""
    rng = Random(number)
    image = _shade(rng, size, _colour(rng, 120, 230), _colour(rng, 60, 200))
    pen = ImageDraw.Draw(image)
    rng.choice((_front, _stairs, _yard, _slope))(pen, rng, size)
    for _ in range(rng.randint(4, 12)):
        _thing(pen, rng, size)
    image = image.rotate(rng.uniform(-4, 4), Image.Resampling.BILINEAR, fillcolor=_colour(rng, 40, 160))
    image = Image.blend(image, _texture(rng, size), rng.uniform(0.12, 0.3))
    image = _lit(rng, image)
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.4)))


def _colour(rng: Random, low: int, high: int) -> tuple[int, int, int]:
    grey = rng.randint(low, high)
    return tuple(max(0, min(255, grey + rng.randint(-25, 25))) for _ in range(3))  # type: ignore[return-value]


def _shade(
    rng: Random, size: tuple[int, int], top: tuple[int, int, int], low: tuple[int, int, int]
) -> Image.Image:
    mask = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))).resize(size)
    return Image.composite(Image.new("RGB", size, top), Image.new("RGB", size, low), mask)


def _texture(rng: Random, size: tuple[int, int]) -> Image.Image:
    """Make stains and grain of several sizes: noise enlarged, as plaster, leaves and gravel have it."""
    image = Image.new("RGB", size, (128, 128, 128))
    for cells in (6, 14, 40, 120):
        small = Image.new("L", (cells, cells * 3 // 4))
        small.putdata([rng.randint(0, 255) for _ in range(cells * (cells * 3 // 4))])
        layer = small.resize(size, Image.Resampling.BICUBIC)
        image = Image.blend(image, Image.merge("RGB", [layer] * 3), 0.4)
    return image


def _lit(rng: Random, image: Image.Image) -> Image.Image:
    """Let light fall from somewhere, as lamps and windows do."""
    width, height = image.size
    lamp = Image.radial_gradient("L").resize((width * 2, height * 2))
    left, top = rng.randint(0, width), rng.randint(0, height)
    shadow = lamp.crop((left, top, left + width, top + height)).point(lambda value: value * 0.6)
    dark = Image.composite(Image.new("RGB", image.size, (15, 15, 25)), image, shadow)
    return ImageEnhance.Contrast(dark).enhance(rng.uniform(0.8, 1.3))


def _front(pen: ImageDraw.ImageDraw, rng: Random, size: tuple[int, int]) -> None:
    width, height = size
    left, top = rng.randint(-100, width // 3), rng.randint(0, height // 3)
    right, floor = rng.randint(width // 2, width + 150), rng.randint(height * 2 // 3, height)
    pen.rectangle((left, top, right, floor), fill=_colour(rng, 120, 230))
    pen.rectangle((0, floor, width, height), fill=_colour(rng, 50, 150))
    columns, rows = rng.randint(2, 6), rng.randint(2, 6)
    wide, high = (right - left) / columns, (floor - top) / rows
    window = _colour(rng, 30, 120)
    for column in range(columns):
        for row in range(rows):
            if rng.random() < _LIT_ROOMS:
                x, y = left + column * wide + wide * 0.2, top + row * high + high * 0.2
                pen.rectangle((x, y, x + wide * 0.6, y + high * 0.55), fill=window)


def _stairs(pen: ImageDraw.ImageDraw, rng: Random, size: tuple[int, int]) -> None:
    width, height = size
    steps, x, y = rng.randint(5, 11), rng.randint(0, width // 2), height
    turn = rng.choice((-1, 1))
    for step in range(steps):
        shade = _colour(rng, 60 + step * 8, 110 + step * 10)
        y -= height // (steps + 2)
        x += turn * width // (steps * 3)
        pen.polygon(((x, y), (x + width // 2, y - 30), (x + width // 2, y + 50), (x, y + 80)), fill=shade)
    pen.line((x, 0, x + turn * width, height), fill=_colour(rng, 20, 80), width=rng.randint(8, 25))


def _yard(pen: ImageDraw.ImageDraw, rng: Random, size: tuple[int, int]) -> None:
    width, height = size
    horizon = rng.randint(height // 4, height * 2 // 3)
    pen.polygon(
        ((0, height), (rng.randint(0, width), horizon), (rng.randint(0, width), horizon), (width, height)),
        fill=_colour(rng, 90, 200),
    )
    for _ in range(rng.randint(3, 8)):
        x, edge = rng.randint(-50, width), rng.randint(60, 260)
        pen.ellipse((x, horizon - edge, x + edge, horizon + edge // 3), fill=_colour(rng, 30, 140))
        pen.rectangle((x + edge * 0.4, horizon, x + edge * 0.55, horizon + edge), fill=_colour(rng, 20, 80))


def _slope(pen: ImageDraw.ImageDraw, rng: Random, size: tuple[int, int]) -> None:
    width, height = size
    for layer in range(rng.randint(2, 5)):
        ridge = [
            (x, rng.randint(height * layer // 6, height * (layer + 3) // 7)) for x in range(0, width + 1, 120)
        ]
        pen.polygon([(0, height), *ridge, (width, height)], fill=_colour(rng, 40, 190))


def _thing(pen: ImageDraw.ImageDraw, rng: Random, size: tuple[int, int]) -> None:
    """Draw a box, a pipe, a ball of something: the clutter that a photo is about."""
    x, y = rng.randint(-40, size[0]), rng.randint(-40, size[1])
    wide, high = rng.randint(20, 260), rng.randint(20, 260)
    fill, kind = _colour(rng, 10, 245), rng.choice(("box", "ball", "pipe", "heap"))
    if kind == "box":
        pen.rectangle((x, y, x + wide, y + high), fill=fill)
    elif kind == "ball":
        pen.ellipse((x, y, x + wide, y + high), fill=fill)
    elif kind == "pipe":
        pen.line(
            (x, y, rng.randint(0, size[0]), rng.randint(0, size[1])), fill=fill, width=rng.randint(4, 30)
        )
    else:
        pen.polygon([(x + rng.randint(0, wide), y + rng.randint(0, high)) for _ in range(5)], fill=fill)
