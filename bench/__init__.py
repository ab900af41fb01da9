"""Measurements: each figure beside its limit, both taken in turn in the same run. `make bench` runs all of it.

    python -m bench             everything, about fifteen minutes on two cores
    python -m bench --quick     shorter rounds, fewer events, no PostgreSQL: to see whether an edit costs anything
    python -m bench G1 G4       only the parts that these aims need
    python -m bench flat        memory over 100,000 fetches of feeds
    python -m bench rush        1,000 people within a minute for 100 seats, in the running program (R1)
    python -m bench kill        the same, with kill -9 in the middle ten times (R2)
    python -m bench --install   also installs the pinned packages into an empty environment, from the network (G10)

What is compared with what:

- The *limit* is a bare Flask application (`bare.py`) that answers the same number of bytes under the same server, or
  SQLite and PostgreSQL themselves. Ours and the limit are called in turn, five rounds each, and the median counts:
  what the machine does meanwhile hits both alike. Rates move by a factor of two between runs and CPU time a request by
  a tenth, so two runs are never compared.
- *CPU* is the processor time of the whole server, measured in this process where requests are WSGI calls, and by
  /proc of the server's process tree where they come over a socket.
- The *world* (`world.py`) is made by the real loader of programme files: 10,000 events, 1,000 of them on one theme.
  For 100,000 events the rows of these are copied in the database, since only the lists are asked about them.

Modules: `measure` rounds and tables · `world` databases full of events · `bare` the limit · `asking` WSGI calls ·
`client` a keep-alive client on raw sockets · `server` servers as processes, their CPU time and memory ·
`feeds` G1–G3 · `flat` memory over 100,000 fetches · `pages` G4, G5 · `seats` G6 · `mix` G7 · `start` G8, G9 ·
`install` G10 · `roles` K1 ·
`rush` R1, `kill` R2 with `crowd` (people with a browser each), `mailing` (a mail server), `tally` (what came of it) ·
`durable` what the databases do alone.
"""
