"""What each kind of place is called."""

from app.models import PlaceKind

KIND_WORDS = {
    PlaceKind.RESIDENTIAL: "居民楼",
    PlaceKind.WORKSHOP: "帮扶车间",
    PlaceKind.FACTORY: "工厂",
    PlaceKind.INDUSTRIAL_PARK: "产业园区",
    PlaceKind.HANDICRAFT: "手工作坊",
    PlaceKind.CANTEEN: "幸福食堂",
    PlaceKind.SHOP: "商铺",
    PlaceKind.PUBLIC_FACILITY: "公共设施",
    PlaceKind.SLOPE: "边坡",
    PlaceKind.ROAD: "道路",
}
