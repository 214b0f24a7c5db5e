r"""Grading a class: untrusted functions in a sandbox, checked from outside it.

The student's process only computes: it receives arrays and returns arrays. What is
compared, and with what, is in another process that nothing of the student's can reach.

Read `grader` (one submission), `session` and `sandbox` (its process and the walls),
`wire` and `judge` (what may come back), `explaining` and `lines` (where a mistake is);
then `course` (a class), `report`, `feedback`, `summary` (what is written), `assign` and
`gradescope` (what is handed out).
"""
