/* A disk that fails on demand: for LD_PRELOAD under the real server (`cargo xtask fault`). SQLite is linked into the
 * program, but writes through libc, so its writes, syncs and truncates of the database and its log come by here.
 *
 * FAULT_FILE names a file of struct control, shared with the test: calls are counted, and the at-th fails (with keep, all
 * from it on). The file's -shm is mapped into memory, which no disk takes part in, and left alone. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum how { OFF, IO_ERROR, NO_SPACE, SHORT, TORN, READ_ONLY };

struct control {
    int64_t how;   /* enum how; OFF counts nothing */
    int64_t at;    /* the first call that fails, from 1 */
    int64_t keep;  /* whether all after it fail, too */
    int64_t count; /* calls so far */
    int64_t fired; /* calls that failed so far */
};

static volatile struct control *control;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULT_FILE");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *shared = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared != MAP_FAILED) control = shared;
    close(fd);
}

static int ends_with(const char *text, size_t length, const char *end) {
    size_t n = strlen(end);
    return length >= n && memcmp(text + length - n, end, n) == 0;
}

/* How this call fails; OFF where it does not. */
static enum how fate(int fd) {
    if (!control || control->how == OFF) return OFF;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path);
    if (length <= 0) return OFF;
    if (!ends_with(path, (size_t)length, ".db") && !ends_with(path, (size_t)length, ".db-wal")) return OFF;
    int64_t count = __sync_add_and_fetch(&control->count, 1);
    if (count != control->at && !(control->keep && count > control->at)) return OFF;
    __sync_add_and_fetch(&control->fired, 1);
    return (enum how)control->how;
}

static int failed(enum how how) {
    errno = how == NO_SPACE ? ENOSPC : how == READ_ONLY ? EROFS : EIO;
    return -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t many, off64_t offset) {
    enum how how = fate(fd);
    switch (how) {
    case OFF: break;
    case SHORT: if (many > 1) many /= 2; break;
    case TORN: syscall(SYS_pwrite64, fd, bytes, many / 2, offset); return failed(how);
    default: return failed(how);
    }
    return syscall(SYS_pwrite64, fd, bytes, many, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t many, off_t offset) { return pwrite64(fd, bytes, many, offset); }

ssize_t write(int fd, const void *bytes, size_t many) {
    enum how how = fate(fd);
    if (how != OFF && how != SHORT) return failed(how);
    return syscall(SYS_write, fd, bytes, how == SHORT && many > 1 ? many / 2 : many);
}

/* A sync that is only short has nothing to be short of: it fails. */
int fsync(int fd) {
    enum how how = fate(fd);
    return how == OFF ? (int)syscall(SYS_fsync, fd) : failed(how);
}

int fdatasync(int fd) {
    enum how how = fate(fd);
    return how == OFF ? (int)syscall(SYS_fdatasync, fd) : failed(how);
}

int ftruncate64(int fd, off64_t length) {
    enum how how = fate(fd);
    return how == OFF ? (int)syscall(SYS_ftruncate, fd, length) : failed(how);
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }
