"""Vietnamese as it was typed before Unicode: what the fonts' keys give, written down apart from the reader's tables.

From the published code charts: TCVN 5712:1993 (VN3), as bytes, and VNI for Windows, as pairs of letters.
"""

from __future__ import annotations

import unicodedata

VN3 = {
    0xA1: "Ă", 0xA2: "Â", 0xA3: "Ê", 0xA4: "Ô", 0xA5: "Ơ", 0xA6: "Ư", 0xA7: "Đ", 0xA8: "ă", 0xA9: "â", 0xAA: "ê",
    0xAB: "ô", 0xAC: "ơ", 0xAD: "ư", 0xAE: "đ", 0xB5: "à", 0xB6: "ả", 0xB7: "ã", 0xB8: "á", 0xB9: "ạ", 0xBB: "ằ",
    0xBC: "ẳ", 0xBD: "ẵ", 0xBE: "ắ", 0xC6: "ặ", 0xC7: "ầ", 0xC8: "ẩ", 0xC9: "ẫ", 0xCA: "ấ", 0xCB: "ậ", 0xCC: "è",
    0xCE: "ẻ", 0xCF: "ẽ", 0xD0: "é", 0xD1: "ẹ", 0xD2: "ề", 0xD3: "ể", 0xD4: "ễ", 0xD5: "ế", 0xD6: "ệ", 0xD7: "ì",
    0xD8: "ỉ", 0xDC: "ĩ", 0xDD: "í", 0xDE: "ị", 0xDF: "ò", 0xE1: "ỏ", 0xE2: "õ", 0xE3: "ó", 0xE4: "ọ", 0xE5: "ồ",
    0xE6: "ổ", 0xE7: "ỗ", 0xE8: "ố", 0xE9: "ộ", 0xEA: "ờ", 0xEB: "ở", 0xEC: "ỡ", 0xED: "ớ", 0xEE: "ợ", 0xEF: "ù",
    0xF1: "ủ", 0xF2: "ũ", 0xF3: "ú", 0xF4: "ụ", 0xF5: "ừ", 0xF6: "ử", 0xF7: "ữ", 0xF8: "ứ", 0xF9: "ự", 0xFA: "ỳ",
    0xFB: "ỷ", 0xFC: "ỹ", 0xFD: "ý", 0xFE: "ỵ",
}  # fmt: skip
_KEY_OF = {letter: chr(code) for code, letter in VN3.items()}
_VNI_TONES = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï", "": ""}
_VNI_ROOFS = {"\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä", "": "â"}
_VNI_BREVES = {"\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë", "": "ê"}
_VNI_I = {"\u0301": "í", "\u0300": "ì", "\u0309": "æ", "\u0303": "ó", "\u0323": "ò", "": "i"}


def tcvn3(text: str) -> str:
    """The keys of a text in `.VnTime`; a capital with a tone has none and is typed small."""
    return "".join(_KEY_OF.get(letter) or _KEY_OF.get(letter.lower(), letter) for letter in nfc(text))


def vni(text: str) -> str:
    """The keys of a text in `VNI-Times`."""
    return "".join(map(_vni_letter, nfc(text)))


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _vni_letter(letter: str) -> str:
    if letter in "đĐ":
        return "ñ" if letter == "đ" else "Ñ"
    base, *marks = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in marks if mark in _VNI_TONES), "")
    small = base.lower()
    if "\u0302" in marks:
        keys = small + _VNI_ROOFS[tone]
    elif "\u0306" in marks:
        keys = small + _VNI_BREVES[tone]
    elif "\u031b" in marks:
        keys = {"o": "ô", "u": "ö"}[small] + _VNI_TONES[tone]
    elif small == "i":
        keys = _VNI_I[tone]
    elif small == "y" and tone == "\u0323":
        keys = "î"
    elif small in "aeouy":
        keys = small + _VNI_TONES[tone]
    else:
        return letter
    return keys.upper() if base.isupper() else keys
