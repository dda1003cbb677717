#include "fault_vfs.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct fault_vfs {
  sqlite3_vfs base; /* first: SQLite sees only this */
  sqlite3_vfs *real;
  pthread_mutex_t lock;
  int operations;
  char suffix[32];
  int64_t calls;
  int64_t n;
  int error_number;
  int forever;
  int happened;
  int last_error;
  int64_t room; /* negative: without end */
};

typedef struct {
  sqlite3_file base; /* first */
  fault_vfs *vfs;
  const char *name; /* SQLite keeps it as long as the file is open */
  sqlite3_file *real;
} fault_file;

static int ends_with(const char *name, const char *suffix) {
  if (suffix[0] == 0) return 1;
  if (name == NULL) return 0;
  size_t a = strlen(name), b = strlen(suffix);
  return a >= b && strcmp(name + a - b, suffix) == 0;
}

/* 0, or the errno this call is to fail with. */
static int fault(fault_vfs *vfs, int operation, const char *name) {
  int error_number = 0;
  pthread_mutex_lock(&vfs->lock);
  if ((vfs->operations & operation) && ends_with(name, vfs->suffix)) {
    vfs->calls++;
    if (vfs->n > 0 && (vfs->calls == vfs->n || (vfs->forever && vfs->calls > vfs->n))) {
      error_number = vfs->error_number;
      vfs->happened = 1;
      vfs->last_error = error_number;
    }
  }
  pthread_mutex_unlock(&vfs->lock);
  return error_number;
}

/* Of `growth` bytes, how many there is room for. They are taken. */
static int64_t take_room(fault_vfs *vfs, int64_t growth) {
  pthread_mutex_lock(&vfs->lock);
  int64_t taken = growth;
  if (vfs->room >= 0) {
    if (growth > vfs->room) {
      taken = vfs->room;
      vfs->happened = 1;
      vfs->last_error = ENOSPC;
    }
    vfs->room -= taken;
  }
  pthread_mutex_unlock(&vfs->lock);
  return taken;
}

static void give_room(fault_vfs *vfs, int64_t bytes) {
  pthread_mutex_lock(&vfs->lock);
  if (vfs->room >= 0 && bytes > 0) vfs->room += bytes;
  pthread_mutex_unlock(&vfs->lock);
}

#define REAL(f) (((fault_file *)(f))->real)

static int f_close(sqlite3_file *f) { return REAL(f)->pMethods->xClose(REAL(f)); }
static int f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 o) { return REAL(f)->pMethods->xRead(REAL(f), p, n, o); }
static int f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 o) {
  fault_file *file = (fault_file *)f;
  int e = fault(file->vfs, FAULT_WRITE, file->name);
  if (e == ENOSPC) return SQLITE_FULL; /* as os_unix.c says it */
  if (e) return SQLITE_IOERR_WRITE;
  sqlite3_int64 size = 0;
  int code = REAL(f)->pMethods->xFileSize(REAL(f), &size);
  if (code != SQLITE_OK) return code;
  int64_t growth = o + n > size ? o + n - size : 0;
  int64_t lacking = growth - take_room(file->vfs, growth);
  if (lacking > 0) {
    /* What there is room for is written, as a real disk does. */
    if (lacking < n) REAL(f)->pMethods->xWrite(REAL(f), p, n - (int)lacking, o);
    return SQLITE_FULL;
  }
  return REAL(f)->pMethods->xWrite(REAL(f), p, n, o);
}
static int f_truncate(sqlite3_file *f, sqlite3_int64 n) {
  fault_file *file = (fault_file *)f;
  if (fault(file->vfs, FAULT_TRUNCATE, file->name)) return SQLITE_IOERR_TRUNCATE;
  sqlite3_int64 size = n;
  REAL(f)->pMethods->xFileSize(REAL(f), &size);
  int code = REAL(f)->pMethods->xTruncate(REAL(f), n);
  if (code == SQLITE_OK) give_room(file->vfs, size - n);
  return code;
}
static int f_sync(sqlite3_file *f, int flags) {
  fault_file *file = (fault_file *)f;
  if (fault(file->vfs, FAULT_SYNC, file->name)) return SQLITE_IOERR_FSYNC;
  return REAL(f)->pMethods->xSync(REAL(f), flags);
}
static int f_size(sqlite3_file *f, sqlite3_int64 *n) { return REAL(f)->pMethods->xFileSize(REAL(f), n); }
static int f_lock(sqlite3_file *f, int l) { return REAL(f)->pMethods->xLock(REAL(f), l); }
static int f_unlock(sqlite3_file *f, int l) { return REAL(f)->pMethods->xUnlock(REAL(f), l); }
static int f_reserved(sqlite3_file *f, int *r) { return REAL(f)->pMethods->xCheckReservedLock(REAL(f), r); }
static int f_control(sqlite3_file *f, int op, void *p) { return REAL(f)->pMethods->xFileControl(REAL(f), op, p); }
static int f_sector(sqlite3_file *f) { return REAL(f)->pMethods->xSectorSize(REAL(f)); }
static int f_device(sqlite3_file *f) { return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f)); }
static int f_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p) {
  fault_file *file = (fault_file *)f;
  if (extend && fault(file->vfs, FAULT_SHARED_MEMORY, file->name)) return SQLITE_IOERR_SHMSIZE;
  return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, p);
}
static int f_shm_lock(sqlite3_file *f, int o, int n, int flags) { return REAL(f)->pMethods->xShmLock(REAL(f), o, n, flags); }
static void f_shm_barrier(sqlite3_file *f) { REAL(f)->pMethods->xShmBarrier(REAL(f)); }
static int f_shm_unmap(sqlite3_file *f, int d) { return REAL(f)->pMethods->xShmUnmap(REAL(f), d); }

