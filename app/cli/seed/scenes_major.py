"""Two major hazards of the last weeks, with all that belongs to such ones."""

from datetime import date
from uuid import UUID

from app.actors import Role
from app.cli.seed.scene import seen_by_staff
from app.cli.seed.second_looks import set_verdict
from app.cli.seed.site import BIG_SITE
from app.cli.seed.stage import Stage
from app.clock import business_day
from app.hazards import FiveFixed
from app.models import HazardCategory, HazardLevel

_C = HazardCategory
COMPANY = 1
"""Which of the building leads of a grid is of the company."""


def set_major_scenes(stage: Stage, company: UUID) -> None:
    """Set both: one under way, one closed at the second attempt."""
    _slope(stage, company)
    _sent_back_by_county(stage)


def _slope(stage: Stage, company: UUID) -> None:
    """Tell a major one with all that belongs to it: controls and their check, five items, more time."""
    scene = seen_by_staff(
        stage,
        (10, 8),
        BIG_SITE,
        "北坡挡土墙",
        _C.FLOOD_GEOLOGICAL,
        "挡土墙中段鼓出一拳厚，墙脚渗水，裂缝比上周宽了。",
        Role.GRID_WORKER,
    )
    lead = scene.lead(COMPANY)
    scene.accept((10, 8.2), "先按一般隐患受理。")
    scene.raise_level((10, 8.6), "一晚上又鼓出半拳，后排人家要搬，按重大隐患处理。")
    scene.assign(
        (10, 9),
        None,
        (-12, 18),
        "先保人，再治墙。",
        unit_id=company,
        controls="27号楼后排6户今晚搬到党群服务中心，拉警戒线，每两小时看一次。",
    )
    scene.give_notice(
        (10, 10),
        basis="《地质灾害防治条例》第十五条、第十九条",
        advice="请有资质的单位出方案，先排水减压，再加固墙体。",
    )
    scene.show_controls(
        (10, 16), lead, "警戒线拉好了，6户已通知。", scene.photos((10, 16), lead, "北坡挡土墙 警戒线")
    )
    scene.check_controls((9, 10), "照片上没有看守的人，住户也还没搬。请今天补上。", passed=False)
    scene.show_controls(
        (7, 11),
        lead,
        "6户都搬了，专人看守，装了裂缝观测尺。",
        scene.photos((7, 11), lead, "北坡挡土墙 看守和观测尺", 2),
    )
    scene.check_controls((7, 15), "措施到位，守到完工。", passed=True)
    five = FiveFixed(
        measures="县勘测院出方案，墙后打排水孔，墙前加抗滑桩。",
        funds="县应急资金6.8万元，镇里配套1.2万元。",
        responsible="新城社区分管安全的副主任",
        deadline=_day(stage, 12),
        contingency="裂缝一天宽2毫米或下大雨，27、28号楼全部撤到党群服务中心。",
    )
    scene.start((6, 9), lead, "勘测队今天进场。", five)
    scene.ask_time((3, 9), lead, "抗滑桩要养护，方案工期比原来多十天。", until=(-22, 12))
    scene.grant_time((2, 10), scene.county, "同意，养护期间措施不撤。")


def _sent_back_by_county(stage: Stage) -> None:
    """Tell a major one that the county sent back: the photo of the work was an old one."""
    scene = seen_by_staff(
        stage,
        (48, 9),
        BIG_SITE,
        "电子元件帮扶车间",
        _C.PRODUCTION,
        "冲压机的防护罩拆了，手可以伸进去。",
        Role.GRID_WORKER,
    )
    worker = scene.worker
    old = scene.photos((48, 14), worker, "电子元件帮扶车间 冲压机")
    scene.accept((48, 9.3), "按重大隐患处理。", HazardLevel.MAJOR)
    scene.assign((48, 10), worker, (33, 18), controls="冲压机断电挂牌，罩子装好前谁也不能开。")
    scene.show_controls((48, 14), worker, "已断电挂牌。", old)
    scene.check_controls((47, 10), "可以。", passed=True)
    five = FiveFixed(
        measures="装回防护罩，加双手按钮。",
        funds="车间自筹2600元。",
        responsible="车间主任",
        deadline=_day(stage, -33),
        contingency="有人受伤马上断电，送镇卫生院，同时报社区和县里。",
    )
    scene.start((46, 9), worker, five_fixed=five)
    again = scene.photos((40, 10), worker, "电子元件帮扶车间 防护罩", copied_from=old[0])
    set_verdict(stage, again[0])
    scene.rectify((40, 10), worker, "罩子装回去了。", again)
    scene.recheck((39, 9), scene.admin, "车间说装好了。")
    scene.close((37, 10), "照片是三个星期前的，现场没有罩子。", passed=False, due=(28, 18))
    scene.start((36, 9), worker, "厂家今天来装。")
    scene.rectify(
        (31, 15), worker, "防护罩和双手按钮都装好了。", scene.photos((31, 15), worker, "冲压机 新防护罩", 2)
    )
    scene.recheck((31, 18), scene.admin, "上次去看的，罩子在，手机没有信号，今天才传上来。", seen=(37, 15))
    scene.recheck((30, 9), scene.admin, "两只手都按才动，罩子拆不下来。")
    scene.close((27, 10), "县里现场看过，同意销号。")


def _day(stage: Stage, ahead: int) -> date:
    """Give the day so many days after the story's end, or before it."""
    return business_day(stage.moment((-ahead, 12)))
