"""Whole trainings against other libraries, each as its own users would write it at its best."""
