"""Analyses of a studio as durable jobs, each in a process of its own with a limit of time and memory.

- `office`: the door: submit, state, cancel. - `settings`: limits and where the work is done. - `cluster`: Dask, of our
own or by address. - `work`: one start of a job on a worker. - `orders`: what a job needs, read from the tables.
- `child`: the process of one analysis; `messages`: what it says; `supervision`: who watches it. - `analyses`: what each
kind of job does there. - `housekeeping`: what is put right on start and every day.
"""
