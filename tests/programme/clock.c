#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
/* The wall clock is wrong by as many seconds as the mtime of the file $CLOCK_STEP is away from 2000000000; the
   monotonic clock is left alone. */
static long step(void) {
  static struct timespec last; static long known; static int (*real)(clockid_t, struct timespec *);
  struct timespec now; struct stat seen; const char *path = getenv("CLOCK_STEP");
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  real(CLOCK_MONOTONIC, &now);
  if (now.tv_sec != last.tv_sec || now.tv_nsec - last.tv_nsec > 20000000) {
    last = now;
    if (path && stat(path, &seen) == 0) known = (long)seen.st_mtime - 2000000000L;
  }
  return known;
}
int clock_gettime(clockid_t id, struct timespec *t) {
  static int (*real)(clockid_t, struct timespec *); int done;
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  done = real(id, t);
  if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) t->tv_sec += step();
  return done;
}
int gettimeofday(struct timeval *t, void *zone) {
  static int (*real)(struct timeval *, void *); int done;
  if (!real) real = dlsym(RTLD_NEXT, "gettimeofday");
  done = real(t, zone); t->tv_sec += step(); return done;
}
time_t time(time_t *t) {
  struct timespec now; clock_gettime(CLOCK_REALTIME, &now);
  if (t) *t = now.tv_sec;
  return now.tv_sec;
}
