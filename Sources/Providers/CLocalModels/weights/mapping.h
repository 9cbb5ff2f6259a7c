// A file mapped into memory, read-only and shared with other processes.
#ifndef MAPPING_H
#define MAPPING_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const unsigned char *bytes; // NULL if nothing is mapped
    size_t length;
} mapping;

// Maps an open file. Returns false on failure and writes the reason to `error`.
bool mapping_open(mapping *mapping, int file, char *error, size_t error_size);

void mapping_close(mapping *mapping);

#endif
