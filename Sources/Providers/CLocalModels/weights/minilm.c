// The weights of all-MiniLM-L6-v2, in the names of its safetensors file.
#include <stdarg.h>
#include <stdio.h>

#include "model.h"
#include "safetensors.h"

enum { NAME_BYTES = 128, VOCABULARY = 30522, LAYERS = 6 };


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

static bool find_weights(transformer *model, char *error, size_t error_size) {
    tensor_finder finder = {.error = error, .error_size = error_size};
    const char *fault = safetensors_split(model->file.bytes, model->file.length, &finder.file);
    if (fault) {
        snprintf(error, error_size, "%s", fault);
        return false;
    }
    model->vocabulary = VOCABULARY;
    model->words = find(&finder, VOCABULARY, HIDDEN, "embeddings.word_embeddings.weight");
    model->positions =
        find(&finder, TRANSFORMER_POSITIONS, HIDDEN, "embeddings.position_embeddings.weight");
    model->types = find(&finder, 2, HIDDEN, "embeddings.token_type_embeddings.weight");
    model->embedding_norm.weight = find(&finder, HIDDEN, 0, "embeddings.LayerNorm.weight");
    model->embedding_norm.bias = find(&finder, HIDDEN, 0, "embeddings.LayerNorm.bias");
    model->layer_count = LAYERS;
    for (int i = 0; i < LAYERS; i++) model->layers[i] = find_layer(&finder, i);
    return !finder.failed;
}

transformer *transformer_open_minilm(int file, char *error, size_t error_size) {
    transformer *model = transformer_create(file, error, error_size);
    if (!model || find_weights(model, error, error_size)) return model;
    transformer_close(model);
    return NULL;
}
