#include "pieces.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 20, FILTER_BITS = 1 << 23, PIECES_MAX = SLOTS / 2 };

// What SentencePiece takes from the lowest score for a character that is in no piece.
static const float unknown_penalty = 10;

static uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001B3;
    }
    return hash;
}

static size_t fold(uint64_t hash) { return (size_t)(hash ^ hash >> 29); }

piece_walk piece_walk_begin(const char *text) {
    return (piece_walk){.text = text, .hash = 0xCBF29CE484222325};
}

static bool equals(const pieces *all, uint32_t id, const char *bytes, size_t length) {
    return all->starts[id + 1] - all->starts[id] == length
        && memcmp(all->text + all->starts[id], bytes, length) == 0;
}

bool piece_walk_advance(const pieces *all, piece_walk *walk, size_t byte_count, int32_t *id) {
    walk->hash = hash_bytes(walk->hash, walk->text + walk->length, byte_count);
    walk->length += byte_count;
    *id = -1;
    size_t folded = fold(walk->hash), bit = folded % FILTER_BITS;
    if (!(all->beginnings[bit / 64] >> bit % 64 & 1)) return false;
    for (size_t slot = folded % SLOTS; all->slots[slot]; slot = (slot + 1) % SLOTS) {
        if (!equals(all, all->slots[slot] - 1, walk->text, walk->length)) continue;
        *id = (int32_t)all->slots[slot] - 1;
        break;
    }
    return true;
}

// Control tokens have no score and are not found in texts.
static bool is_control(const pieces *all, uint32_t id) { return all->scores[id] == 0; }

static void insert(pieces *all, uint32_t id) {
    const char *text = all->text + all->starts[id];
    size_t length = all->starts[id + 1] - all->starts[id];
    piece_walk walk = piece_walk_begin(text);
    for (size_t i = 0; i < length; i++) {
        walk.hash = hash_bytes(walk.hash, text + i, 1);
        size_t bit = fold(walk.hash) % FILTER_BITS;
        all->beginnings[bit / 64] |= (uint64_t)1 << bit % 64;
    }
    size_t slot = fold(walk.hash) % SLOTS;
    while (all->slots[slot]) slot = (slot + 1) % SLOTS;
    all->slots[slot] = id + 1;
}

static bool read_entries(pieces *all, const e5_file *file) {
    float lowest = 0;
    for (uint32_t i = 0; i <= file->pieces; i++) {
        all->starts[i] = e5_read_u32(file->piece_starts + (size_t)i * 4);
        if (all->starts[i] > file->piece_text_length) return false;
        if (i > 0 && all->starts[i] <= all->starts[i - 1]) return false;
    }
    for (uint32_t i = 0; i < file->pieces; i++) {
        all->scores[i] = e5_read_float(file->piece_scores + (size_t)i * 4);
        if (!(all->scores[i] <= 0 && all->scores[i] > -1000)) return false;
        lowest = all->scores[i] < lowest ? all->scores[i] : lowest;
    }
    all->unknown_score = lowest - unknown_penalty;
    return true;
}

const char *pieces_read(pieces *all, const e5_file *file) {
    *all = (pieces){.count = file->pieces, .unknown = file->unknown_piece};
    if (file->pieces > PIECES_MAX || file->unknown_piece >= file->pieces) {
        return "its pieces are malformed";
    }
    all->text = (const char *)file->piece_text;
    all->starts = malloc(((size_t)file->pieces + 1) * sizeof *all->starts);
    all->scores = malloc(((size_t)file->pieces + 1) * sizeof *all->scores);
    all->slots = calloc(SLOTS, sizeof *all->slots);
    all->beginnings = calloc(FILTER_BITS / 64, sizeof *all->beginnings);
    if (!all->starts || !all->scores || !all->slots || !all->beginnings) return "no memory";
    if (!read_entries(all, file)) return "its pieces are malformed";
    for (uint32_t i = 0; i < file->pieces; i++) {
        if (!is_control(all, i)) insert(all, i);
    }
    return NULL;
}

void pieces_free(pieces *all) {
    free(all->starts);
    free(all->scores);
    free(all->slots);
    free(all->beginnings);
    *all = (pieces){0};
}
