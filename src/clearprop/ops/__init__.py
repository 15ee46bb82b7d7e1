"""The operations, one family a file: forward, rules, shape, words and cases."""
