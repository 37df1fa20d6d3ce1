"""`kinechain serve`: the studio in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kinechain.cli import options
from kinechain.cli.console import Shell
from kinechain.errors import OutputNotWritable


def serve(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder of the studio: database and files.")],
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen at.")] = 8765,
    database: Annotated[
        str | None, typer.Option("--database", metavar="URL", help="PostgreSQL; default: SQLite in the folder.")
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option("--public-url", metavar="URL", help="How people reach it, where a proxy with https is before it."),
    ] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="ADDRESS", help="Dask scheduler; default: this machine's cores.")
    ] = None,
    tls_ca: Annotated[Path | None, typer.Option("--tls-ca", metavar="FILE", help="For a scheduler at tls://.")] = None,
    tls_cert: Annotated[Path | None, typer.Option("--tls-cert", metavar="FILE", help="Likewise.")] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="Likewise.")] = None,
    lang: options.Lang = None,
) -> None:
    """Run the studio: the pages for trainers and runners. The first start prints the link of the first trainer."""
    shell = Shell(options.language(lang))
    with shell.reporting():
        from kinechain.jobs.settings import JobSettings  # noqa: PLC0415 - the web framework is loaded only here
        from kinechain.web.serve import Address, run  # noqa: PLC0415

        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputNotWritable(path=data) from error
        jobs = JobSettings(cluster=cluster, tls_ca=tls_ca, tls_cert=tls_cert, tls_key=tls_key)
        run(Address(host, port, public_url), data.resolve(), database, jobs, shell.say)
