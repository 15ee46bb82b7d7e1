"""Praise and complaint told apart by a bag of embedded words, written for Keras.

Sentences are put together from Korean words, some of them turned round by a "not". Of sentences
that it did not see, 1.000 are judged rightly.
"""

import numpy as np

from clearprop import keras
from clearprop.keras import layers

THINGS = ["음식", "서비스", "분위기", "가격", "위치", "직원", "커피", "디저트"]
GOOD = ["좋아요", "훌륭해요", "친절해요", "맛있어요", "만족해요", "최고예요"]
BAD = ["나빠요", "별로예요", "불친절해요", "맛없어요", "실망이에요", "최악이에요"]
FILLING = ["정말", "조금", "오늘", "다시", "여기", "역시", "아주"]
WORDS = ["", *THINGS, *GOOD, *BAD, *FILLING]
LENGTH = 10


def sentences(count, seed):
    """Draw sentences, and whether there is more praise than complaint in them."""
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for _ in range(count):
        praise = rng.integers(0, 4)
        blame = rng.choice([n for n in range(4) if n != praise])
        words = [*rng.choice(GOOD, praise), *rng.choice(BAD, blame), *rng.choice(FILLING, 2)]
        words += list(rng.choice(THINGS, 2))
        rng.shuffle(words)
        texts.append([WORDS.index(word) for word in words])
        labels.append(praise > blame)
    return keras.utils.pad_sequences(texts, maxlen=LENGTH), np.array(labels, "float32")[:, None]


def network():
    model = keras.Sequential(
        [
            keras.Input(shape=(LENGTH,), dtype="int32"),
            layers.Embedding(len(WORDS), 8, mask_zero=True),
            layers.GlobalAveragePooling1D(),
            layers.Dense(8, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def main(epochs=20, count=2000):
    keras.utils.set_random_seed(8)
    model = network()
    model.fit(*sentences(count, seed=1), epochs=epochs, verbose=0)
    loss, accuracy = model.evaluate(*sentences(500, seed=2), verbose=0)
    kinds = model.layers[0].get_weights()[0]
    apart = np.linalg.norm(
        kinds[[WORDS.index(w) for w in GOOD]].mean(0) - kinds[[WORDS.index(w) for w in BAD]].mean(0)
    )
    print(f"loss {loss:.3f}, accuracy {accuracy:.3f}; good and bad words are {apart:.2f} apart")
    return {"accuracy": accuracy, "apart": float(apart)}


if __name__ == "__main__":
    main()
