#include "serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failure.h"
#include "jail.h"

enum { DESCRIPTORS = 4, LINE = 3, RUNS_MAX = 1024 };

static struct run {
    pid_t child;
    int line;
    bool killed;
} runs[RUNS_MAX];
static size_t running;

static void report_status(int line, int status) {
    // A failure is ignored, because the client has gone.
    send(line, &status, sizeof status, MSG_NOSIGNAL);
    close(line);
}

/// Reads a request. Returns false if the client has closed the socket or the request is invalid.
static bool receive(char format[16], int descriptors[DESCRIPTORS]) {
    union {
        char bytes[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
        struct cmsghdr aligned;
    } control;
    struct iovec text = {.iov_base = format, .iov_len = 15};
    struct msghdr message = {
        .msg_iov = &text, .msg_iovlen = 1,
        .msg_control = control.bytes, .msg_controllen = sizeof control.bytes,
    };
    ssize_t count;
    do {
        count = recvmsg(STDIN_FILENO, &message, MSG_CMSG_CLOEXEC);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return false;
    format[count] = 0;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_len != CMSG_LEN(DESCRIPTORS * sizeof(int))) return false;
    memcpy(descriptors, CMSG_DATA(header), DESCRIPTORS * sizeof(int));
    return true;
}

/// Runs in the child. Closes the server's descriptors and parses the document.
static _Noreturn void become(
    parser *parser_named(const char *), void parse(parser *), const char *format,
    const int descriptors[DESCRIPTORS], pid_t server
) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGCHLD, SIG_DFL);
    setpgid(0, 0);
    for (int number = 0; number < LINE; number++) dup2(descriptors[number], number);
    jail_prepare(server);
    parse(parser_named(format));
    _exit(0);
}

static void start(parser *parser_named(const char *), void parse(parser *), const char *format,
                  const int descriptors[DESCRIPTORS]) {
    pid_t server = getpid();
    pid_t child = running < RUNS_MAX ? fork() : -1;
    if (child == 0) become(parser_named, parse, format, descriptors, server);
    for (int number = 0; number < LINE; number++) close(descriptors[number]);
    if (child < 0) return report_status(descriptors[LINE], -1);
    runs[running++] = (struct run){.child = child, .line = descriptors[LINE]};
}

static void reap(void) {
    int status;
    for (pid_t child; (child = waitpid(-1, &status, WNOHANG)) > 0;) {
        for (size_t i = 0; i < running; i++) {
            if (runs[i].child != child) continue;
            report_status(runs[i].line, status);
            runs[i] = runs[--running];
            break;
        }
    }
}

static void wake(int signal) { (void)signal; }

void serve(parser *parser_named(const char *), void parse(parser *)) {
    sigset_t waiting, ended;
    sigemptyset(&ended);
    sigaddset(&ended, SIGCHLD);
    // SIGCHLD is delivered only inside `ppoll`.
    sigprocmask(SIG_BLOCK, &ended, &waiting);
    sigdelset(&waiting, SIGCHLD);
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = wake}, NULL);
    static struct pollfd polled[RUNS_MAX + 1];
    for (;;) {
        polled[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
        for (size_t i = 0; i < running; i++) {
            polled[i + 1] = (struct pollfd){
                .fd = runs[i].killed ? -1 : runs[i].line, .events = POLLIN | POLLRDHUP};
        }
        int ready = ppoll(polled, running + 1, NULL, &waiting);
        if (ready < 0 && errno != EINTR) return;
        // Children are killed before any is reaped, so that no process id has been reused.
        for (size_t i = 0; ready > 0 && i < running; i++) {
            if (!polled[i + 1].revents) continue;
            kill(runs[i].child, SIGKILL);
            runs[i].killed = true;
        }
        bool requested = ready > 0 && polled[0].revents;
        reap();
        if (!requested) continue;
        char format[16];
        int descriptors[DESCRIPTORS];
        // The children die with this process.
        if (!receive(format, descriptors)) return;
        start(parser_named, parse, format, descriptors);
    }
}
