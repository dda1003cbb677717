#ifndef BINHCHON_CSQLITE3_H
#define BINHCHON_CSQLITE3_H

#include <sqlite3.h>

/* Macros and variadic functions that Swift cannot see. */

static inline sqlite3_destructor_type bc_sqlite_transient(void) { return SQLITE_TRANSIENT; }

static inline sqlite3_destructor_type bc_sqlite_static(void) { return SQLITE_STATIC; }

/* Before anything else of SQLite, once. */
static inline int bc_sqlite_no_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

static inline int bc_sqlite_no_checkpoint_on_close(sqlite3 *db) {
  return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

#endif
