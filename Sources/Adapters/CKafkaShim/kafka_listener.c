// Gives librdkafka's mock cluster a port of our choice.
//
// The program's own bind() comes before libc's in symbol resolution, for shared libraries too.
// A listener is made first, with plain errors; the first bind() of a loopback socket to port 0 by
// the same thread then gets that listener in its place. Every other bind() passes untouched.
#define _GNU_SOURCE
#include "CKafkaShim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Thread_local int offered = -1;

static int plain_bind(int descriptor, const struct sockaddr *address, socklen_t length) {
    return (int)syscall(SYS_bind, descriptor, address, length);
}

int kafka_offer_listener(const char *host, uint16_t port) {
    kafka_withdraw_listener();
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
    };
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) return EINVAL;
    int on = 1;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return errno;
    // Connections of a broker that was killed may linger; listening at once makes the port ours.
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        plain_bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(descriptor, 64) != 0) {
        int fault = errno;
        close(descriptor);
        return fault;
    }
    offered = descriptor;
    return 0;
}

int kafka_withdraw_listener(void) {
    if (offered < 0) return 0;
    close(offered);
    offered = -1;
    return 1;
}

static int is_for_the_mock(const struct sockaddr *address, socklen_t length) {
    struct sockaddr_in copy;
    if (offered < 0 || address == NULL || length < sizeof copy) return 0;
    memcpy(&copy, address, sizeof copy);
    return copy.sin_family == AF_INET && copy.sin_port == 0 &&
           copy.sin_addr.s_addr == htonl(INADDR_LOOPBACK);
}

/// Puts the offered listener in the descriptor's place, with the descriptor's flags.
static int take_listener(int descriptor) {
    int status = fcntl(descriptor, F_GETFL);
    int close_on_exec = fcntl(descriptor, F_GETFD) & FD_CLOEXEC ? O_CLOEXEC : 0;
    if (dup3(offered, descriptor, close_on_exec) < 0) return -1;
    kafka_withdraw_listener();
    return fcntl(descriptor, F_SETFL, status) < 0 ? -1 : 0;
}

__attribute__((visibility("default"), used)) int bind(int descriptor,
                                                      const struct sockaddr *address,
                                                      socklen_t length) {
    return is_for_the_mock(address, length) ? take_listener(descriptor)
                                            : plain_bind(descriptor, address, length);
}
