"""The training runs that the rules were tuned on; those for judging are in `runs_held_out`."""

from tests.doctor.diagnosis import runs_course, runs_data, runs_sound, runs_steps

RUNS = [*runs_steps.RUNS, *runs_data.RUNS, *runs_course.RUNS, *runs_sound.RUNS]
