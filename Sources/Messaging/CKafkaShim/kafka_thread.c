#define _GNU_SOURCE
#include "CKafkaShim.h"

#include <pthread.h>
#include <string.h>

void kafka_name_thread(const char *name) {
    char short_name[16] = {0};
    strncpy(short_name, name, sizeof short_name - 1);
    pthread_setname_np(pthread_self(), short_name);
}
