/* Tells the thread sanitizer of what Synchronization.Mutex does out of its sight.

   On Linux a Mutex without contention is an atomic compare-and-exchange in our own, instrumented code, which the sanitizer
   sees. With contention it is a futex, taken and given up in libswiftSynchronization, which is not instrumented: the
   sanitizer sees no order between the holders and reports races that are none (MutexControl.swift is the proof). Preloaded,
   this stands before those three functions and says so. No report has to be suppressed for it, so none that is true is lost.

   clang -shared -fPIC -O2 -o mutex.so mutex.c -ldl; LD_PRELOAD=./mutex.so PROGRAM */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
/* The mutex. */
#define SELF __attribute__((swift_context)) void *self

/* Weak: programs without the sanitizer, such as `swift test` itself, are started with this too. */
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK);
SWIFT bool try_lock_slow(SELF) __asm__(TRY_LOCK);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK);

SWIFT void lock_slow(uint32_t thread, SELF) {
  SWIFT void (*real)(uint32_t, SELF) = dlsym(RTLD_NEXT, LOCK);
  real(thread, self);
  if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool try_lock_slow(SELF) {
  SWIFT bool (*real)(SELF) = dlsym(RTLD_NEXT, TRY_LOCK);
  bool is_locked = real(self);
  if (is_locked && __tsan_acquire) __tsan_acquire(self);
  return is_locked;
}

SWIFT void unlock_slow(SELF) {
  SWIFT void (*real)(SELF) = dlsym(RTLD_NEXT, UNLOCK);
  if (__tsan_release) __tsan_release(self);
  real(self);
}
