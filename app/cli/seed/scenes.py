"""Hazards of the last weeks that went less plainly: handed on, urged, put off, given to a unit, major."""

from functools import partial
from uuid import UUID

from app import hazards
from app.actors import Role
from app.cli.seed.scene import seen_by_resident, seen_by_staff, seen_by_visitor
from app.cli.seed.scenes_major import COMPANY, set_major_scenes
from app.cli.seed.site import BIG_SITE, SMALL_SITE
from app.cli.seed.staff import LEFT_DAYS
from app.cli.seed.stage import Stage
from app.cli.seed.world import SeedResident
from app.hazards import NewUnit, UnitChange, UnitKind
from app.identity import Permission
from app.models import Department, HazardCategory
from app.people import ADULT_YEARS

_C = HazardCategory
_TEAM = 0
"""Which of the building leads of a grid is of the team."""


def set_scenes(stage: Stage) -> None:
    """Set all scenes; each tells one way besides the plain one."""
    people = _residents(stage)
    team, company = _units(stage)
    shown = _taken_over(stage, people[2])
    _handed_on(stage, people[0])
    _came_back_from_department(stage, company)
    _urged_by_county_and_city(stage)
    _urged_in_words(stage)
    _more_time(stage, shown)
    _given_to_team(stage, people[1], team)
    _given_to_another(stage)
    _left_behind(stage)
    set_major_scenes(stage, company)
    _not_satisfied(stage, people[3])


def _residents(stage: Stage) -> list[SeedResident]:
    """Give grown-up residents with accounts who live in different buildings of the big site."""
    found: dict[UUID, SeedResident] = {}
    for one in stage.history.world.residents():
        grown_up = one.person.age_on(stage.history.last) >= ADULT_YEARS
        if one.user_id and grown_up and one.area_code.startswith(BIG_SITE.code):
            found.setdefault(one.place.id, one)
    return list(found.values())[3:]


def _units(stage: Stage) -> tuple[UUID, UUID]:
    """Let the admin of the big site make a team and a company, whom she gives more members later."""
    world, at = stage.history.world, stage.moment((50, 9.5))
    actor = stage.staff(world.admin(BIG_SITE.code), Permission.HAZARD_TRIAGE)
    grids = [f"{BIG_SITE.code}{number:03d}" for number in range(1, BIG_SITE.grids + 1)]
    leads = [world.holders(Role.BUILDING_LEAD, grid) for grid in grids]
    of_team = [*(world.worker(grid) for grid in grids), *(several[_TEAM] for several in leads)]
    of_company = [several[COMPANY] for several in leads]
    team, company, step = (stage.new_id(at) for _ in range(3))
    named = "通山安居物业工程部"
    new = {
        team: NewUnit(BIG_SITE.code, "新城社区应急维修队", UnitKind.TEAM, of_team),
        company: NewUnit(BIG_SITE.code, named, UnitKind.COMPANY, of_company),
    }
    for unit_id, unit in new.items():
        stage.do(at, partial(hazards.make_unit, actor=actor, unit_id=unit_id, new=unit))
    grown = UnitChange(named, [*of_company, leads[0][COMPANY + 1]], ended=False)
    change = partial(hazards.change_unit, actor=actor, unit_id=company, step_id=step, change=grown)
    stage.do(stage.moment((34, 10)), change)
    return team, company


def _handed_on(stage: Stage, resident: SeedResident) -> None:
    """Tell of two that only a department can put right: one is done and closed, one is still with it."""
    done = seen_by_resident(
        stage, (27, 19.2), BIG_SITE, resident, _C.FACILITY, "楼前自来水管爆了，水一直往外冒，路面快冲空了。"
    )
    done.accept((26, 8.8), "情况属实。")
    done.transfer(
        (26, 9.2),
        Department.WATER,
        "主管道破损，社区修不了。现场照片和位置图已交给县供水公司。",
        expected=(12, 12),
        reference="通水抢第58号",
        contact="县供水公司抢修调度室",
    )
    done.department_answers((15, 16), "县供水公司换了主管8米，路面已填实压平。", done=True)
    done.recheck((14, 9.6), done.worker, "现场看过，不漏了，路面平整。")
    done.rate((13, 20), resident, 3, "水来得快，修得好。")
    waits = seen_by_staff(
        stage,
        (11, 9),
        BIG_SITE,
        "南门下坡路",
        _C.TRAFFIC,
        "电线杆被货车撞歪，电缆离路面不到3米。",
        Role.GRID_WORKER,
    )
    waits.accept((11, 9.6), "先拉警戒线，马上报供电公司。")
    waits.transfer(
        (11, 10.5),
        Department.POWER,
        "线杆属于县供电公司，已派人守着路口，大车绕行。",
        expected=(-3, 12),
        reference="通电修第112号",
        contact="县供电公司通山营业厅",
    )


