#define _GNU_SOURCE
#include "CEventLoop.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

enum { BATCH = 64 };

int event_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int event_wakeup_create(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

static int control(int epoll, int operation, int descriptor, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = descriptor};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

int event_add(int epoll, int descriptor, uint32_t events) {
    return control(epoll, EPOLL_CTL_ADD, descriptor, events);
}

int event_modify(int epoll, int descriptor, uint32_t events) {
    return control(epoll, EPOLL_CTL_MOD, descriptor, events);
}

int event_remove(int epoll, int descriptor) {
    return control(epoll, EPOLL_CTL_DEL, descriptor, 0);
}

int event_wait(int epoll, event_ready *ready, int count, int milliseconds) {
    struct epoll_event events[BATCH];
    int found = epoll_wait(epoll, events, count < BATCH ? count : BATCH, milliseconds);
    for (int i = 0; i < found; i++) {
        ready[i].descriptor = events[i].data.fd;
        ready[i].events = events[i].events;
    }
    return found;
}

void event_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
