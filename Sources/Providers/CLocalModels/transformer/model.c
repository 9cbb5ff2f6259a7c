#include "model.h"

#include <stdio.h>
#include <stdlib.h>

transformer *transformer_create(int file, char *error, size_t error_size) {
    transformer *model = calloc(1, sizeof *model);
    if (!model) {
        snprintf(error, error_size, "no memory");
        return NULL;
    }
    if (!transformer_kernels()) {
        snprintf(error, error_size, "the matrix products are not loaded");
    } else if (mapping_open(&model->file, file, error, error_size)) {
        return model;
    }
    transformer_close(model);
    return NULL;
}

void transformer_close(transformer *model) {
    if (!model) return;
    mapping_close(&model->file);
    free(model->expanded);
    free(model);
}
