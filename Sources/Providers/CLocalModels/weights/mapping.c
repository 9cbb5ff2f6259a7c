#include "mapping.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

bool mapping_open(mapping *mapping, int file, char *error, size_t error_size) {
    struct stat status;
    mapping->bytes = NULL;
    if (fstat(file, &status) != 0) {
        snprintf(error, error_size, "cannot be examined: %s", strerror(errno));
        return false;
    }
    if (!S_ISREG(status.st_mode) || status.st_size <= 0) {
        snprintf(error, error_size, "is empty or not a regular file");
        return false;
    }
    void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, file, 0);
    if (bytes == MAP_FAILED) {
        snprintf(error, error_size, "cannot be mapped: %s", strerror(errno));
        return false;
    }
    mapping->bytes = bytes;
    mapping->length = (size_t)status.st_size;
    return true;
}

void mapping_close(mapping *mapping) {
    if (mapping->bytes) munmap((void *)mapping->bytes, mapping->length);
    mapping->bytes = NULL;
}
