#include "model.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "safetensors.h"

enum { NAME_BYTES = 128 };

// Finds tensors one after another. Records the first fault; every later lookup returns NULL.
typedef struct {
    safetensors file;
    char *error;
    size_t error_size;
    bool failed;
} tensor_finder;

static const float *find(tensor_finder *finder, uint64_t rows, uint64_t columns,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

static const float *find(tensor_finder *finder, uint64_t rows, uint64_t columns,
                         const char *format, ...) {
    char name[NAME_BYTES];
    const float *numbers = NULL;
    if (finder->failed) return NULL;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    const char *fault = safetensors_find(&finder->file, name, rows, columns, &numbers);
    if (fault) {
        snprintf(finder->error, finder->error_size, "tensor %s: %s", name, fault);
        finder->failed = true;
    }
    return numbers;
}

static dense find_dense(tensor_finder *finder, int index, const char *name, uint64_t outputs,
                        uint64_t inputs) {
    return (dense){
        find(finder, outputs, inputs, "encoder.layer.%d.%s.weight", index, name),
        find(finder, outputs, 0, "encoder.layer.%d.%s.bias", index, name),
    };
}

static norm find_norm(tensor_finder *finder, int index, const char *name) {
    return (norm){
        find(finder, HIDDEN, 0, "encoder.layer.%d.%s.weight", index, name),
        find(finder, HIDDEN, 0, "encoder.layer.%d.%s.bias", index, name),
    };
}

static layer find_layer(tensor_finder *finder, int index) {
    return (layer){
        .query = find_dense(finder, index, "attention.self.query", HIDDEN, HIDDEN),
        .key = find_dense(finder, index, "attention.self.key", HIDDEN, HIDDEN),
        .value = find_dense(finder, index, "attention.self.value", HIDDEN, HIDDEN),
        .attention_output = find_dense(finder, index, "attention.output.dense", HIDDEN, HIDDEN),
        .attention_norm = find_norm(finder, index, "attention.output.LayerNorm"),
        .inner = find_dense(finder, index, "intermediate.dense", INNER, HIDDEN),
        .output = find_dense(finder, index, "output.dense", HIDDEN, INNER),
        .output_norm = find_norm(finder, index, "output.LayerNorm"),
    };
}

static bool find_weights(minilm_model *model, char *error, size_t error_size) {
    tensor_finder finder = {.error = error, .error_size = error_size};
    const char *fault = safetensors_split(model->mapping, model->mapping_length, &finder.file);
    if (fault) {
        snprintf(error, error_size, "%s", fault);
        return false;
    }
    model->words =
        find(&finder, MINILM_VOCABULARY, HIDDEN, "embeddings.word_embeddings.weight");
    model->positions =
        find(&finder, MINILM_POSITIONS, HIDDEN, "embeddings.position_embeddings.weight");
    model->types = find(&finder, 2, HIDDEN, "embeddings.token_type_embeddings.weight");
    model->embedding_norm.weight = find(&finder, HIDDEN, 0, "embeddings.LayerNorm.weight");
    model->embedding_norm.bias = find(&finder, HIDDEN, 0, "embeddings.LayerNorm.bias");
    for (int i = 0; i < LAYERS; i++) model->layers[i] = find_layer(&finder, i);
    return !finder.failed;
}

static bool map_file(minilm_model *model, int file, char *error, size_t error_size) {
    struct stat status;
    if (fstat(file, &status) != 0) {
        snprintf(error, error_size, "cannot be examined: %s", strerror(errno));
        return false;
    }
    if (!S_ISREG(status.st_mode) || status.st_size <= 0) {
        snprintf(error, error_size, "is empty or not a regular file");
        return false;
    }
    model->mapping_length = (size_t)status.st_size;
    model->mapping = mmap(NULL, model->mapping_length, PROT_READ, MAP_SHARED, file, 0);
    if (model->mapping == MAP_FAILED) {
        snprintf(error, error_size, "cannot be mapped: %s", strerror(errno));
        return false;
    }
    return true;
}

minilm_model *minilm_open(int file, char *error, size_t error_size) {
    minilm_model *model = calloc(1, sizeof *model);
    if (!model) {
        snprintf(error, error_size, "no memory");
        return NULL;
    }
    model->mapping = MAP_FAILED;
    if (!minilm_kernels()) {
        snprintf(error, error_size, "the matrix products are not loaded");
        minilm_close(model);
        return NULL;
    }
    if (!map_file(model, file, error, error_size) || !find_weights(model, error, error_size)) {
        minilm_close(model);
        return NULL;
    }
    return model;
}

void minilm_close(minilm_model *model) {
    if (!model) return;
    if (model->mapping != MAP_FAILED) munmap(model->mapping, model->mapping_length);
    free(model);
}
