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

/* Add the same to an object, as a member that has the name of the column and the
 * type that it has in JSON. */
void cell_add_json(struct arena *arena, struct json_object *object,
    const PGresult *rows, int row, int column);

/* One object on one line of standard output. */
void cell_print_json(struct arena *arena, struct json_object *object);

#endif
