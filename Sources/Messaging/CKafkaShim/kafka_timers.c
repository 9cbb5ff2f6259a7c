// Keeps librdkafka's threads from spinning while they wait for a timer.
//
// librdkafka rounds the time until its next timer down to whole milliseconds. It wakes up to one
// millisecond early and then polls its queue without waiting until the timer is due. In an idle
// client that is nearly all of its processor time. librdkafka's waits go through cnd_timedwait(),
// which nothing else in the program uses. This version comes before libc's in symbol resolution
// and waits one millisecond longer.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <threads.h>
#include <time.h>

typedef int timed_wait(cnd_t *, mtx_t *, const struct timespec *);

__attribute__((visibility("default"), used)) int cnd_timedwait(cnd_t *condition, mtx_t *mutex,
                                                               const struct timespec *until) {
    static _Atomic(timed_wait *) next;
    timed_wait *wait = next;
    if (wait == NULL) {
        wait = (timed_wait *)dlsym(RTLD_NEXT, "cnd_timedwait");
        if (wait == NULL) return thrd_error;
        next = wait;
    }
    struct timespec later = *until;
    later.tv_nsec += 1000000;
    if (later.tv_nsec >= 1000000000) {
        later.tv_sec += 1;
        later.tv_nsec -= 1000000000;
    }
    return wait(condition, mutex, &later);
}
