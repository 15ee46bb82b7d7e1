"""From a CSV file to a model and back to answers."""

import csv
import io
import json

import numpy as np
import pytest

import clearprop as cp
from tests.cli.calling import flowers, good, houses, refused, run, table


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


def report(*args):
    return json.loads(good("train", *args, "--json"))


def test_a_classification_from_file_to_answers(tmp_path):
    flowers(tmp_path / "iris.csv")
    text = good("train", "iris.csv", "--target", "species")
    assert "species has 3 classes: a classification." in text
    assert "72 rows to learn from, 18 to test on." in text
    assert "Network: 4 → 64 → 3 units, 515 weights; adam, learning rate 0.003." in text
    assert "true ↓ predicted →  setosa  versicolor  virginica" in text
    assert "Model saved to iris.safetensors." in text
    assert '"dense_1/kernel[0,0]" --data iris.csv --row 2' in text
    model = cp.load("iris.safetensors")
    assert model.class_names == ("setosa", "versicolor", "virginica")
    assert model.preprocessor.inputs == ("length", "width", "soil=dry", "soil=wet")

    answered = list(csv.reader(io.StringIO(good("predict", "iris.safetensors", "iris.csv"))))
    assert answered[0] == [
        "length", "width", "soil", "species", "prediction", "P(setosa)", "P(versicolor)",
        "P(virginica)",
    ]  # fmt: skip
    assert len(answered) == 91
    right = sum(row[3] == row[4] for row in answered[1:])
    assert right >= 80
    for row in answered[1:]:
        shares = [float(share) for share in row[5:]]
        assert sum(shares) == pytest.approx(1, abs=2e-4)
        assert row[4] == answered[0][5 + int(np.argmax(shares))][2:-1]


def test_the_defaults_learn_well(tmp_path):
    flowers(tmp_path / "iris.csv", rows=150)
    houses(tmp_path / "houses.csv", rows=200)
    for seed in range(3):
        assert report("iris.csv", "-t", "species", "--seed", seed)["test"]["accuracy"] >= 0.9
        assert report("houses.csv", "-t", "price", "--seed", seed)["test"]["r2"] >= 0.95


def test_a_regression_from_file_to_answers(tmp_path):
    houses(tmp_path / "houses.csv")
    text = good("train", "houses.csv", "-t", "price", "--hidden", "32,16", "--epochs", 60)
    assert "price is an amount: a regression." in text
    assert "Network: 2 → 32 → 16 → 1 units" in text
    assert "Mean absolute error" in text
    assert "the mean, every time would err by" in text
    found = json.loads(good("predict", "houses.safetensors", "houses.csv", "--json"))
    assert found["target"] == "price"
    assert found["compared"]["r2"] > 0.8
    lines = csv.DictReader((tmp_path / "houses.csv").read_text().splitlines())
    truth = [float(row["price"]) for row in lines]
    answers = [each["prediction"] for each in found["predictions"]]
    assert np.corrcoef(truth, answers)[0, 1] > 0.9
    assert found["predictions"][0]["row"] == 2


def test_a_korean_table_as_spreadsheets_save_it(tmp_path):
    rows = [
        [f"{n}세", "서울" if n % 2 else "부산", n, "예" if n % 3 else "아니요"] for n in range(60)
    ]
    table(tmp_path / "설문.csv", ["이름", "도시", "나이", "만족"], rows, encoding="cp949")
    text = good("train", "설문.csv", "--target", "만족", "--lang", "ko", "--epochs", 20)
    assert "설문.csv: 60행 4열." in text
    assert "만족은 클래스가 2개이므로 분류 문제입니다." in text
    assert "'이름' 열은 이름이나 식별 번호처럼 행마다 값이 모두 달라 제외했습니다." in text
    assert "모델을 설문.safetensors에 저장했습니다." in text
    result = run("predict", "설문.safetensors", "설문.csv", "-o", "답.csv", "--lang", "ko")
    assert result.exit_code == 0
    assert "예측값 60개를 답.csv에 저장했습니다." in result.stderr
    assert result.stdout == ""
    written = (tmp_path / "답.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")  # or spreadsheet programs would take it for CP949
    assert written.decode("utf-8-sig").splitlines()[0] == (
        "이름,도시,나이,만족,prediction,P(아니요),P(예)"
    )
    # What was written can be read again.
    again = run("predict", "설문.safetensors", "설문.csv", "--encoding", "cp949")
    assert again.stdout == written.decode("utf-8-sig")
    why = good("why", "설문.safetensors", "dense_1/output[1]", "--data", "설문.csv", "--lang", "ko")
    assert why.startswith("dense_1/output[1]은 왜")


