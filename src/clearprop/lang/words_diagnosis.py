"""What frames a diagnosis of training: how sure it is, and what it did not judge."""

WORDS = {
    "healthy": {
        "en": "Nothing was found that keeps this model from learning ({rows:row|rows} looked at).",
        "ko": "학습을 막는 원인이 발견되지 않았습니다(살펴본 샘플 {rows}개).",
    },
    "found": {
        "en": "{count:finding|findings} ({rows:row|rows} looked at).",
        "ko": "발견한 것 {count}가지(살펴본 샘플 {rows}개).",
    },
    "number": {"en": "#", "ko": "#"},
    "what": {"en": "finding", "ko": "발견"},
    "sure": {"en": "how sure", "ko": "확실한 정도"},
    "grave": {"en": "how grave", "ko": "심각한 정도"},
    "certain": {"en": "certain", "ko": "확실함"},
    "likely": {"en": "likely", "ko": "가능성 큼"},
    "possible": {"en": "possible", "ko": "의심됨"},
    "grave_3": {"en": "stops learning", "ko": "학습을 막음"},
    "grave_2": {"en": "holds it back", "ko": "학습을 해침"},
    "grave_1": {"en": "untidy", "ko": "사소함"},
    "seen": {"en": "Evidence", "ko": "증거"},
    "says": {"en": "Meaning", "ko": "뜻"},
    "mend": {"en": "Try", "ko": "해볼 것"},
    "alike": {"en": "Looks alike", "ko": "비슷한 것"},
    "follows": {"en": "Follows", "ko": "따라온 것"},
    "not_judged": {"en": "Not judged", "ko": "판단하지 않은 것"},
    # What was not judged.
    "sampled": {
        "en": "only {looked} of the {rows} rows were looked at, drawn at random.",
        "ko": "{rows}개 행 가운데 무작위로 뽑은 {looked}개만 살펴보았습니다.",
    },
    "no_history": {
        "en": "the course of training: there is no history (give history=model.fit(...)).",
        "ko": "학습 과정은 기록이 없어 보지 못했습니다(history=model.fit(...)을 주십시오).",
    },
    "no_validation": {
        "en": "overfitting: the history has no val_loss (give fit validation_data).",
        "ko": "과적합은 기록에 val_loss가 없어 보지 못했습니다(fit에 validation_data를 주십시오).",
    },
    "not_trained": {
        "en": "results: the model has not been trained yet.",
        "ko": "결과는 아직 학습하지 않은 모델이라 보지 못했습니다.",
    },
    "no_fresh_start": {
        "en": "what a fresh start would do: the model cannot be made anew from its settings.",
        "ko": "새로 시작하면 어떻게 되는지는, 설정만으로 모델을 다시 만들 수 없어 보지 못했습니다.",
    },
    "several_outputs": {
        "en": "labels and classes: the model has several outputs; each is learnt by a loss of its"
        " own.",
        "ko": "목표값과 클래스는, 출력이 여럿이고 손실이 저마다 달라 보지 못했습니다.",
    },
    "no_table": {
        "en": "columns and whether targets depend on inputs: these inputs are no plain numbers, or"
        " too few rows.",
        "ko": "열과, 목표값이 입력에 달려 있는지는, 입력이 실수 표가 아니거나 행이 너무 적어 보지"
        " 못했습니다.",
    },
    "no_baseline": {
        "en": "how good a constant answer would be: for this loss it is not known.",
        "ko": "늘 같은 답이 얼마나 좋은지는, 이 손실에서는 알 수 없어 보지 못했습니다.",
    },
    "epoch": {"en": "Doctor, after epoch {epoch}:", "ko": "진단(에포크 {epoch} 뒤):"},
}
