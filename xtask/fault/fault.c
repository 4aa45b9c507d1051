/* A disk that fails on demand, or whose power is cut: for LD_PRELOAD under the real server (`cargo xtask fault`, `cargo
 * xtask cut`). SQLite is linked into the program, but writes through libc, so its writes, syncs and truncates of the
 * database and its log come by here.
 *
 * FAULT_FILE names a file of struct control, shared with the test: calls are counted, and the at-th fails (with keep, all
 * from it on). The file's -shm is mapped into memory, which no disk takes part in, and left alone.
 *
 * When the power is cut, the process ends, and of what was written since a file's last sync each call is lost or kept as
 * chance has it, so that a later one may have reached the disk and an earlier one not. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum how { OFF, IO_ERROR, NO_SPACE, SHORT, TORN, READ_ONLY, POWER_CUT };

struct control {
    int64_t how;   /* enum how; OFF counts nothing */
    int64_t at;    /* the first call that fails, from 1 */
    int64_t keep;  /* whether all after it fail, too; where the power is cut, the seed of chance */
    int64_t count; /* calls so far */
    int64_t fired; /* calls that failed so far */
};

/* A file of ours. Its fd is never closed: that would let go of SQLite's locks on it. */
struct file {
    dev_t device;
    ino_t inode;
    int fd;
};

/* A call that changed a file and is not synced yet: what the file held before, and what was written. */
struct call {
    struct call *next, *before;
    struct file *file;
    off64_t offset, length; /* length: how long the file was */
    size_t old_many, many;
    int is_truncate;
    char *old, *bytes;
};

static volatile struct control *control;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct call *first, *last;
static struct file files[64];

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

static int is_ours(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path);
    if (length <= 0) return 0;
    return ends_with(path, (size_t)length, ".db") || ends_with(path, (size_t)length, ".db-wal");
}

static void put(int fd, const char *bytes, size_t many, off64_t offset) {
    while (many > 0) {
        ssize_t done = syscall(SYS_pwrite64, fd, bytes, many, offset);
        if (done <= 0) abort();
        bytes += done, many -= (size_t)done, offset += done;
    }
}

static struct file *file_of(int fd) {
    struct stat stat;
    if (fstat(fd, &stat) != 0) abort();
    for (struct file *file = files; file < files + sizeof files / sizeof *files; file++) {
        if (file->fd == 0) *file = (struct file){stat.st_dev, stat.st_ino, fcntl(fd, F_DUPFD_CLOEXEC, 1)};
        if (file->device == stat.st_dev && file->inode == stat.st_ino) return file;
    }
    abort();
}

/* The power is cut: all files become as they were synced, then some of the later calls happen after all. */
static void cut(void) {
    srandom((unsigned)control->keep);
    for (struct call *call = last; call; call = call->before) {
        put(call->file->fd, call->old, call->old_many, call->offset);
        if (syscall(SYS_ftruncate, call->file->fd, call->length) != 0) abort();
    }
    for (struct call *call = first; call; call = call->next) {
        if (random() % 2) continue;
        if (!call->is_truncate) put(call->file->fd, call->bytes, call->many, call->offset);
        else if (syscall(SYS_ftruncate, call->file->fd, call->offset) != 0) abort();
    }
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Notes what is about to change. For a truncate, offset is the new length. */
static void note(int fd, const void *bytes, size_t many, off64_t offset, int is_truncate) {
    struct stat stat;
    struct call *call = calloc(1, sizeof *call);
    if (!call || fstat(fd, &stat) != 0) abort();
    call->file = file_of(fd), call->length = stat.st_size;
    call->offset = offset, call->many = many, call->is_truncate = is_truncate;
    off64_t end = is_truncate ? stat.st_size : offset + (off64_t)many;
    if (end > stat.st_size) end = stat.st_size;
    call->old_many = end > offset ? (size_t)(end - offset) : 0;
    call->old = malloc(call->old_many + 1), call->bytes = malloc(many + 1);
    if (!call->old || !call->bytes) abort();
    if (pread(fd, call->old, call->old_many, offset) != (ssize_t)call->old_many) abort();
    memcpy(call->bytes, bytes, many);
    call->before = last;
    if (last) last->next = call; else first = call;
    last = call;
}

/* What was written to this file is on the disk. */
static void synced(int fd) {
    struct file *file = file_of(fd);
    for (struct call *call = first, *next; call; call = next) {
        next = call->next;
        if (call->file != file) continue;
        if (call->before) call->before->next = next; else first = next;
        if (next) next->before = call->before; else last = call->before;
        free(call->old), free(call->bytes), free(call);
    }
}

/* How this call fails; OFF where it does not. */
static enum how fate(int fd) {
    if (!control || control->how == OFF || !is_ours(fd)) return OFF;
    int64_t count = __sync_add_and_fetch(&control->count, 1);
    if (control->how == POWER_CUT) {
        pthread_mutex_lock(&lock); /* until the call is done, so that calls are lost in their order */
        if (count < control->at) return POWER_CUT;
        __sync_add_and_fetch(&control->fired, 1);
        cut();
    }
    if (count != control->at && !(control->keep && count > control->at)) return OFF;
    __sync_add_and_fetch(&control->fired, 1);
    return (enum how)control->how;
}

static int failed(enum how how) {
    errno = how == NO_SPACE ? ENOSPC : how == READ_ONLY ? EROFS : EIO;
    return -1;
}

/* A call that is noted for the cut of the power is done; its outcome is passed on. */
static ssize_t done(ssize_t outcome) {
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return outcome;
}

ssize_t pwrite64(int fd, const void *bytes, size_t many, off64_t offset) {
    enum how how = fate(fd);
    switch (how) {
    case OFF: break;
    case SHORT: if (many > 1) many /= 2; break;
    case TORN: syscall(SYS_pwrite64, fd, bytes, many / 2, offset); return failed(how);
    case POWER_CUT: note(fd, bytes, many, offset, 0); return done(syscall(SYS_pwrite64, fd, bytes, many, offset));
    default: return failed(how);
    }
    return syscall(SYS_pwrite64, fd, bytes, many, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t many, off_t offset) { return pwrite64(fd, bytes, many, offset); }

ssize_t write(int fd, const void *bytes, size_t many) {
    enum how how = fate(fd);
    if (how == POWER_CUT) {
        note(fd, bytes, many, lseek64(fd, 0, SEEK_CUR), 0);
        return done(syscall(SYS_write, fd, bytes, many));
    }
    if (how != OFF && how != SHORT) return failed(how);
    return syscall(SYS_write, fd, bytes, how == SHORT && many > 1 ? many / 2 : many);
}

/* A sync that is only short has nothing to be short of: it fails. */
static int sync_by(long number, int fd) {
    enum how how = fate(fd);
    if (how == POWER_CUT) {
        synced(fd);
        return (int)done(syscall(number, fd));
    }
    return how == OFF ? (int)syscall(number, fd) : failed(how);
}

int fsync(int fd) { return sync_by(SYS_fsync, fd); }

int fdatasync(int fd) { return sync_by(SYS_fdatasync, fd); }

int ftruncate64(int fd, off64_t length) {
    enum how how = fate(fd);
    if (how == POWER_CUT) {
        note(fd, "", 0, length, 1);
        return (int)done(syscall(SYS_ftruncate, fd, length));
    }
    return how == OFF ? (int)syscall(SYS_ftruncate, fd, length) : failed(how);
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }
