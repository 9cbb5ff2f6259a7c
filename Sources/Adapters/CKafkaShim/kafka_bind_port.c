// Interposes bind(): the executable's definition comes before libc's in symbol resolution, also
// for librdkafka. Calls pass through untouched unless a port was asked for.
#define _GNU_SOURCE
#include "CKafkaShim.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Thread_local uint16_t wanted_port = 0;

void kafka_bind_next_to(uint16_t port) { wanted_port = port; }

__attribute__((visibility("default"), used)) int bind(int descriptor,
                                                      const struct sockaddr *address,
                                                      socklen_t length) {
    struct sockaddr_in copy;
    if (wanted_port != 0 && address->sa_family == AF_INET && length >= sizeof copy) {
        memcpy(&copy, address, sizeof copy);
        if (copy.sin_port == 0 && copy.sin_addr.s_addr == htonl(INADDR_LOOPBACK)) {
            int on = 1;
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
            copy.sin_port = htons(wanted_port);
            wanted_port = 0;
            return (int)syscall(SYS_bind, descriptor, &copy, sizeof copy);
        }
    }
    return (int)syscall(SYS_bind, descriptor, address, length);
}
