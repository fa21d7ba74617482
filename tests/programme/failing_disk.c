#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/types.h>
/* The calls that $EIO_OF names fail on files of the archive while the file $EIO_WHILE is there. */
static int broken(int fd, const char *what) {
  char link[64], path[4096];
  ssize_t length;
  if (!strstr(getenv("EIO_OF"), what) || access(getenv("EIO_WHILE"), F_OK)) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, "archive.db") != NULL;
}
#define SYNC(name) int name(int fd) { \
  static int (*real)(int); if (!real) real = dlsym(RTLD_NEXT, #name); \
  if (broken(fd, "sync")) { errno = EIO; return -1; } return real(fd); }
#define MOVE(name, what, data, at) ssize_t name(int fd, data buffer, size_t length, at place) { \
  static ssize_t (*real)(int, data, size_t, at); if (!real) real = dlsym(RTLD_NEXT, #name); \
  if (broken(fd, what)) { errno = EIO; return -1; } return real(fd, buffer, length, place); }
SYNC(fsync)
SYNC(fdatasync)
MOVE(pread, "read", void *, off_t)
MOVE(pread64, "read", void *, off64_t)
MOVE(pwrite, "write", const void *, off_t)
MOVE(pwrite64, "write", const void *, off64_t)
