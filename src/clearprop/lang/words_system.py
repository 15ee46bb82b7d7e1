"""Why the system refuses something, by the names that POSIX gives its reasons."""

WORDS = {
    "ENOENT": {"en": "No such file or directory", "ko": "그런 파일이나 폴더가 없습니다"},
    "EACCES": {"en": "Permission denied", "ko": "권한이 없습니다"},
    "EPERM": {"en": "Operation not permitted", "ko": "허용되지 않는 일입니다"},
    "EISDIR": {"en": "Is a directory", "ko": "파일이 아니라 폴더입니다"},
    "ENOTDIR": {"en": "Not a directory", "ko": "경로 중간에 폴더가 아닌 것이 있습니다"},
    "EEXIST": {"en": "File exists", "ko": "이미 있습니다"},
    "ENOSPC": {"en": "No space left on device", "ko": "저장 공간이 없습니다"},
    "EROFS": {"en": "Read-only file system", "ko": "읽기만 할 수 있는 곳입니다"},
    "ENAMETOOLONG": {"en": "File name too long", "ko": "파일 이름이 너무 깁니다"},
    "ELOOP": {"en": "Too many levels of symbolic links", "ko": "심볼릭 링크가 돌고 돕니다"},
    "EIO": {"en": "Input/output error", "ko": "읽거나 쓰는 중에 장치 오류가 났습니다"},
    "EMFILE": {"en": "Too many open files", "ko": "열려 있는 파일이 너무 많습니다"},
    "EINVAL": {"en": "Invalid argument", "ko": "쓸 수 없는 경로나 값입니다"},
    "ETXTBSY": {"en": "Text file busy", "ko": "지금 실행 중인 파일입니다"},
    "other": {"en": "{error}", "ko": "시스템이 거부했습니다({error})"},
}
