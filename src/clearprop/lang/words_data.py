"""What is said about tables: how columns were read, what was left out, what was filled in."""

WORDS = {
    "more": {"en": "{listed} and {n} more", "ko": "{listed} 외 {n}개"},
    "left_out_empty": {
        "en": "Left out, no value in any row: {columns}.",
        "ko": "{columns} 열은 값이 하나도 없어 제외했습니다.",
    },
    "left_out_constant": {
        "en": "Left out, the same value in every row: {columns}.",
        "ko": "{columns} 열은 모든 행의 값이 같아 제외했습니다.",
    },
    "left_out_date": {
        "en": (
            "Left out, dates or times: {columns}. To learn from them, first make numbers of them, "
            "such as the year, the month or the days gone by."
        ),
        "ko": (
            "{columns} 열은 날짜나 시각이어서 제외했습니다. "
            "학습에 쓰려면 먼저 연도, 월, 지난 날수와 같은 숫자로 바꾸십시오."
        ),
    },
    "left_out_identifier": {
        "en": "Left out, another text in every row, as names and identifiers have: {columns}.",
        "ko": "{columns} 열은 이름이나 식별 번호처럼 행마다 값이 모두 달라 제외했습니다.",
    },
    "left_out_free_text": {
        "en": "Left out, too many different texts to be categories: {columns}.",
        "ko": "{columns} 열은 서로 다른 문자열이 너무 많아 범주로 볼 수 없으므로 제외했습니다.",
    },
    "left_out_row_numbers": {
        "en": "Left out, only numbers the rows: {columns}.",
        "ko": "{columns} 열은 행에 차례로 매긴 번호일 뿐이어서 제외했습니다.",
    },
    "mixed": {
        "en": "Column {column} is read as categories: row {row} has {value}, which is no number.",
        "ko": "{column} 열은 {row}행의 {value}처럼 숫자가 아닌 값이 있어 범주로 읽었습니다.",
    },
    "whole_numbers_as_classes": {
        "en": (
            "Target {column}: its {n} different whole numbers are read as classes. "
            "If they are amounts, ask for regression."
        ),
        "ko": (
            "목표 열 {column}의 서로 다른 정수 {n}개를 클래스로 읽었습니다. "
            "양을 나타내는 수라면 회귀를 선택하십시오."
        ),
    },
    "unlabelled": {
        "en": "Target {column}: {n:row|rows} without a value left out (the first: row {row}).",
        "ko": "목표 열 {column}에 값이 없는 행 {n}개(처음: {row}행)를 제외했습니다.",
    },
    "filled_in": {
        "en": (
            "Column {column}: the median, {value}, stands in for {n:missing value|missing values} "
            "(the first: row {row})."
        ),
        "ko": "{column} 열의 빠진 값 {n}개(처음: {row}행)를 중앙값 {value:으로} 채웠습니다.",
    },
    "missing_category": {
        "en": (
            "Column {column}: {n:missing value is|missing values are} read as one category "
            "(the first: row {row})."
        ),
        "ko": "{column} 열의 빠진 값 {n}개(처음: {row}행)를 하나의 범주로 읽었습니다.",
    },
    "unknown_ignored": {
        "en": (
            "Column {column}: "
            "{n:value was never seen in training and counts|values were never seen in training "
            "and count} as no category (the first: {value}, row {row})."
        ),
        "ko": (
            "{column} 열에서 학습 때 없던 값 {n}개(처음: {row}행의 {value})는 "
            "어느 범주에도 속하지 않는 것으로 처리했습니다."
        ),
    },
    # Files in folders that are named after their classes.
    "found_files": {"en": "Found {files:file|files}.", "ko": "파일 {files}개를 찾았습니다."},
    "found_classes": {
        "en": "Found {files:file|files} belonging to {classes:class|classes}.",
        "ko": "클래스 {classes}개에 속하는 파일 {files}개를 찾았습니다.",
    },
    "parted": {
        "en": "{training:file is|files are} for training, {validation} for validation.",
        "ko": "파일 {training}개는 훈련에, {validation}개는 검증에 씁니다.",
    },
}
