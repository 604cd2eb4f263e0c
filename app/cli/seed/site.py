"""The two demonstration sites, as plain data: a big settlement and a small one with 24 households.

The division units are real, what stands in them is made up.
"""

from dataclasses import dataclass

from app.models import PlaceKind

CITY, COUNTY, SMALL_COUNTY = "4212", "421224", "421222"
BIG, SMALL = "421224100001", "421222102203"
"""新城社区 in 通山县 and 润田村 in 通城县."""


@dataclass(frozen=True)
class Spot:
    """A place that is no residential building."""

    name: str
    kind: PlaceKind
    address: str


@dataclass(frozen=True)
class Site:
    """A community with everything in it, sized like a real one (凤翔社区, and the average Hubei site)."""

    code: str
    title: str
    lng: float
    lat: float
    households: int
    people: int
    buildings: int
    units: int
    """Stairwells of all buildings together (单元)."""
    grids: int
    leads: int
    """Building leads; one for about 59 households in 青龙泉."""
    spots: tuple[Spot, ...]
    phone_from: int


BIG_SITE = Site(
    code=BIG,
    title="新城安置区",
    lng=114.4828,
    lat=29.6060,
    households=1505,
    people=6476,
    buildings=29,
    units=71,
    grids=4,
    leads=26,
    spots=(
        Spot("电子元件帮扶车间", PlaceKind.WORKSHOP, "安置区东门内"),
        Spot("竹制品手工作坊", PlaceKind.HANDICRAFT, "12号楼一层"),
        Spot("配套服装厂", PlaceKind.FACTORY, "产业园1号"),
        Spot("幸福食堂", PlaceKind.CANTEEN, "党群服务中心一层"),
        Spot("积分超市", PlaceKind.SHOP, "党群服务中心东侧"),
        Spot("北坡挡土墙", PlaceKind.SLOPE, "27号楼后"),
        Spot("南门下坡路", PlaceKind.ROAD, "南门外"),
        Spot("文化广场", PlaceKind.PUBLIC_FACILITY, "安置区中心"),
        Spot("电动车充电棚", PlaceKind.PUBLIC_FACILITY, "西门停车场"),
    ),
    phone_from=0,
)
SMALL_SITE = Site(
    code=SMALL,
    title="润田集中安置点",
    lng=113.8871,
    lat=29.2093,
    households=24,
    people=66,
    buildings=2,
    units=4,
    grids=1,
    leads=1,
    spots=(
        Spot("互助幸福食堂", PlaceKind.CANTEEN, "安置点西侧"),
        Spot("屋后山坡", PlaceKind.SLOPE, "2号楼后"),
    ),
    phone_from=2000,
)
SITES = (BIG_SITE, SMALL_SITE)
