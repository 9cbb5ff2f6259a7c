#include "doc_runs.h"

#include <stdlib.h>

#include "doc.h"
#include "failure.h"

enum { page_bytes = 512 };

struct view run_properties(const struct run *run) {
    return view_part(doc.word, run->at, run->length);
}

/// Where in its page the properties of one run are, and their length.
typedef struct view entry(struct view page, size_t runs, size_t index);

static struct view character_entry(struct view page, size_t runs, size_t index) {
    size_t at = view_u8(page, (runs + 1) * 4 + index) * 2;
    return at ? view_part(page, at + 1, view_u8(page, at)) : (struct view){0};
}

static struct view paragraph_entry(struct view page, size_t runs, size_t index) {
    size_t at = view_u8(page, (runs + 1) * 4 + index * 13) * 2;
    if (!at) return (struct view){0};
    size_t words = view_u8(page, at);
    if (words) return view_part(page, at + 1, words * 2 - 1);
    return view_part(page, at + 2, view_u8(page, at + 1) * 2);
}

static int by_start(const void *left, const void *right) {
    const struct run *a = left, *b = right;
    return a->start < b->start ? -1 : a->start > b->start;
}

/// Sorts the runs and cuts them where they overlap, so that a byte has one run at most.
static void make_disjoint(struct runs *runs) {
    if (runs->count) qsort(runs->runs, runs->count, sizeof *runs->runs, by_start);
    size_t kept = 0;
    uint32_t end = 0;
    for (size_t i = 0; i < runs->count; i++) {
        struct run run = runs->runs[i];
        if (run.start < end) run.start = end;
        if (run.start >= run.end) continue;
        end = run.end;
        runs->runs[kept++] = run;
    }
    runs->count = kept;
}

static struct runs read(enum doc_part part, entry *entry_at) {
    struct view pages = doc_part(part);
    size_t count = pages.length < 4 ? 0 : (pages.length - 4) / 8, capacity = 0;
    if (count > doc.word.length / page_bytes) {
        fail(FAILURE_MALFORMED, "the document has more pages of properties than bytes");
    }
    struct runs result = {0};
    for (size_t i = 0; i < count; i++) {
        size_t start = (size_t)(view_u32(pages, (count + 1 + i) * 4) & 0x3fffff) * page_bytes;
        struct view page = view_part(doc.word, start, page_bytes);
        size_t runs = view_u8(page, page_bytes - 1);
        for (size_t k = 0; k < runs; k++) {
            struct run run = {.start = view_u32(page, k * 4), .end = view_u32(page, k * 4 + 4)};
            struct view properties = entry_at(page, runs, k);
            if (run.start >= run.end) continue;
            run.at = properties.length ? (uint32_t)(properties.bytes - doc.word.bytes) : 0;
            run.length = (uint32_t)properties.length;
            if (result.count == capacity) {
                capacity = capacity * 2 + 256;
                result.runs = checked_realloc(result.runs, capacity, sizeof run);
            }
            result.runs[result.count++] = run;
        }
    }
    make_disjoint(&result);
    return result;
}

struct runs character_runs(void) { return read(DOC_CHARACTER_RUNS, character_entry); }
struct runs paragraph_runs(void) { return read(DOC_PARAGRAPH_RUNS, paragraph_entry); }

size_t run_at(const struct runs *runs, uint32_t byte) {
    size_t low = 0, high = runs->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (runs->runs[middle].end > byte) high = middle;
        else low = middle + 1;
    }
    return low;
}
