/* SPDX-License-Identifier: MIT */
/* cell.h - what the database says, for people and for programs. */
#ifndef ADMIN_CELL_H
#define ADMIN_CELL_H

#include <libpq-fe.h>

#include "base/json.h"

/* A value of a row as one field for a terminal, "-" for NULL; a time as in
 * 2026-01-31T12:00:00Z.  Memory: in the arena. */
const char *cell_text(struct arena *arena, const PGresult *rows, int row,
    int column);

/* The same as JSON, by the type of the column. */
struct json_object *cell_json(struct arena *arena, const PGresult *rows,
    int row, int column);

/* One object on one line of standard output. */
void cell_print_json(struct arena *arena, struct json_object *object);

#endif
