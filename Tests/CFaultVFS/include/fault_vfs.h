#ifndef BINHCHON_FAULT_VFS_H
#define BINHCHON_FAULT_VFS_H

#include <stdint.h>

/* A SQLite VFS over the default one that fails on request. Each has a name and faults of its own, so that tests do
 * not meet. Safe to arm from another thread than the one that SQLite runs on. */
typedef struct fault_vfs fault_vfs;

enum {
  FAULT_WRITE = 1,
  FAULT_SYNC = 2,
  FAULT_TRUNCATE = 4,
  FAULT_OPEN = 8,
  FAULT_SHARED_MEMORY = 16,
  FAULT_DELETE = 32,
  FAULT_ANY = 63
};

/* Registers it. Never freed: SQLite may hold on to it. NULL: no memory. */
fault_vfs *fault_vfs_create(const char *name);

/* Lets the n-th call from now (1: the next) of one of `operations` on a file whose name ends in `suffix` ("": any)
 * fail, as the system call would with `error_number`; and all later ones too if `forever`. n = 0: none. */
void fault_vfs_arm(fault_vfs *vfs, int operations, const char *suffix, int64_t n, int error_number, int forever);

/* From now on all its files together may grow by so many bytes, and then the disk is full; what is cut short or deleted
 * gives its bytes back. Negative: without end. Memory shared with readers is not counted. */
void fault_vfs_room(fault_vfs *vfs, int64_t bytes);

/* Whether an armed fault has happened, or there was no room. */
int fault_vfs_happened(fault_vfs *vfs);

/* Calls counted since it was last armed. */
int64_t fault_vfs_calls(fault_vfs *vfs);

#endif
