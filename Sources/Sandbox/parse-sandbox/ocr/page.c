// One page: prepares its picture and recognises it within its limits.
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "clean.h"
#include "failure.h"
#include "ocr.h"
#include "report.h"
#include "run_limits.h"

/// Processor time in seconds: when the page began, and of all pages before it.
static double page_start, spent;
static long tried;

static double processor_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool is_out_of_time(void *unused, int words) {
    (void)unused, (void)words;
    double seconds = processor_seconds() - page_start;
    return seconds > (double)limits.ocr_page_seconds ||
        spent + seconds > (double)limits.ocr_seconds;
}

bool ocr_has_budget(void) {
    return tried < limits.ocr_pages && spent < (double)limits.ocr_seconds;
}

/// Recognises the picture. Returns false if that fails or takes too long.
static bool recognise(pix gray, struct ocr_lines *lines) {
    static ocr_monitor monitor;
    if (!monitor) {
        monitor = tesseract.MonitorCreate();
        tesseract.MonitorSetCancelFunc(monitor, is_out_of_time);
    }
    tesseract.SetImage2(engine, gray);
    if (tesseract.Recognize(engine, monitor)) return false;
    ocr_words words = tesseract.GetIterator(engine);
    ocr_lines_read(lines, words);
    if (words) tesseract.Delete(words);
    return true;
}

/// Whether the page may have to be turned: most of what the engine saw is illegible.
static bool may_be_turned(const struct ocr_lines *lines) {
    enum { letters_least = 20 };
    return lines->letters >= letters_least && lines->letters_kept * 2 < lines->letters;
}

/// Recognises the picture as it is. If that is illegible, turns it, because scripts other than
/// Latin do not show where their top is, and uses the best attempt. Returns false if the limits
/// are reached before the first has ended.
static bool recognise_best(pix *gray, struct ocr_lines *best) {
    static const int turns[] = {2, 1, 2};
    if (!recognise(*gray, best)) return false;
    for (size_t i = 0; may_be_turned(best) && i < sizeof turns / sizeof *turns; i++) {
        struct ocr_lines lines = {0};
        ocr_turn(gray, turns[i]);
        bool better = recognise(*gray, &lines) && lines.letters_kept > best->letters_kept;
        if (better) {
            struct ocr_lines worse = *best;
            *best = lines;
            lines = worse;
        }
        ocr_lines_free(&lines);
    }
    return true;
}

/// Reports that a page is done. The worker renews its claim on the job for as long as it goes on.
static void report_progress(long number) {
    char line[40];
    int length = snprintf(line, sizeof line, "{\"page\":%ld}\n", number);
    ssize_t written = write(STDERR_FILENO, line, (size_t)length);
    (void)written;
}

struct ocr_lines ocr_page(pix gray, long number, struct pages *pages) {
    page_start = processor_seconds();
    tried++;
    struct ocr_lines lines = {0};
    enum ocr_cleanness cleanness = ocr_clean(&gray);
    bool failed = cleanness == OCR_TOO_MANY_SPOTS;
    if (cleanness == OCR_CLEAN) failed = !recognise_best(&gray, &lines);
    if (lines.letters_kept) pages->by_ocr++;
    else if (failed || lines.letters) report_warning(WARNING_OCR_FAILED, number);
    tesseract.Clear(engine);
    leptonica.Destroy(&gray);
    spent += processor_seconds() - page_start;
    report_progress(number);
    return lines;
}