def test_plain_text_needs_no_mark(tmp_path):
    flowers(tmp_path / "iris.csv")
    good("train", "iris.csv", "-t", "species", "--epochs", 2)
    good("predict", "iris.safetensors", "iris.csv", "--output", "answers.csv")
    assert (tmp_path / "answers.csv").read_bytes().startswith(b"length,")


def test_json_is_all_there_is_on_standard_output(tmp_path):
    flowers(tmp_path / "iris.csv")
    found = report("iris.csv", "-t", "species", "--epochs", 5, "--seed", 3)
    assert found["task"] == "classification"
    assert found["rows"] == {"train": 61, "validation": 11, "test": 18}
    assert found["network"] == {
        "hidden": [64], "weights": 515, "optimizer": "adam", "learning_rate": 0.003,
    }  # fmt: skip
    assert found["training"]["epochs"] == 5
    assert len(found["training"]["history"]["val_loss"]) == 5
    assert not found["training"]["interrupted"]
    test = found["test"]
    assert test["classes"] == ["setosa", "versicolor", "virginica"]
    assert np.sum(test["confusion"]) == test["rows"] == 18
    assert test["accuracy"] == np.trace(test["confusion"]) / 18
    assert found["model"] == "iris.safetensors"


def test_the_same_seed_gives_the_same_model(tmp_path):
    flowers(tmp_path / "iris.csv")
    call = ("iris.csv", "-t", "species", "--epochs", 4, "--seed")
    (one, two), other = (report(*call, 5) for _ in "12"), report(*call, 6)
    for each in (one, two, other):
        each["training"].pop("seconds")
    assert one == two
    assert one["training"]["history"] != other["training"]["history"]


def test_options_are_obeyed(tmp_path):
    flowers(tmp_path / "iris.csv")
    found = report(
        "iris.csv", "-t", "species", "--optimizer", "sgd", "--lr", "0.1", "--hidden", "0",
        "--test-size", "0.5", "--patience", "0", "--epochs", "3", "--no-save",
    )  # fmt: skip
    assert found["network"] == {
        "hidden": [], "weights": 15, "optimizer": "sgd", "learning_rate": 0.1,
    }  # fmt: skip
    assert found["rows"] == {"train": 45, "validation": 0, "test": 45}
    assert found["training"]["best_epoch"] is None
    assert found["model"] is None
    assert list(tmp_path.glob("*.safetensors")) == []
    assert "The model was not saved." in good(
        "train", "iris.csv", "-t", "species", "--no-save", "--epochs", 1
    )


def test_whole_numbers_may_be_amounts(tmp_path):
    rows = [[n, n % 5] for n in range(40)]
    table(tmp_path / "marks.csv", ["n", "mark"], rows)
    assert report("marks.csv", "-t", "mark", "--epochs", 1)["task"] == "classification"
    as_amount = report("marks.csv", "-t", "mark", "--epochs", 1, "--task", "regression")
    assert as_amount["task"] == "regression"


def test_a_table_of_few_rows_is_learnt_whole(tmp_path):
    table(tmp_path / "xor.csv", ["a", "b", "xor"], [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]])
    text = good("train", "xor.csv", "-t", "xor")
    assert "All 4 rows are learnt from; none are kept for a test." in text
    assert "Accuracy 1.000 (4 of 4 right) on the rows learnt from" in text


def test_standard_input_is_read(tmp_path):
    content = flowers(tmp_path / "iris.csv").read_bytes()
    text = good("train", "-", "-t", "species", "--epochs", 2, stdin=content)
    assert text.startswith("standard input: 90 rows, 4 columns.")
    assert "Model saved to model.safetensors." in text
    answers = good("predict", "model.safetensors", "-", stdin=content)
    assert answers.startswith("length,width,soil,species,prediction")


def test_many_classes_are_told_by_their_worst_confusions(tmp_path):
    rng = np.random.default_rng(2)
    rows = [[f"{rng.normal():.2f}", f"class {n % 15}"] for n in range(300)]
    table(tmp_path / "many.csv", ["a", "kind"], rows)
    text = good("train", "many.csv", "-t", "kind", "--epochs", 3)
    assert "predicted →" not in text
    assert text.count(" taken for ") == 3


