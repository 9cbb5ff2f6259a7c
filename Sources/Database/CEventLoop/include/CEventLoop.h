#pragma once
// The parts of epoll and eventfd that Swift's Glibc module lacks. Includes no system header that
// depends on _GNU_SOURCE, because two clang modules must not see it defined differently.
#include <stdint.h>

#define EVENT_READABLE 0x001u
#define EVENT_WRITABLE 0x004u
#define EVENT_FAILED 0x018u

typedef struct {
    int descriptor;
    uint32_t events;
} event_ready;

int event_epoll_create(void);
int event_wakeup_create(void);
int event_add(int epoll, int descriptor, uint32_t events);
int event_modify(int epoll, int descriptor, uint32_t events);
int event_remove(int epoll, int descriptor);
/// Waits for at most `count` (up to 64) events; -1 milliseconds waits without limit.
int event_wait(int epoll, event_ready *ready, int count, int milliseconds);
void event_name_thread(const char *name);
