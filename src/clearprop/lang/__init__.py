"""The catalogue of words in Korean and English."""
