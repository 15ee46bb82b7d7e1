"""The words in pictures and on pages: titles, axes, keys, and what a screen reader says of them."""

WORDS = {
    "more": {"en": "and {count} more", "ko": "그 외 {count}개"},
    # Curves.
    "curves_title": {"en": "Training curves", "ko": "학습 곡선"},
    "epoch": {"en": "epoch", "ko": "에포크"},
    "no_matplotlib": {
        "en": "figures are drawn by matplotlib, which is not there: pip install 'clearprop[plot]'."
        " cp.draw.history draws the same without it.",
        "ko": "이 그림은 matplotlib으로 그리는데, 설치되어 있지 않습니다: pip install"
        " 'clearprop[plot]'. cp.draw.history는 matplotlib 없이 같은 그림을 그립니다.",
    },
    "no_hangul_font": {
        "en": "no installed font that matplotlib finds has Hangul, so the words are English;"
        " install one such as {fonts}.",
        "ko": "한글이 있는 글꼴을 matplotlib이 찾지 못해 영어로 그립니다. {fonts} 같은 글꼴을"
        " 설치해 주세요.",
    },
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
        "en": "{name}: infinite (or beyond 1e300) at {axis} {where}",
        "ko": "{name}: {axis} {where}에서 무한대(또는 1e300 초과)",
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
    "units_more": {"en": "… {count} more", "ko": "… 그 외 {count}개"},
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
    # The network as layers.
    "layers_title": {"en": "The layers of the network", "ko": "신경망의 층"},
    "layer_weighted": {"en": "layer with weights", "ko": "가중치가 있는 층"},
    "layer_plain": {"en": "layer without weights", "ko": "가중치가 없는 층"},
    "layer_weights": {"en": "{count:weight|weights}", "ko": "가중치 {count}개"},
    "layer_range": {"en": "{low} to {high}", "ko": "{low} ~ {high}"},
    "layer_range_key": {
        "en": "last line: smallest and largest number of the output",
        "ko": "마지막 줄: 출력의 가장 작은 값과 가장 큰 값",
    },
    "layer_shape": {
        "en": "second line: shape of the output",
        "ko": "둘째 줄: 출력의 모양",
    },
    "needs_run": {
        "en": "network: in which order {name} uses its layers, only a run tells; give x.",
        "ko": "network: {name:이} 층을 어떤 순서로 쓰는지는 실행해야 알 수 있습니다. x를 주십시오.",
    },
    "no_first_layer": {
        "en": "first_layer: only weights of dense and convolutional layers are images; got"
        " {layer}.",
        "ko": "first_layer: 이미지로 그릴 수 있는 가중치는 완전연결 층과 합성곱 층의 것인데 첫 층이"
        " {layer}입니다.",
    },
    "filters_title": {
        "en": "Filters of the first layer (f: filter, c: channel)",
        "ko": "첫 층의 필터 (f: 필터, c: 채널)",
    },
    "filters": {
        "en": "Weights of {count:filter|filters} of {channels:channel|channels} as images of"
        " {rows} by {columns}; the largest in size is {size}.",
        "ko": "채널이 {channels}개인 필터 {count}개의 가중치를 세로 {rows}, 가로 {columns} 이미지로"
        " 그림. 절댓값이 가장 큰 가중치의 크기는 {size}입니다.",
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
    # Images.
    "images_title": {"en": "Weights as images", "ko": "이미지로 본 가중치"},
    "images": {
        "en": "Weights of {count:unit|units} as images of {rows} by {columns}; "
        "the largest in size is {size}.",
        "ko": "유닛 {count}개의 가중치를 세로 {rows}, 가로 {columns} 이미지로 그림. "
        "절댓값이 가장 큰 가중치의 크기는 {size}입니다.",
    },
    "contributions_title": {"en": "What pushed the prediction", "ko": "예측에 기여한 픽셀"},
    "image": {"en": "the image", "ko": "이미지"},
    "contribution": {"en": "what each pixel adds", "ko": "픽셀마다 더하는 값"},
    "part_plus": {"en": "For it: {value}", "ko": "높인 값: {value}"},
    "part_minus": {"en": "Against it: {value}", "ko": "낮춘 값: {value}"},
    "part_rest": {"en": "Besides the pixels: {value}", "ko": "픽셀 밖의 값: {value}"},
    "part_missing": {
        "en": "{count:pixel|pixels} without a number, not counted",
        "ko": "값이 숫자가 아니어서 뺀 픽셀 {count}개",
    },
    "part_total": {"en": "In all {relation} {value}", "ko": "모두 더하면 {relation} {value}"},
    # Histograms.
    "histogram_title": {"en": "How the numbers are spread", "ko": "값의 분포"},
    "spread": {
        "en": "{count:value|values}, mean {mean}, standard deviation {deviation}",
        "ko": "값 {count}개, 평균 {mean}, 표준편차 {deviation}",
    },
    "spread_zeros": {
        "en": "exactly 0: {count} ({share})",
        "ko": "정확히 0: {count}개({share})",
    },
    "spread_missing": {
        "en": "not finite: {count} ({share})",
        "ko": "유한하지 않은 값: {count}개({share})",
    },
    # The decision surface.
    "surface_title": {"en": "Decision surface", "ko": "결정 영역"},
    "surface_key": {"en": "deeper: more certain", "ko": "진할수록 확신이 큼"},
    "surface_outside": {
        "en": "{count:example|examples} outside the picture",
        "ko": "그림 밖에 있는 샘플 {count}개",
    },
    "surface_part": {"en": "{share} is answered {name}", "ko": "{name} {share}"},
    "surface": {
        "en": "Of the plane shown, {parts}.",
        "ko": "그림에서 각 답이 차지하는 넓이: {parts}.",
    },
    # The confusion matrix.
    "confusion_title": {"en": "Confusion matrix", "ko": "혼동 행렬"},
    "true_class": {"en": "true", "ko": "정답"},
    "predicted_class": {"en": "predicted", "ko": "예측"},
    "confusion": {
        "en": "{right} of {total} right ({share}).",
        "ko": "{total}개 중 {right}개 정답({share}).",
    },
    "confusion_worst": {
        "en": "Most frequent error: {true} taken for {predicted}, {count:time|times}.",
        "ko": "가장 잦은 오답: {true:을} {predicted:으로} 예측, {count}번.",
    },
    # Explanations.
    "derivation": {"en": "Step by step", "ko": "계산 과정"},
    # Pages.
    "page_skip": {"en": "Skip to the content", "ko": "본문으로 바로가기"},
    "page_contents": {"en": "Contents", "ko": "차례"},
    "page_words": {"en": "This picture in words", "ko": "그림을 글로 보기"},
    "page_foot": {"en": "Made with clearprop.", "ko": "clearprop으로 만들었습니다."},
}
