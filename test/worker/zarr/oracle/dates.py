"""Dates by cftime. stdin: [[value, units, calendar], ...]; stdout: [[year, month, day, milliseconds], ...]."""
import json
import sys

import cftime

answers = []
for value, units, calendar in json.load(sys.stdin):
    t = cftime.num2date(value, units, calendar, only_use_cftime_datetimes=True)
    answers.append([t.year, t.month, t.day, ((t.hour * 60 + t.minute) * 60 + t.second) * 1000 + t.microsecond / 1000])
json.dump(answers, sys.stdout)