def _came_back_from_department(stage: Stage, company: UUID) -> None:
    """Tell of one that a department does not take: the company gets it, with a written notice."""
    scene = seen_by_staff(
        stage, (21, 10), BIG_SITE, "幸福食堂", _C.FIRE, "燃气表后面的胶管老化，有裂纹。", Role.COMMUNITY_ADMIN
    )
    scene.accept((21, 10.2))
    scene.transfer(
        (21, 11), Department.GAS, "请燃气公司上门更换。", expected=(8, 12), contact="县燃气公司客户服务中心"
    )
    scene.department_answers((9, 15), "表后管归用户，由食堂自己换，燃气公司可以派人指导。", done=False)
    scene.assign((8, 9), None, (-4, 18), "按燃气公司的意见换成金属软管。", unit_id=company)
    scene.give_notice((8, 10), advice="换成不锈钢波纹软管，装自闭阀，换好前食堂停用燃气灶。")


def _urged_by_county_and_city(stage: Stage) -> None:
    """Tell of one that county and city urged, and that was put off after both."""
    scene = seen_by_staff(
        stage,
        (31, 9),
        BIG_SITE,
        "电动车充电棚",
        _C.FIRE,
        "充电棚顶棚是泡沫夹芯板，没有喷淋。",
        Role.GRID_WORKER,
    )
    worker = scene.worker
    scene.accept((31, 9.5))
    scene.assign((30, 9), worker, (18, 18), "请联系施工队，换成不燃的顶棚。")
    scene.give_notice((30, 9.5))
    scene.start((16, 9), worker, "已找到施工队，在等报价。")
    scene.answer((17, 10), worker, "报价比预算多了一倍，正和镇里商量，先撤走了靠边的车。")
    scene.answer((11, 9), scene.admin, "镇里同意补钱，材料后天到，预计半个月完工。")
    scene.ask_time((11, 10), worker, "不燃板要从武汉订货，还要连晴三天才能焊。", until=(-5, 12))
    scene.grant_time((10, 9), scene.admin, "同意，但夜间要有人看守。")


def _urged_in_words(stage: Stage) -> None:
    """Tell what an office wrote at both sites: one answered, one did not."""
    scene = seen_by_staff(
        stage,
        (20, 15),
        BIG_SITE,
        "文化广场",
        _C.FACILITY,
        "儿童滑梯的踏板断了一块，露出铁边。",
        Role.BUILDING_LEAD,
    )
    scene.accept((20, 16))
    scene.assign((19, 9), scene.worker, (5, 18), "先围起来，再换踏板。")
    scene.start((18, 9), scene.worker)
    scene.supervise((2, 9.5), scene.county, "县里暗访看到滑梯还在用。请今天就停用，三天内修好报县里。")
    small = seen_by_staff(
        stage,
        (16, 9),
        SMALL_SITE,
        "屋后山坡",
        _C.FLOOD_GEOLOGICAL,
        "坡脚排水沟塌了一段，雨水往墙根流。",
        Role.GRID_WORKER,
    )
    small.accept((16, 10))
    small.assign((16, 10.5), small.worker, (3, 18))
    small.start((15, 9), small.worker)
    small.supervise((6, 10), small.city, "下周有大雨，请在雨前完工。")
    small.answer((5, 16), small.admin, "已挖通，正在砌边，雨前一定砌好。")
    small.rectify((3, 15), small.worker, "水沟砌好了，试过水，流得通。")


def _more_time(stage: Stage, shown: UUID) -> None:
    """Tell of more time: one waits for an answer, one was refused and done in time."""
    waits = seen_by_staff(
        stage,
        (10, 9),
        BIG_SITE,
        "竹制品手工作坊",
        _C.FIRE,
        "竹料堆到配电箱前，箱门打不开。",
        Role.GRID_WORKER,
    )
    waits.accept((10, 9.5))
    waits.assign((9, 9), waits.worker, (-1, 18))
    waits.start((8, 9), waits.worker)
    waits.ask_time((1, 9), waits.worker, "作坊要租到新仓库才能搬竹料，房东五天后交钥匙。", until=(-6, 12))
    done = seen_by_staff(
        stage, (15, 9), BIG_SITE, "配套服装厂", _C.FIRE, "二楼安全出口上了锁。", Role.GRID_WORKER
    )
    done.accept((15, 9.3))
    done.assign((15, 10), done.worker, (4, 18), "安全出口上班时不能锁。")
    done.start((14, 9), done.worker)
    done.ask_time((6, 9), done.worker, "厂里说钥匙在老板手里，等他回来。", until=(-2, 12))
    done.refuse_time((6, 11), done.admin, "安全出口一天也不能锁，请厂里马上换成推杆锁。")
    done.rectify(
        (5, 10),
        done.worker,
        "换了推杆锁，一推就开。",
        done.photos((5, 10), done.worker, "二楼安全出口 推杆锁", copied_from=shown, mirrored=True),
    )
    done.recheck((5, 15), done.admin, "试过三次，都推得开。")


