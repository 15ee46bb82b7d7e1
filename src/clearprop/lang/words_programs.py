"""The words of compiled programs: what their loops go over."""

WORDS = {
    "registers": {
        "en": "once a step, in the processor's registers:",
        "ko": "단계마다 한 번, 프로세서의 레지스터 안에서:",
    },
    "rows": {"en": "for each of {n} rows:", "ko": "행 {n}개마다:"},
    "elements": {"en": "for each of {n} elements:", "ko": "원소 {n}개마다:"},
    "columns": {
        "en": "for each of {n} columns, over {over} elements:",
        "ko": "열 {n}개마다, 원소 {over}개에 걸쳐:",
    },
    "turns": {
        "en": "{n} turns, one after the other ({what}):",
        "ko": "{n}번 차례로 되풀이 ({what}):",
    },
    "skips": {
        "en": "zeros of the left operand are passed over",
        "ko": "왼쪽 행렬의 0은 건너뜁니다",
    },
}
