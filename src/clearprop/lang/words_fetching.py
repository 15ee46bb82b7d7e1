"""What is wrong with the files of a data set: where they are looked for, what they hold."""

WORDS = {
    "not_downloaded": {
        "en": "{name} could not be downloaded.",
        "ko": "{name:을} 내려받지 못했습니다.",
    },
    "lines": {"en": "{first}\n{second}", "ko": "{first}\n{second}"},
    "from": {"en": "  {url}: {error}", "ko": "  {url}: {error}"},
    "http": {"en": "HTTP {code} {reason}", "ko": "HTTP 오류 {code}({reason})"},
    "unreachable": {"en": "cannot be reached ({reason})", "ko": "연결할 수 없음({reason})"},
    "broke_off": {"en": "broke off ({error})", "ko": "도중에 끊김({error})"},
    "sends_more": {
        "en": "sends more than the {size} bytes expected",
        "ko": "{size}바이트여야 하는데 더 많이 보냄",
    },
    "sends_less": {
        "en": "broke off after {got} of {size} bytes",
        "ko": "{size}바이트 중 {got}바이트에서 끊김",
    },
    "sends_other": {
        "en": "sends other content: its SHA-256 is {got}, expected {expected}",
        "ko": "내용이 다름: SHA-256이 {got}인데 {expected} 값이어야 함",
    },
    "no_place": {
        "en": "cannot write into {folder} ({reason})",
        "ko": "{folder}에 쓸 수 없음({reason})",
    },
    "no_folder": {
        "en": "{variable} is {path}, which is not a folder.",
        "ko": "{variable:이} {path:으로} 되어 있는데 그런 폴더가 없습니다.",
    },
    "some_missing": {
        "en": "{folder} has {count} of the four files of {title}; it lacks {missing}. Put them "
        "there too, or take the others away.",
        "ko": "{folder}에 {title} 파일 네 개 중 {count}개만 있습니다. 없는 것: {missing}. 나머지도 "
        "넣거나, 있는 것을 치우십시오.",
    },
    "other_content": {
        "en": "{name} in {folder} is not the original {title}: results will differ from published "
        "ones.",
        "ko": "{folder}의 {name:은} 원래의 {title} 파일이 아닙니다. 알려진 결과와 다를 것입니다.",
    },
    "other_contents": {
        "en": "{name} in {folder} are not the original {title}: results will differ from "
        "published ones.",
        "ko": "{folder}의 {name:은} 원래의 {title} 파일들이 아닙니다. 알려진 결과와 다를 것입니다.",
    },
    "by_hand": {
        "en": "To use {title} all the same, put these four files, as they are or unpacked, into\n"
        "  {folder}\nor into a folder that the environment variable CLEARPROP_DATA names:\n{files}",
        "ko": "그래도 {title:을} 쓰려면 아래 파일 네 개를 그대로 또는 풀어서\n  {folder}\n폴더나 "
        "환경 변수 CLEARPROP_DATA로 정한 폴더에 넣으십시오.\n{files}",
    },
    "by_hand_apart": {
        "en": "To use {title} all the same, put these four files, as they are or unpacked, into\n"
        "  {folder}\nor into the subfolder {inside} of a folder that the environment variable "
        "CLEARPROP_DATA names:\n{files}",
        "ko": "그래도 {title:을} 쓰려면 아래 파일 네 개를 그대로 또는 풀어서\n  {folder}\n폴더나 "
        "환경 변수 CLEARPROP_DATA로 정한 폴더 안의 {inside} 폴더에 넣으십시오.\n{files}",
    },
    "bytes": {
        "en": "  {name}  {size} bytes  SHA-256 {sha256}",
        "ko": "  {name}  {size}바이트  SHA-256 {sha256}",
    },
    "images": {
        "en": "{title}, {part}: images are {dtype} of shape {shape}; expected uint8 of shape "
        "(N, {side}, {side}).",
        "ko": "{title} {part}: 이미지가 {dtype}, 모양 {shape}입니다. uint8, 모양 "
        "(N, {side}, {side})이어야 합니다.",
    },
    "labels": {
        "en": "{title}, {part}: labels are {dtype} of shape {shape} for {count} images; expected "
        "uint8 of shape ({count},).",
        "ko": "{title} {part}: 이미지 {count}개에 레이블이 {dtype}, 모양 {shape}입니다. uint8, "
        "모양 ({count},)이어야 합니다.",
    },
    "label": {
        "en": "{title}, {part}: label {row} is {label}; expected 0 to {last}.",
        "ko": "{title} {part}: 레이블 {row:이} {label}입니다. 0부터 {last}까지여야 합니다.",
    },
    # The files of these sets.
    "gzip_damaged": {
        "en": "{file} is damaged: its gzip data cannot be unpacked. Fetch it again.",
        "ko": "{file:이} 손상되었습니다. gzip을 풀 수 없으니 다시 내려받으십시오.",
    },
    "idx_too_large": {
        "en": "{file} declares an array of shape {shape}, {declared} bytes; at most {limit} are "
        "read. Pass limit= if the file is to be trusted.",
        "ko": "{file:은} 모양이 {shape}, {declared}바이트라고 하는데 {limit}바이트까지만 읽습니다. "
        "믿을 수 있는 파일이면 limit=를 주십시오.",
    },
    "idx_less": {
        "en": "{file} declares {declared} bytes of data, shape {shape}, but holds only {got}. It "
        "is cut short or not an idx file; fetch it again.",
        "ko": "{file}에는 {declared}바이트, 모양 {shape:이라}고 되어 있는데 {got}바이트뿐입니다. "
        "잘렸거나 idx 파일이 아니니 다시 내려받으십시오.",
    },
    "idx_more": {
        "en": "{file} declares {declared} bytes of data, shape {shape}, but holds more. It is cut "
        "short or not an idx file; fetch it again.",
        "ko": "{file}에는 {declared}바이트, 모양 {shape:이라}고 되어 있는데 더 들어 있습니다. "
        "잘렸거나 idx 파일이 아니니 다시 내려받으십시오.",
    },
    "no_idx": {
        "en": "{file} is not an idx file: it begins with {start}; expected 00 00, a type (08, 09, "
        "0b, 0c, 0d or 0e) and the number of axes (1 or more).",
        "ko": "{file:은} idx 파일이 아닙니다. {start:으로} 시작하는데, 00 00, 종류(08, 09, 0b, 0c, "
        "0d, 0e 중 하나), 축의 수(1 이상)로 시작해야 합니다.",
    },
    "idx_nothing": {"en": "nothing", "ko": "빈 내용"},
    "idx_header": {
        "en": "{file} ends inside its header: {axes} axes are declared.",
        "ko": "{file:이} 헤더에서 끝납니다. 축이 {axes}개라고 되어 있습니다.",
    },
    "idx_shape": {
        "en": "{file} declares the shape {shape}; an idx file of data has 1 to 8 axes, none empty.",
        "ko": "{file}의 모양이 {shape:이라}고 되어 있는데, 데이터 idx 파일의 축은 1개에서 8개이고 "
        "비어 있지 않습니다.",
    },
}