def _given_to_team(stage: Stage, resident: SeedResident, team: UUID) -> None:
    """Let the team have done one, and have another that none of them started."""
    done = seen_by_resident(
        stage, (9, 18.5), BIG_SITE, resident, _C.BUILDING, "单元门上面的瓷砖松了，掉下来一块。"
    )
    lead = done.lead(_TEAM)
    done.accept((8, 9))
    done.assign((8, 9.2), None, (-1, 18), "先拉线，再敲掉松的，重新贴。", unit_id=team)
    done.start((7, 9), lead, "队里带了梯子和胶。")
    done.rectify((6, 11), lead, "松的都敲掉了，贴了新的。", done.photos((6, 11), lead, "单元门 瓷砖已重贴"))
    done.recheck((5, 9), done.admin, "敲过一遍，没有空响。")
    done.rate((4, 20), resident, 2, "修好了，就是颜色不一样。")
    waits = seen_by_staff(
        stage,
        (3, 9),
        BIG_SITE,
        "电子元件帮扶车间",
        _C.PRODUCTION,
        "货架没有固定，一推就晃。",
        Role.GRID_WORKER,
    )
    waits.accept((3, 9.5))
    waits.assign((2, 9), None, (-7, 18), "用膨胀螺栓固定到墙上。", unit_id=team)


def _given_to_another(stage: Stage) -> None:
    """Tell of one whose worker is away: another gets it, with a reason."""
    scene = seen_by_staff(
        stage,
        (7, 9),
        BIG_SITE,
        "积分超市",
        _C.FACILITY,
        "门口雨棚的一根撑杆脱了。",
        Role.COMMUNITY_ADMIN,
        virus="Win.Test.EICAR_HDB-1",
    )
    worker, lead = scene.worker, scene.lead(_TEAM)
    scene.accept((7, 9.2))
    scene.assign((7, 9.5), worker, (-3, 18))
    scene.assign((4, 9), lead, None, "原来的网格员去县里培训三天，请您接着办。", former_id=worker)
    scene.start((3, 10), lead)


def _left_behind(stage: Stage) -> None:
    """Tell of one whose building lead left the post: it is to be given out anew."""
    left = stage.history.world.left[0]
    scene = seen_by_staff(
        stage, (12, 9), BIG_SITE, "1号楼", _C.FACILITY, "二单元楼梯扶手松了三处。", Role.GRID_WORKER
    )
    scene.accept((12, 9.5))
    scene.assign((12, 10), left, (-2, 18))
    scene.start((11, 9), left)
    stage.do(stage.moment((LEFT_DAYS, 0.02)), partial(hazards.unassign, limit=1))


def _taken_over(stage: Stage, resident: SeedResident) -> UUID:
    """Tell of two reports at the code: one a resident took for his own, one the visitor himself rated.

    Gives a photo of the work.
    """
    own = seen_by_visitor(
        stage, (18, 17), BIG_SITE, resident.place, _C.FIRE, "地下室有人给三轮车充电，线拖了十几米。"
    )
    own.accept((17, 9), "情况属实。")
    own.take_over((16, 20), resident)
    own.assign((17, 9.2), own.worker, (7, 18))
    own.start((16, 9), own.worker)
    shown = own.photos((14, 10), own.worker, "地下室 电线已收走")
    own.rectify((14, 10), own.worker, "线收走了，车推到充电棚。", shown)
    own.recheck((13, 9), own.admin, "晚上去看过，没有再充。")
    own.rate((12, 20), resident, 3)
    place = stage.place(BIG_SITE, "文化广场")
    visitor = seen_by_visitor(
        stage, (24, 16), BIG_SITE, place, _C.FACILITY, "公厕门口的台阶缺了一角，老人容易绊倒。"
    )
    visitor.accept((23, 9))
    visitor.assign((23, 9.2), visitor.worker, (14, 18))
    visitor.start((22, 9), visitor.worker)
    visitor.rectify((20, 10), visitor.worker, "台阶补好了。")
    visitor.recheck((19, 9), visitor.admin, "踩过，牢的。")
    visitor.rate_by_receipt((18, 12), 3, "处理得很快。")
    return shown[0]


def _not_satisfied(stage: Stage, resident: SeedResident) -> None:
    """Tell of one that is closed, and whoever reported it finds that it is not."""
    scene = seen_by_resident(
        stage, (12, 20), BIG_SITE, resident, _C.ENVIRONMENT, "化粪池盖板边上冒污水，味道很大。"
    )
    scene.accept((11, 9))
    scene.assign((11, 9.3), scene.worker, (2, 18))
    scene.start((10, 9), scene.worker)
    scene.rectify((8, 10), scene.worker, "抽过一次，不冒了。")
    scene.recheck((7, 9), scene.admin, "看的时候没有冒。")
    scene.rate((5, 19), resident, 1, "下雨又冒了，没有根治。")
