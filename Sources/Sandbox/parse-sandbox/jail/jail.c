#include "jail.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "failure.h"
#include "run_limits.h"

void jail_prepare(int parent) {
    closefrom(STDERR_FILENO + 1);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL)) {
        fail(FAILURE_SANDBOX_UNAVAILABLE, "cannot end with its parent process");
    }
    // The parent may have died before the line above took effect.
    if (parent && getppid() != parent) _exit(FAILURE_SANDBOX_UNAVAILABLE);
    signal(SIGPIPE, SIG_DFL);
}

/// Handles a crash. A parser that runs out of memory usually crashes. This is a limit on the
/// document and not a parser fault, because each attempt would reach it again. It is recognised by
/// the errno of the failed allocation, or by address space that is nearly used up.
static void report_memory_or_crash(int number) {
    bool failed = errno == ENOMEM;
    if (!failed) {
        size_t probe = (limits.memory_mb << 20) / 8;
        failed = mmap(NULL, probe, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
    }
    if (failed) fail(FAILURE_TOO_LARGE, "the document needs more memory than the limit");
    // Repeats the fault on return, which ends the process.
    signal(number, SIG_DFL);
}

static void watch_memory(void) {
    // A separate stack, because the main one may have run out.
    static char stack[1 << 16];
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    if (sigaltstack(&other, NULL)) fail(FAILURE_SANDBOX_UNAVAILABLE, "cannot set a signal stack");
    const struct sigaction action = {.sa_handler = report_memory_or_crash, .sa_flags = SA_ONSTACK};
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigaction(faults[i], &action, NULL);
    errno = 0;
}

static void limit(int resource, rlim_t soft, rlim_t hard) {
    struct rlimit now;
    if (getrlimit(resource, &now)) fail(FAILURE_SANDBOX_UNAVAILABLE, "cannot read a limit");
    if (now.rlim_max != RLIM_INFINITY && hard > now.rlim_max) hard = now.rlim_max;
    if (soft > hard) soft = hard;
    struct rlimit wanted = {.rlim_cur = soft, .rlim_max = hard};
    if (setrlimit(resource, &wanted)) fail(FAILURE_SANDBOX_UNAVAILABLE, "cannot set a limit");
}

/// System calls that affect only open descriptors, memory or this process.
static const int harmless_calls[] = {
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev),
    SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(brk), SCMP_SYS(munmap),
    SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(sched_yield), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/// Adds the allow-list. Other calls fail with EPERM, which libraries treat as "not available".
/// No process can be signalled, so `abort` ends through its last resort, a fault.
static int add_rules(scmp_filter_ctx filter) {
    int failed = 0;
    for (size_t i = 0; i < sizeof harmless_calls / sizeof *harmless_calls; i++) {
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, harmless_calls[i], 0);
    }
    // Memory cannot become executable any more.
    struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec);
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec);
    return failed;
}

/// The system call filter, built once for all children.
static struct sock_fprog program;

void jail_build(void) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int file = memfd_create("filter", MFD_CLOEXEC);
    if (!filter || file < 0 || add_rules(filter) || seccomp_export_bpf(filter, file)) {
        fail(FAILURE_SANDBOX_UNAVAILABLE, "the system call filter cannot be built");
    }
    off_t length = lseek(file, 0, SEEK_END);
    program.filter = malloc((size_t)length);
    if (!program.filter || pread(file, program.filter, (size_t)length, 0) != length) {
        fail(FAILURE_SANDBOX_UNAVAILABLE, "the system call filter cannot be exported");
    }
    program.len = (unsigned short)((size_t)length / sizeof *program.filter);
    close(file);
    seccomp_release(filter);
}

void jail_close(void) {
    watch_memory();
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1);
    limit(RLIMIT_FSIZE, limits.output_bytes, limits.output_bytes);
    limit(RLIMIT_NOFILE, STDERR_FILENO + 1, STDERR_FILENO + 1);
    if (prctl(PR_SET_DUMPABLE, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
        fail(FAILURE_SANDBOX_UNAVAILABLE, "cannot drop privileges");
    }
    limit(RLIMIT_AS, limits.memory_mb << 20, limits.memory_mb << 20);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        fail(FAILURE_SANDBOX_UNAVAILABLE, "the kernel rejects the system call filter");
    }
}
