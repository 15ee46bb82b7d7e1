"""The words in pictures and on pages: titles, axes, keys, and what a screen reader says of them."""

WORDS = {
    "more": {"en": "and {count} more", "ko": "외 {count}개"},
    "nothing": {"en": "none", "ko": "없음"},
    # Curves.
    "curves_title": {"en": "Training curves", "ko": "학습 곡선"},
    "epoch": {"en": "epoch", "ko": "에포크"},
    "log_scale": {"en": "logarithmic scale", "ko": "로그 눈금"},
    "curve": {
        "en": "{name}: {count:value|values} from {first} to {last}; lowest {low} at {low_at}, "
        "highest {high} at {high_at}.",
        "ko": "{name}: 값 {count}개, 처음 {first}, 마지막 {last}, "
        "가장 작은 값 {low}({low_at}), 가장 큰 값 {high}({high_at}).",
    },
    "curve_nan": {
        "en": "{name}: not a number (NaN) at {axis} {where}",
        "ko": "{name}: {axis} {where}에서 숫자가 아닌 값(NaN)",
    },
    "curve_infinite": {
        "en": "{name}: infinite at {axis} {where}",
        "ko": "{name}: {axis} {where}에서 무한대",
    },
    "curve_not_positive": {
        "en": "{name}: not above 0 at {axis} {where}, so without a place on this scale",
        "ko": "{name}: {axis} {where}에서 0 이하라 로그 눈금에 나타낼 수 없음",
    },
    "curve_empty": {
        "en": "There is no value that can be drawn.",
        "ko": "그릴 수 있는 값이 없습니다.",
    },
    # The network as neurons.
    "neurons_title": {"en": "The network as neurons", "ko": "뉴런으로 그린 신경망"},
    "input": {"en": "input", "ko": "입력"},
    "hidden": {"en": "hidden", "ko": "은닉"},
    "output": {"en": "output", "ko": "출력"},
    "units_more": {"en": "… {count} more", "ko": "… 외 {count}개"},
    "weight_positive": {"en": "positive weight", "ko": "양수 가중치"},
    "weight_negative": {"en": "negative weight", "ko": "음수 가중치"},
    "weight_zero": {"en": "zero", "ko": "0"},
    "weight_scale": {"en": "thickest line: |w| = {size}", "ko": "가장 굵은 선: |w| = {size}"},
    "weights_part": {
        "en": "{drawn} of {total:weight|weights} drawn",
        "ko": "가중치 {total}개 중 {drawn}개 표시",
    },
    "weights_not_finite": {
        "en": "{count:weight|weights} not finite, and not drawn",
        "ko": "유한하지 않아 그리지 않은 가중치 {count}개",
    },
    "bias_mark": {"en": "b: bias", "ko": "b: 편향"},
    "neurons": {
        "en": "A network of {layers} units. Of {total:weight|weights}, {positive} are positive, "
        "{negative} negative and {zero} zero; the largest in size is {size}.",
        "ko": "유닛이 {layers}개인 신경망. 가중치 {total}개 중 양수 {positive}개, "
        "음수 {negative}개, 0인 것 {zero}개. 절댓값이 가장 큰 가중치의 크기는 {size}입니다.",
    },
    # The computation graph.
    "graph_title": {"en": "Computation graph", "ko": "계산 그래프"},
    "node_input": {"en": "input", "ko": "입력"},
    "node_parameter": {"en": "parameter", "ko": "매개변수"},
    "node_op": {"en": "operation", "ko": "연산"},
    "node_output": {"en": "output", "ko": "출력"},
    "node_group": {"en": "several in one", "ko": "여러 노드를 묶음"},
    "node_members": {"en": "{count:node|nodes}", "ko": "노드 {count}개"},
    "node_value": {"en": "value (forward)", "ko": "값(순전파)"},
    "node_grad": {"en": "gradient (backward)", "ko": "기울기(역전파)"},
    "node": {
        "en": "{label}: value {value}, gradient {grad}.",
        "ko": "{label}: 값 {value}, 기울기 {grad}.",
    },
    "group_open": {
        "en": "{name} is not drawn as one box: an arrow leads out of it and back into it.",
        "ko": "{name:은} 상자 하나로 묶지 않았습니다. "
        "밖으로 나갔다가 다시 들어오는 화살표가 있습니다.",
    },
    "graph": {
        "en": "{nodes:node|nodes} and {edges:arrow|arrows}, from {sources} to {sinks}.",
        "ko": "노드 {nodes}개, 화살표 {edges}개. {sources}에서 {sinks}까지.",
    },
}
