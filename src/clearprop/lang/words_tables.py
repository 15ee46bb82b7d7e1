"""What is wrong with a table: where in it, what was expected, how to mend it."""

WORDS = {
    # Where.
    "the_table": {"en": "the table", "ko": "표"},
    "row": {"en": "row {row}", "ko": "{row}행"},
    "row_at_line": {"en": "row {row} (line {line})", "ko": "{row}행({line}번째 줄)"},
    "cell_place": {
        "en": "{source}, row {row}, column {column}",
        "ko": "{source} {row}행 {column} 열",
    },
    "column_place": {"en": "{source}, column {column}", "ko": "{source} {column} 열"},
    "feature_state": {"en": "{where}, feature {number}", "ko": "{where}의 {number}번 입력 열"},
    "target_state": {"en": "{where}, target", "ko": "{where}의 목표 열"},
    "at": {"en": "{source}, {place}: {what}", "ko": "{source} {place}: {what}"},
    # Files.
    "delimiter": {
        "en": "delimiter must be one character such as ',' or ';'; got {got}.",
        "ko": "delimiter는 ','나 ';' 같은 글자 하나여야 하는데 {got:을} 받았습니다.",
    },
    "empty": {
        "en": "{source} is empty; expected a first row that names the columns.",
        "ko": "{source:이} 비어 있습니다. 첫 행에 열 이름이 있어야 합니다.",
    },
    "no_rows": {
        "en": "{source} has a header (row {row}) but no rows of data.",
        "ko": "{source}에 제목 행({row}행)만 있고 데이터 행이 없습니다.",
    },
    "open_as_text": {
        "en": "{source} is open as text; open it in binary mode ('rb').",
        "ko": "{source:이} 텍스트 모드로 열려 있습니다. 바이너리 모드('rb')로 여십시오.",
    },
    "too_large": {
        "en": "{source} is larger than {limit} bytes. Divide it, or raise limit= if the machine "
        "has some ten times that in memory.",
        "ko": "{source:이} {limit}바이트보다 큽니다. 나누어 쓰거나, 메모리가 그 열 배쯤 되면 "
        "limit=를 늘리십시오.",
    },
    "no_csv": {
        "en": "{source} is {kind}, not a CSV file; save the table as CSV (UTF-8).",
        "ko": "{source:은} CSV 파일이 아니라 {kind}입니다. 표를 CSV(UTF-8)로 저장하십시오.",
    },
    "xlsx": {"en": "a zip archive or a spreadsheet (xlsx)", "ko": "zip 파일이나 엑셀 파일(xlsx)"},
    "xls": {"en": "an old spreadsheet (xls)", "ko": "옛 엑셀 파일(xls)"},
    "gzip": {"en": "a gzip archive", "ko": "gzip 압축 파일"},
    "pdf": {"en": "a PDF document", "ko": "PDF 문서"},
    "parquet": {"en": "a Parquet table", "ko": "Parquet 표"},
    "breaks": {
        "en": "as {encoding} it breaks at line {line} (byte {byte}, offset {offset})",
        "ko": "{encoding:으로} 읽으면 {line}번째 줄에서 막힘(바이트 {byte}, 위치 {offset})",
    },
    "no_text": {
        "en": "{source} cannot be read as text: {failures}. Save it as UTF-8, or name its "
        "encoding.",
        "ko": "{source:을} 텍스트로 읽을 수 없습니다: {failures}. UTF-8로 저장하거나 인코딩을 "
        "알려 주십시오.",
    },
    "no_encoding": {
        "en": "unknown encoding {encoding}; such as 'utf-8', 'cp949' or 'latin-1' are known.",
        "ko": "{encoding:이라}는 인코딩은 없습니다. 'utf-8', 'cp949', 'latin-1' 등을 쓸 수 "
        "있습니다.",
    },
    "never_closed": {
        "en": "a quoted cell that begins here is never closed; write the missing quote.",
        "ko": "여기서 시작한 따옴표가 닫히지 않았습니다. 빠진 따옴표를 넣으십시오.",
    },
    "too_long": {
        "en": "a cell has more than {limit} characters; is a quote left open?",
        "ko": "셀 하나가 {limit}자를 넘습니다. 닫지 않은 따옴표가 있습니까?",
    },
    "goes_on": {
        "en": "a quoted cell goes on after its closing quote; a quote inside a quoted cell is "
        "written twice.",
        "ko": "닫는 따옴표 뒤에 글자가 더 있습니다. 따옴표로 묶은 셀 안의 따옴표는 두 번 씁니다.",
    },
    "nul": {
        "en": "{source}, {place}, column {number}: the cell holds a NUL character, so this is not "
        "plain text. Save it as CSV (UTF-8).",
        "ko": "{source} {place} {number}번째 열: 셀에 NUL 문자가 있어 보통 텍스트가 아닙니다. "
        "CSV(UTF-8)로 저장하십시오.",
    },
    "nameless": {
        "en": "{source}, {place}: column {number} has no name. Name it, or remove it (pandas "
        "writes such a column unless it is told index=False).",
        "ko": "{source} {place}: {number}번째 열에 이름이 없습니다. 이름을 붙이거나 지우십시오"
        "(pandas는 index=False를 주지 않으면 그런 열을 만듭니다).",
    },
    "same_name": {
        "en": "{source}, {place}: columns {first} and {second} are both named {name}; give each a "
        "name of its own.",
        "ko": "{source} {place}: {first}번째와 {second}번째 열의 이름이 {name:으로} 같습니다. "
        "서로 다른 이름을 붙이십시오.",
    },
    "ragged": {
        "en": "{source}, {place} has {got:cell|cells}, the header {expected}: {what}",
        "ko": "{source} {place}에는 셀이 {got}개, 제목 행에는 {expected}개 있습니다. {what}",
    },
    "cell_missing": {
        "en": "there is none for column {column}. A cell without a value is still a cell.",
        "ko": "{column} 열의 셀이 없습니다. 값이 없더라도 셀은 있어야 합니다.",
    },
    "cell_too_many": {
        "en": "{cell} comes after the last column, {column}. A cell that contains the delimiter "
        "must be quoted.",
        "ko": "마지막 열인 {column} 뒤에 {cell:이} 더 있습니다. 구분자가 든 셀은 따옴표로 묶어야 "
        "합니다.",
    },
    # Columns.
    "no_column": {
        "en": "{source} has no column {name}. Its columns are {known}.",
        "ko": "{source}에 {name} 열은 없습니다. 있는 열: {known}.",
    },
    "no_column_but": {
        "en": "{source} has no column {name}; did you mean {close}? Its columns are {known}.",
        "ko": "{source}에 {name} 열은 없습니다. {close:을} 찾으셨습니까? 있는 열: {known}.",
    },
    "other_columns": {
        "en": "{source} does not have the columns of training: {faults}. Expected {expected}.",
        "ko": "{source}의 열이 학습 때와 다릅니다: {faults}. 있어야 하는 열: {expected}.",
    },
    "lacks": {"en": "it lacks {name}", "ko": "{name} 열이 없음"},
    "lacks_but": {
        "en": "it lacks {name} (is it {close}?)",
        "ko": "{name} 열이 없음({close} 열입니까?)",
    },
    "has_too": {
        "en": "it also has {names}, which training did not",
        "ko": "학습 때 없던 {names} 열이 있음",
    },
    "nothing_left": {
        "en": "{source}: no column is left to predict {target} from.",
        "ko": "{source}: {target:을} 예측하는 데 쓸 수 있는 열이 남지 않았습니다.",
    },
    "features_twice": {
        "en": "{where}: expected at least one feature, and each column only once.",
        "ko": "{where}: 입력 열이 하나 이상 있어야 하고, 같은 열이 두 번 나올 수 없습니다.",
    },
    # Cells.
    "decimal_comma": {
        "en": "{place}: {cell} has a decimal comma; write {mended}.",
        "ko": "{place}: {cell:은} 소수점을 쉼표로 썼습니다. {mended}처럼 쓰십시오.",
    },
    "percent_signs": {
        "en": "{place}: {cell} has a percent sign, but {other} in row {row} has none; write all "
        "alike.",
        "ko": "{place}: {cell}에는 퍼센트 기호가 있는데 {row}행의 {other}에는 없습니다. 모두 같은 "
        "방식으로 쓰십시오.",
    },
    "spoilt": {
        "en": "{place}: {cell} is not a number, though {read} of the {total} values are. Mend it, "
        "or leave the cell empty if it is not known.",
        "ko": "{place}: 값 {total}개 중 {read}개가 숫자인데 {cell:은} 숫자가 아닙니다. 고치거나, "
        "모르는 값이면 셀을 비워 두십시오.",
    },
    "no_number": {
        "en": "{place}: {cell} is not a number. Mend it, or leave the cell empty if it is not "
        "known.",
        "ko": "{place}: {cell:은} 숫자가 아닙니다. 고치거나, 모르는 값이면 셀을 비워 두십시오.",
    },
    "no_percentage": {
        "en": "{place}: {cell} is not a number with a percent sign. Mend it, or leave the cell "
        "empty if it is not known.",
        "ko": "{place}: {cell:은} 퍼센트 기호가 붙은 숫자가 아닙니다. 고치거나, 모르는 값이면 "
        "셀을 비워 두십시오.",
    },
    "too_far": {
        "en": "{place}: {cell} is too far from the values learnt from, which lie around {mean}.",
        "ko": "{place}: {cell:은} 학습에 쓴 값들(평균 {mean})에서 너무 멉니다.",
    },
    "amount_too_far": {
        "en": "{place}: {cell} is too far from the amounts learnt from, which lie around {mean}.",
        "ko": "{place}: {cell:은} 학습에 쓴 목표값들(평균 {mean})에서 너무 멉니다.",
    },
    "category_missing": {
        "en": "{place}: the value is missing. Known: {known}. Mend it, or choose unknown='ignore' "
        "to treat it as no category.",
        "ko": "{place}: 값이 없습니다. 학습한 값: {known}. 채우거나, unknown='ignore'를 골라 어느 "
        "범주에도 속하지 않는 것으로 처리하십시오.",
    },
    "category_unknown": {
        "en": "{place}: the value {cell} was never seen in training. Known: {known}. Mend it, or "
        "choose unknown='ignore' to treat it as no category.",
        "ko": "{place}: {cell:은} 학습 때 없던 값입니다. 학습한 값: {known}. 고치거나, "
        "unknown='ignore'를 골라 어느 범주에도 속하지 않는 것으로 처리하십시오.",
    },
    "category_unknown_but": {
        "en": "{place}: the value {cell} was never seen in training; did you mean {close}? Known: "
        "{known}. Mend it, or choose unknown='ignore' to treat it as no category.",
        "ko": "{place}: {cell:은} 학습 때 없던 값입니다. {close:을} 쓰려 하셨습니까? 학습한 값: "
        "{known}. 고치거나, unknown='ignore'를 골라 어느 범주에도 속하지 않는 것으로 처리하십시오.",
    },
    "unknown_how": {
        "en": "unknown must be 'error' or 'ignore'; got {got}.",
        "ko": "unknown은 'error'나 'ignore'여야 하는데 {got:을} 받았습니다.",
    },
    "too_many_inputs": {
        "en": "{rows} rows of {inputs} inputs would take {size} GB; use fewer rows, or leave out "
        "columns with many categories.",
        "ko": "입력 {inputs}개짜리 {rows}행에는 메모리 {size} GB가 필요합니다. 행을 줄이거나 "
        "범주가 많은 열을 빼십시오.",
    },
    # The target.
    "target_empty": {
        "en": "{source}: column {column}, the target, has no value in any row.",
        "ko": "{source}: 목표 열 {column}에 값이 하나도 없습니다.",
    },
    "target_no_number": {
        "en": "{place}: the target is {cell}, which is not a number; regression needs numbers. "
        "For classes, ask for classification.",
        "ko": "{place}: 목표값 {cell:이} 숫자가 아닙니다. 회귀에는 숫자가 필요합니다. 클래스라면 "
        "분류를 선택하십시오.",
    },
    "target_dates": {
        "en": "{place}: the target holds dates; make numbers or classes of it.",
        "ko": "{place}: 목표값이 날짜입니다. 숫자나 클래스로 바꾸십시오.",
    },
    "target_too_many": {
        "en": "{place}: the target has {classes} different values; at most {most} classes can be "
        "learnt. For amounts, ask for regression.",
        "ko": "{place}: 목표값이 {classes}가지입니다. 클래스는 {most}개까지 학습할 수 있습니다. "
        "양을 나타내는 수라면 회귀를 선택하십시오.",
    },
    "target_all_differ": {
        "en": "{place}: the target has another value in each of the {total} rows, so no class can "
        "be learnt from examples of it. {mend}",
        "ko": "{place}: {total}행의 목표값이 모두 달라, 클래스마다 보고 배울 샘플이 모자랍니다. "
        "{mend}",
    },
    "target_most_differ": {
        "en": "{place}: the target has another value in nearly each ({classes}) of the {total} "
        "rows, so no class can be learnt from examples of it. {mend}",
        "ko": "{place}: {total}행의 목표값이 {classes}가지로 거의 모두 달라, 클래스마다 보고 배울 "
        "샘플이 모자랍니다. {mend}",
    },
    "ask_regression": {
        "en": "For amounts, ask for regression.",
        "ko": "양을 나타내는 수라면 회귀를 선택하십시오.",
    },
    "right_column": {"en": "Is this the right column?", "ko": "목표 열이 맞는지 확인하십시오."},
    "target_one_value": {
        "en": "{place}: the target is {cell} in {rows}; to learn, at least two different values "
        "are needed.",
        "ko": "{place}: {rows} {cell}입니다. 학습하려면 서로 다른 값이 둘 이상 필요합니다.",
    },
    "the_one_row": {
        "en": "the one row that has one, row {row}",
        "ko": "값이 있는 행이 {row}행 하나뿐이고 목표값은",
    },
    "all_rows": {
        "en": "all {total} rows that have one, from row {row} on",
        "ko": "{row}행부터 값이 있는 {total}행의 목표값이 모두",
    },
    "target_missing": {
        "en": "{place}: the target is missing, here and in {more} rows below. Fill it in, or "
        "leave such rows out.",
        "ko": "{place}: 목표값이 없습니다. 이 아래에도 그런 행이 {more}개 더 있습니다. 값을 "
        "채우거나 그런 행을 빼십시오.",
    },
    "no_class": {
        "en": "{place}: {cell} is none of the classes learnt, {known}.",
        "ko": "{place}: {cell:은} 학습한 클래스가 아닙니다. 학습한 클래스: {known}.",
    },
    # Predictions.
    "predictions": {
        "en": "predictions have the shape {got}; expected {expected}.",
        "ko": "예측값의 모양이 {got}입니다. {expected} 모양이어야 합니다.",
    },
    "prediction_not_finite": {
        "en": "the prediction for row {row} (from 0) is not a finite number, as are {count} of "
        "{total} in all; the network has diverged.",
        "ko": "{row}행(0부터 셈)의 예측값이 유한한 수가 아닙니다. 모두 {total}개 중 {count}개가 "
        "그렇습니다. 신경망이 발산했습니다.",
    },
}
