"""What the studio keeps: people, sessions, clips, jobs and assessments in a database, their files in one folder each.

- `tables`: what is kept. - `database`: SQLite or PostgreSQL, transactions, migrations. - `desk`: what one signed-in
person may read and write. - `files`: where a client's files are. - `job_queue`: an analysis as a durable row.
- `results`, `studios`, `diary`: the same for what belongs together.
- `erase`, `copy_out`: everything of a client, deleted or handed over.
"""