# -- what cannot be done -------------------------------------------------------------------------


def test_the_columns_are_named_where_none_is_chosen(tmp_path):
    flowers(tmp_path / "iris.csv")
    told = refused("train", "iris.csv")
    assert "Name it with --target; there are length, width, soil, species." in told
    assert "did you mean 'species'?" in refused("train", "iris.csv", "-t", "speceis")


def test_what_is_no_model_is_not_replaced_unasked(tmp_path):
    flowers(tmp_path / "iris.csv")
    mine = tmp_path / "iris.safetensors"
    mine.write_text("my own")
    assert "is there already and is no model" in refused("train", "iris.csv", "-t", "species")
    assert mine.read_text() == "my own"
    told = refused("train", "iris.csv", "-t", "species", "--save", mine)
    assert "name another place with --save" in told
    assert "a name for another kind of file" in refused(
        "train", "iris.csv", "-t", "species", "--save", "net.h5"
    )
    mine.unlink()
    good("train", "iris.csv", "-t", "species", "--epochs", 1)
    good("train", "iris.csv", "-t", "species", "--epochs", 1)  # a model may be replaced


@pytest.mark.parametrize("place", ["nowhere/net.safetensors", "."])
def test_a_place_that_cannot_be_written_is_told_before_training(place, tmp_path):
    flowers(tmp_path / "iris.csv")
    assert "cannot write" in refused("train", "iris.csv", "-t", "species", "--save", place)
    assert "cannot write" in refused("predict", "none.safetensors", "iris.csv", "-o", place)


def test_training_that_diverges_saves_nothing(tmp_path):
    houses(tmp_path / "houses.csv")
    result = run("train", "houses.csv", "-t", "price", "--lr", "1e12", "--optimizer", "sgd")
    assert result.exit_code == 2
    assert "clearprop: warning: The loss became" in result.stderr
    assert "training diverged. Try a smaller --lr." in result.stderr
    assert list(tmp_path.glob("*.safetensors")) == []


def test_a_network_beyond_the_machine_is_refused(tmp_path):
    houses(tmp_path / "houses.csv")
    result = run("train", "houses.csv", "-t", "price", "--hidden", 10**10)
    assert result.exit_code == 2
    assert "this machine has" in result.stderr


def test_categories_that_training_had_not(tmp_path):
    flowers(tmp_path / "iris.csv")
    good("train", "iris.csv", "-t", "species", "--epochs", 2)
    table(tmp_path / "new.csv", ["length", "width", "soil"], [[1, 2, "wet"], [1, 2, "sandy"]])
    told = refused("predict", "iris.safetensors", "new.csv")
    assert "new.csv, row 3, column 'soil': the value 'sandy'" in told
    result = run("predict", "iris.safetensors", "new.csv", "--unknown", "ignore")
    assert result.exit_code == 0
    assert "never seen in training" in result.stderr
    assert result.stdout.splitlines()[0].startswith("length,width,soil,prediction,P(setosa)")


def test_a_table_of_other_columns_is_refused(tmp_path):
    flowers(tmp_path / "iris.csv")
    houses(tmp_path / "houses.csv")
    good("train", "iris.csv", "-t", "species", "--epochs", 1)
    assert "does not have the columns of training" in refused(
        "predict", "iris.safetensors", "houses.csv"
    )


def test_new_columns_get_names_of_their_own(tmp_path):
    rows = [["a" if n % 2 else "b", n % 2] for n in range(20)]
    table(tmp_path / "odd.csv", ["prediction", "y"], rows)
    good("train", "odd.csv", "-t", "y", "--epochs", 1)
    head = good("predict", "odd.safetensors", "odd.csv").splitlines()[0]
    assert head == "prediction,y,prediction_,P(0),P(1)"


def test_a_model_that_reads_no_tables_is_told(tmp_path):
    model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
    model.save("net.safetensors")
    flowers(tmp_path / "iris.csv")
    told = refused("predict", "net.safetensors", "iris.csv")
    assert "net.safetensors does not know how to read tables" in told


def test_a_hostile_model_is_refused(tmp_path):
    (tmp_path / "net.safetensors").write_bytes(b"\x80\x04\x95" + b"evil" * 9)
    flowers(tmp_path / "iris.csv")
    for call in (("predict", "net.safetensors", "iris.csv"), ("why", "net.safetensors")):
        assert "is a pickle file" in refused(*call)
