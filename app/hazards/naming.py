"""What offices call kinds, levels, states and sources of hazards on paper and in files."""

from app.models import Department, HazardCategory, HazardLevel, HazardSource, HazardStatus

CATEGORY_NAMES = {
    HazardCategory.FIRE: "消防",
    HazardCategory.BUILDING: "房屋质量",
    HazardCategory.FLOOD_GEOLOGICAL: "山洪地质灾害",
    HazardCategory.TRAFFIC: "道路交通",
    HazardCategory.PRODUCTION: "安全生产",
    HazardCategory.ENVIRONMENT: "人居环境",
    HazardCategory.DISPUTE: "矛盾纠纷",
    HazardCategory.FACILITY: "公共设施",
}
LEVEL_NAMES = {HazardLevel.GENERAL: "一般隐患", HazardLevel.MAJOR: "重大隐患"}
STATUS_NAMES = {
    HazardStatus.REPORTED: "待受理",
    HazardStatus.ACCEPTED: "已受理",
    HazardStatus.REJECTED: "不受理",
    HazardStatus.DUPLICATE: "已合并",
    HazardStatus.ASSIGNED: "待整改",
    HazardStatus.TRANSFERRED: "已移送",
    HazardStatus.RECTIFYING: "整改中",
    HazardStatus.RECTIFIED: "待复查",
    HazardStatus.VERIFIED: "待销号",
    HazardStatus.CLOSED: "已销号",
}
SOURCE_NAMES = {
    HazardSource.INSPECTION: "巡查发现",
    HazardSource.STAFF: "工作人员上报",
    HazardSource.RESIDENT: "居民上报",
    HazardSource.VISITOR: "群众上报",
}
DEPARTMENT_NAMES = {
    Department.FIRE_SERVICE: "消防救援部门",
    Department.HOUSING: "住建部门",
    Department.POWER: "供电部门",
    Department.GAS: "燃气部门",
    Department.WATER: "水利部门",
    Department.NATURAL_RESOURCES: "自然资源部门",
    Department.TRANSPORT: "交通部门",
    Department.EMERGENCY: "应急管理部门",
    Department.MARKET: "市场监管部门",
    Department.POLICE: "公安部门",
    Department.OTHER: "其他部门",
}
SATISFACTION_NAMES = {1: "不满意", 2: "一般", 3: "满意"}
