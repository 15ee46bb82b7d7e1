"""Pictures and texts in folders that are named after their classes."""

import os
import struct
import sys
import unicodedata
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

import clearprop as cp
from clearprop.data.folders import batches_of_files
from clearprop.data.pictures import read_image
from clearprop.errors import DataError, OptionError

RNG = np.random.default_rng(0)
images = cp.utils.image_dataset_from_directory
texts = cp.utils.text_dataset_from_directory


def picture(path, shape=(4, 6, 3), kind=np.uint8):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = RNG.integers(0, np.iinfo(kind).max + 1, shape).astype(kind)
    Image.fromarray(pixels).save(path)
    return pixels


@pytest.fixture
def animals(tmp_path):
    for name in ("개", "고양이", "새"):
        for i in range(4):
            picture(tmp_path / name / f"{i}.png")
    picture(tmp_path / "새" / "deep" / "4.png")
    (tmp_path / "새" / "notes.txt").write_text("no picture")
    (tmp_path / "새" / "._4.png").write_bytes(b"what a Mac leaves behind")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "loose.txt").write_text("no class")
    return tmp_path


def test_files_and_classes_come_in_order(animals, capsys):
    data = images(animals, image_size=(4, 6), shuffle=False, batch_size=5)
    assert capsys.readouterr().out == "Found 13 files belonging to 3 classes.\n"
    assert data.class_names == ["개", "고양이", "새"]
    assert [os.path.relpath(path, animals) for path in data.file_paths[-2:]] == [
        os.path.join("새", "3.png"), os.path.join("새", "deep", "4.png"),
    ]  # fmt: skip
    x, y = (np.concatenate(parts) for parts in zip(*data, strict=True))
    assert y.tolist() == [0] * 4 + [1] * 4 + [2] * 5
    assert y.dtype == np.int32
    assert len(data) == 3
    for pixels, path in zip(x, data.file_paths, strict=True):
        np.testing.assert_array_equal(pixels, np.asarray(Image.open(path)))
    assert x.dtype == np.float32


@pytest.mark.parametrize(
    ("lang", "line"), [("ko", "클래스 3개에 속하는 파일 13개를 찾았습니다."),
                       ("en", "Found 13 files belonging to 3 classes.")]
)  # fmt: skip
def test_what_was_found_is_said_in_the_user_s_language(animals, capsys, monkeypatch, lang, line):
    monkeypatch.setenv("CLEARPROP_LANG", lang)
    images(animals)
    images(animals, verbose=False)
    assert capsys.readouterr().out == line + "\n"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"seed": 3}, None),
        ({"seed": 11, "class_names": ["새", "개"]}, None),
        ({"seed": 3, "validation_split": 0.3, "subset": "training"}, None),
        ({"seed": 3, "validation_split": 0.3, "subset": "validation"}, None),
        ({"shuffle": False, "validation_split": 0.5, "subset": "validation"}, None),
        ({"shuffle": False, "label_mode": None}, None),
        ({"shuffle": False, "labels": [0, 1] * 6 + [0]}, None),
    ],
)
def test_files_are_chosen_as_keras_chooses_them(animals, settings, expected):
    """By Keras's own functions for it, which need no TensorFlow."""
    from keras.src.utils import dataset_utils

    for extra in ("._4.png", "notes.txt"):  # Keras would take the first for a picture
        (animals / "새" / extra).unlink()
    labels = settings.get("labels", "inferred")
    if "label_mode" in settings:
        labels = None
    paths, labels, names = dataset_utils.index_directory(
        str(animals), labels, (".png",), settings.get("class_names"),
        shuffle=settings.get("shuffle", True), seed=settings.get("seed"), verbose=False,
    )  # fmt: skip
    paths, labels = dataset_utils.get_training_or_validation_split(
        paths, labels, settings.get("validation_split"), settings.get("subset")
    )
    data = images(animals, image_size=(2, 2), verbose=False, **settings)
    assert data.file_paths == paths
    assert data.class_names == names
    if labels is not None and not settings.get("shuffle", True):
        assert np.concatenate([y for _, y in data]).tolist() == list(labels)


def test_both_parts_have_nothing_in_common(animals, capsys):
    training, validation = images(
        animals, image_size=2, validation_split=0.3, subset="both", seed=5
    )
    assert capsys.readouterr().out.splitlines()[1] == "10 files are for training, 3 for validation."
    assert not set(training.file_paths) & set(validation.file_paths)
    assert len(training.file_paths) == 10
    assert len(validation.file_paths) == 3


@pytest.mark.parametrize(
    ("mode", "shape", "dtype"),
    [("int", (9,), np.int32), ("binary", (9, 1), np.float32), ("categorical", (9, 2), np.float32)],
)
def test_forms_of_labels(animals, mode, shape, dtype):
    data = images(animals, class_names=["새", "개"], label_mode=mode, image_size=2, shuffle=False)
    ((_, y),) = data
    assert y.shape == shape
    assert y.dtype == dtype
    classes = y.argmax(axis=1) if mode == "categorical" else y.ravel()
    assert classes.tolist() == [0] * 5 + [1] * 4


def test_names_are_the_same_however_a_system_encodes_them(tmp_path):
    folder = tmp_path / unicodedata.normalize("NFD", "고양이")
    picture(folder / "0.png")
    data = images(tmp_path, image_size=2, class_names=["고양이"])
    assert data.class_names == ["고양이"]


def test_every_pass_has_an_order_of_its_own_and_labels_stay_with_their_pictures(animals):
    data = images(animals, image_size=(4, 6), seed=1, batch_size=4)
    known = {read_image(p).tobytes(): data.class_names.index(p.split(os.sep)[len(animals.parts)])
             for p in data.file_paths}  # fmt: skip
    passes = []
    for _ in range(2):
        x, y = (np.concatenate(parts) for parts in zip(*data, strict=True))
        assert [known[pixels.tobytes()] for pixels in x] == y.tolist()
        passes.append(x)
    assert not np.array_equal(*passes)
    alone = images(animals, image_size=(4, 6), batch_size=None)
    assert next(iter(alone))[0].shape == (4, 6, 3)


@pytest.mark.parametrize(
    ("mode", "channels", "data_format"),
    [("rgb", 3, None), ("rgba", 4, "channels_last"), ("grayscale", 1, "channels_first")],
)
@pytest.mark.parametrize(
    ("shape", "kind"),
    [((5, 7), np.uint8), ((5, 7, 3), np.uint8), ((5, 7, 4), np.uint8), ((5, 7), np.uint16)],
)
def test_any_picture_gets_the_channels_that_are_asked_for(
    tmp_path, mode, channels, data_format, shape, kind
):
    pixels = picture(tmp_path / "a" / "0.png", shape, kind)
    data = images(tmp_path, color_mode=mode, image_size=(5, 7), data_format=data_format)
    ((x, _),) = data
    x = x if data_format != "channels_first" else x.transpose(0, 2, 3, 1)
    assert x.shape == (1, 5, 7, channels)
    if len(shape) == 2:
        expected = pixels >> 8 if kind == np.uint16 else pixels
        np.testing.assert_array_equal(x[0, :, :, 0], expected)
    elif mode == "rgb":
        np.testing.assert_array_equal(x[0], pixels[:, :, :3])


@pytest.mark.parametrize("ending", ["png", "jpg", "JPEG", "gif", "bmp"])
def test_formats(tmp_path, ending):
    (tmp_path / "a").mkdir()
    Image.fromarray(np.full((3, 3, 3), 200, np.uint8)).save(tmp_path / "a" / f"0.{ending}")
    ((x, _),) = images(tmp_path, image_size=(3, 3))
    np.testing.assert_allclose(x, 200, atol=2)


def truncated(tmp_path):
    picture(tmp_path, (40, 40, 3))
    tmp_path.write_bytes(tmp_path.read_bytes()[:200])


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(
        ">I", zlib.crc32(kind + content)
    )  # fmt: skip


