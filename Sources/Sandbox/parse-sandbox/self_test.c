// `parse-sandbox --self-test`: shows an operator that the jail works on this machine.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail.h"

/// Prints the outcome of one attempt. Returns true if it was refused with EPERM.
static bool refused(const char *what, bool succeeded) {
    int error = errno;
    bool held = !succeeded && error == EPERM;
    char line[160];
    int length = snprintf(line, sizeof line, "%s: %s\n", what,
                          succeeded ? "ALLOWED" : held ? "EPERM" : strerror(error));
    ssize_t written = write(STDOUT_FILENO, line, length > 0 ? (size_t)length : 0);
    (void)written;
    return held;
}

int jail_self_test(void) {
    char *const nothing[] = {NULL};
    struct stat status;
    bool held = refused("open a file", open("/etc/passwd", O_RDONLY) >= 0);
    held &= refused("stat a file", stat("/etc/passwd", &status) == 0);
    held &= refused("create a file", open("parse-sandbox", O_CREAT | O_WRONLY, 0600) >= 0);
    held &= refused("open a socket", socket(AF_INET, SOCK_STREAM, 0) >= 0);
    held &= refused("open a local socket", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
    held &= refused("execute a program", execve("/bin/true", nothing, nothing) == 0);
    pid_t child = fork();
    if (child == 0) _exit(0);
    held &= refused("fork", child > 0);
    held &= refused("signal another process", kill(getppid(), 0) == 0);
    held &= refused("signal itself", syscall(SYS_tgkill, getpid(), gettid(), 0) == 0);
    held &= refused("trace another process", ptrace(PTRACE_ATTACH, getppid(), 0, 0) == 0);
    void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    held &= refused("map executable memory", code != MAP_FAILED);
    return held ? 0 : 1;
}
