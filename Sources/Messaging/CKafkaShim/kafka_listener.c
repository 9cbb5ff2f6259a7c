// Lets librdkafka's mock cluster advertise an address of our choice.
//
// The mock cluster binds a free loopback port, reads that port back with getsockname(), and
// advertises it to clients. The program's own getsockname() comes before libc's in symbol
// resolution, for shared libraries too. While a thread has a listener to advertise, its
// getsockname() returns that listener's address. Every other call passes untouched.
#define _GNU_SOURCE
#include "CKafkaShim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Thread_local int advertised = -1;
static _Thread_local uint16_t mock_port;

int kafka_listen(const char *host, uint16_t port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
    };
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) return -EINVAL;
    int on = 1;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    // Connections of a killed broker may linger. Listening now reserves the port.
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(descriptor, 64) != 0) {
        int fault = errno;
        close(descriptor);
        return -fault;
    }
    return descriptor;
}

void kafka_advertise(int listener) {
    advertised = listener;
    mock_port = 0;
}

uint16_t kafka_mock_port(void) {
    advertised = -1;
    return mock_port;
}

static int plain_getsockname(int descriptor, struct sockaddr *address, socklen_t *length) {
    return (int)syscall(SYS_getsockname, descriptor, address, length);
}

__attribute__((visibility("default"), used)) int getsockname(int descriptor,
                                                             struct sockaddr *address,
                                                             socklen_t *length) {
    struct sockaddr_in own;
    socklen_t room = length == NULL ? 0 : *length;
    int result = plain_getsockname(descriptor, address, length);
    if (result != 0 || advertised < 0 || room < sizeof own) return result;
    memcpy(&own, address, sizeof own);
    if (own.sin_family != AF_INET) return result;
    mock_port = ntohs(own.sin_port);
    *length = room;
    return plain_getsockname(advertised, address, length);
}