def bomb(path):
    """A few bytes that declare 60,000 by 60,000 pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    content = (
        chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + content)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(b""), "cannot be read as a picture"),
        (lambda path: path.write_text("<html>not found</html>"), "cannot be read as a picture"),
        (truncated, "cannot be read as a picture"),
        (bomb, "too large for a picture"),
        (lambda path: None, "not there any more"),
    ],
)
def test_a_picture_that_cannot_be_read_is_named(tmp_path, spoil, words):
    path = tmp_path / "a" / "0.png"
    picture(path)
    data = images(tmp_path, image_size=2)
    path.unlink()
    spoil(path)
    with pytest.raises(DataError, match=rf"0\.png' .*{words}|0\.png' is {words}"):
        list(data)


def test_the_library_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(OptionError, match=r"pip install 'clearprop\[images\]'"):
        images(tmp_path)


def test_folders_without_files(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        images(tmp_path / "no")
    with pytest.raises(DataError, match=r"has no subfolders; there must be one for each class"):
        images(tmp_path)
    (tmp_path / "a").mkdir()
    with pytest.raises(DataError, match=r"holds no pictures: there are no files \.bmp.*subfolders"):
        images(tmp_path)
    with pytest.raises(DataError, match=r"holds no pictures.* in it"):
        images(tmp_path, labels=None)
    picture(tmp_path / "b" / "0.png")
    with pytest.warns(UserWarning, match="the class 'a' has no pictures"):
        images(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="is no folder"):
        images(tmp_path / "file")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"labels": "all"}, "labels must be 'inferred', a list"),
        ({"labels": [0, 1]}, "a whole number for each of the 13 files; got 2"),
        ({"labels": [0.5] * 13}, "got 13 of float64"),
        ({"labels": [0, 5] * 6 + [0]}, r"0 to 1 for 2 classes; got \[0, 5\]"),
        ({"labels": None, "class_names": ["개"]}, "inferred labels only"),
        ({"label_mode": "text"}, "label_mode must be one of 'int'"),
        ({"label_mode": "binary"}, "for two classes; there are 3"),
        ({"class_names": ["고양"]}, "no subfolder '고양'; did you mean '고양이'"),
        ({"color_mode": "bgr"}, "unknown color_mode 'bgr'"),
        ({"interpolation": "area"}, "unknown interpolation 'area'"),
        ({"image_size": (3,)}, "image_size must be"),
        ({"image_size": (0, 3)}, "image_size"),
        ({"batch_size": 0}, "batch_size"),
        ({"seed": -1}, "seed"),
        ({"validation_split": 0.2}, "go together"),
        ({"subset": "training"}, "go together"),
        ({"validation_split": 1.0, "subset": "training", "seed": 1}, "between 0 and 1; got 1.0"),
        ({"validation_split": 0.2, "subset": "training"}, "needs a seed"),
        ({"validation_split": 0.2, "subset": "test", "seed": 1}, "subset must be one of"),
        ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, "exclude each other"),
        ({"data_format": "first"}, "unknown data_format"),
    ],
)
def test_settings_that_are_none(animals, settings, words):
    with pytest.raises(OptionError, match=words):
        images(animals, verbose=False, **settings)


def test_a_part_without_files(animals):
    with pytest.raises(DataError, match="sets none aside"):
        images(animals, verbose=False, validation_split=0.01, subset="training", seed=1)


def test_nothing_is_warned_of_that_is_right(animals):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        list(images(animals, verbose=False, image_size=2))
    assert callable(batches_of_files)


# -- texts -----------------------------------------------------------------------------------------


@pytest.fixture
def reviews(tmp_path):
    for kind, words in (("neg", "나쁘다"), ("pos", "좋다")):
        (tmp_path / kind).mkdir()
        for i in range(3):
            (tmp_path / kind / f"{i}.txt").write_text(f"{words} {i}", encoding="utf-8")
    return tmp_path


def test_texts_come_as_strings(reviews):
    data = texts(reviews, shuffle=False, batch_size=4, verbose=False)
    (x, y), (rest, _) = data
    assert x.tolist() == ["나쁘다 0", "나쁘다 1", "나쁘다 2", "좋다 0"]
    assert y.tolist() == [0, 0, 0, 1]
    assert rest.shape == (2,)
    (short, _), _ = texts(reviews, shuffle=False, batch_size=4, max_length=2, verbose=False)
    assert short.tolist() == ["나쁘", "나쁘", "나쁘", "좋다"]


def test_they_can_be_numbered(reviews):
    vectorize = cp.data.TextVectorization()
    data = texts(reviews, seed=1, verbose=False)
    vectorize.adapt(data.map(lambda x, y: x))
    ((x, _),) = data.map(lambda x, y: (vectorize(x), y))
    assert x.shape == (6, 2)
    assert (x > 1).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [("나쁘다".encode("cp949"), "is not UTF-8.*CP949"), (b"a" * (2**24 + 1), "is longer than")],
)
def test_a_text_that_cannot_be_read_is_named(reviews, content, words):
    (reviews / "neg" / "1.txt").write_bytes(content)
    with pytest.raises(DataError, match=rf"1\.txt' {words}"):
        list(texts(reviews, verbose=False))


def test_a_length_that_is_none(reviews):
    with pytest.raises(OptionError, match="max_length"):
        texts(reviews, max_length=0)