static const sqlite3_io_methods methods = {
    2,      f_close,  f_read,    f_write,    f_truncate, f_sync,        f_size,     f_lock, f_unlock, f_reserved,
    f_control, f_sector, f_device, f_shm_map, f_shm_lock, f_shm_barrier, f_shm_unmap, NULL,   NULL};

static int v_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out) {
  fault_vfs *vfs = (fault_vfs *)v;
  fault_file *file = (fault_file *)f;
  file->base.pMethods = NULL;
  if (fault(vfs, FAULT_OPEN, name)) return SQLITE_CANTOPEN;
  file->vfs = vfs;
  file->name = name;
  file->real = (sqlite3_file *)(file + 1);
  int code = vfs->real->xOpen(vfs->real, name, file->real, flags, out);
  if (file->real->pMethods) file->base.pMethods = &methods;
  return code;
}
static int v_delete(sqlite3_vfs *v, const char *name, int sync) {
  fault_vfs *vfs = (fault_vfs *)v;
  if (fault(vfs, FAULT_DELETE, name)) return SQLITE_IOERR_DELETE;
  struct stat status;
  int64_t size = stat(name, &status) == 0 ? status.st_size : 0;
  int code = vfs->real->xDelete(vfs->real, name, sync);
  if (code == SQLITE_OK) give_room(vfs, size);
  return code;
}
static int v_access(sqlite3_vfs *v, const char *n, int f, int *r) { sqlite3_vfs *real = ((fault_vfs *)v)->real; return real->xAccess(real, n, f, r); }
static int v_path(sqlite3_vfs *v, const char *n, int s, char *o) { sqlite3_vfs *real = ((fault_vfs *)v)->real; return real->xFullPathname(real, n, s, o); }
static int v_random(sqlite3_vfs *v, int n, char *o) { sqlite3_vfs *real = ((fault_vfs *)v)->real; return real->xRandomness(real, n, o); }
static int v_sleep(sqlite3_vfs *v, int n) { sqlite3_vfs *real = ((fault_vfs *)v)->real; return real->xSleep(real, n); }
static int v_time(sqlite3_vfs *v, double *t) { sqlite3_vfs *real = ((fault_vfs *)v)->real; return real->xCurrentTime(real, t); }
static int v_time64(sqlite3_vfs *v, sqlite3_int64 *t) { sqlite3_vfs *real = ((fault_vfs *)v)->real; return real->xCurrentTimeInt64(real, t); }
static int v_error(sqlite3_vfs *v, int n, char *o) {
  fault_vfs *vfs = (fault_vfs *)v;
  pthread_mutex_lock(&vfs->lock);
  int injected = vfs->last_error;
  pthread_mutex_unlock(&vfs->lock);
  return injected ? injected : vfs->real->xGetLastError(vfs->real, n, o);
}

fault_vfs *fault_vfs_create(const char *name) {
  sqlite3_vfs *real = sqlite3_vfs_find(NULL);
  fault_vfs *vfs = calloc(1, sizeof *vfs);
  char *copy = strdup(name);
  if (real == NULL || vfs == NULL || copy == NULL) return NULL;
  pthread_mutex_init(&vfs->lock, NULL);
  vfs->real = real;
  vfs->room = -1;
  vfs->base.iVersion = 2;
  vfs->base.szOsFile = (int)sizeof(fault_file) + real->szOsFile;
  vfs->base.mxPathname = real->mxPathname;
  vfs->base.zName = copy;
  vfs->base.xOpen = v_open;
  vfs->base.xDelete = v_delete;
  vfs->base.xAccess = v_access;
  vfs->base.xFullPathname = v_path;
  vfs->base.xRandomness = v_random;
  vfs->base.xSleep = v_sleep;
  vfs->base.xCurrentTime = v_time;
  vfs->base.xCurrentTimeInt64 = v_time64;
  vfs->base.xGetLastError = v_error;
  return sqlite3_vfs_register(&vfs->base, 0) == SQLITE_OK ? vfs : NULL;
}

void fault_vfs_arm(fault_vfs *vfs, int operations, const char *suffix, int64_t n, int error_number, int forever) {
  pthread_mutex_lock(&vfs->lock);
  vfs->operations = operations;
  strncpy(vfs->suffix, suffix, sizeof vfs->suffix - 1);
  vfs->calls = 0;
  vfs->n = n;
  vfs->error_number = error_number;
  vfs->forever = forever;
  vfs->happened = 0;
  vfs->last_error = 0;
  pthread_mutex_unlock(&vfs->lock);
}

void fault_vfs_room(fault_vfs *vfs, int64_t bytes) {
  pthread_mutex_lock(&vfs->lock);
  vfs->room = bytes;
  vfs->happened = 0;
  vfs->last_error = 0;
  pthread_mutex_unlock(&vfs->lock);
}

int fault_vfs_happened(fault_vfs *vfs) {
  pthread_mutex_lock(&vfs->lock);
  int happened = vfs->happened;
  pthread_mutex_unlock(&vfs->lock);
  return happened;
}

int64_t fault_vfs_calls(fault_vfs *vfs) {
  pthread_mutex_lock(&vfs->lock);
  int64_t calls = vfs->calls;
  pthread_mutex_unlock(&vfs->lock);
  return calls;
}
