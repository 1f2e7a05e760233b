"""The key by which names are sorted: pinyin, since databases don't agree on the order of Chinese."""

from pypinyin import lazy_pinyin

KEY_LONGEST = 200
SURNAMES = {
    "\u5355": "shan", "\u4ec7": "qiu", "\u89e3": "xie", "\u66fe": "zeng", "\u533a": "ou", "\u67e5": "zha",
    "\u76d6": "ge", "\u6734": "piao", "\u5c09\u8fdf": "yu chi", "\u5b93": "fu", "\u79cd": "chong", "\u7f2a": "miao",
}  # fmt: skip
"""Characters that are read differently as a surname, by code: shan, qiu, xie, zeng, ou, zha, ge, piao, yuchi ..."""


def name_key(full_name: str) -> str:
    """`lin xiao yu` for the name written so: sorts by surname, then by given name. Latin names sort as they are."""
    surname = next((known for known in SURNAMES if full_name.startswith(known)), "")
    parts = [SURNAMES[surname]] if surname else []
    parts += lazy_pinyin(full_name.removeprefix(surname))
    return " ".join(" ".join(parts).casefold().split())[:KEY_LONGEST]
