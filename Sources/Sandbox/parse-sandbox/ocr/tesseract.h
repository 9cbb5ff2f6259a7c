// The parts of tesseract's and leptonica's C interfaces that are used, bound at run time.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void *ocr_engine;
typedef void *ocr_words;
typedef void *ocr_monitor;
/// A picture of leptonica. Each row is an array of 32-bit words that begin at their highest byte.
typedef void *pix;

enum { TESS_LSTM_ONLY = 1, TESS_SEGMENT_AUTO = 3 };
enum tess_level { TESS_BLOCK, TESS_PARAGRAPH, TESS_LINE, TESS_WORD };
enum { PIX_JPEG = 2, PIX_SILENT = 6, PIX_LUMINANCE = 1 };
enum { PIX_AREA_MAP = 1, PIX_WHITE = 1, PIX_GREATER = 2, PIX_HEIGHT = 2, PIX_EITHER = 5 };

/// Names as in capi.h, without their prefixes Tess, BaseAPI, ResultIterator and PageIterator.
struct tesseract {
    ocr_engine (*Create)(void);
    int (*Init2)(ocr_engine, const char *folder, const char *languages, int mode);
    void (*SetPageSegMode)(ocr_engine, int mode);
    void (*SetImage2)(ocr_engine, pix);
    void (*SetSourceResolution)(ocr_engine, int ppi);
    pix (*GetThresholdedImage)(ocr_engine);
    int (*Recognize)(ocr_engine, ocr_monitor);
    ocr_words (*GetIterator)(ocr_engine);
    void (*Clear)(ocr_engine);
    ocr_monitor (*MonitorCreate)(void);
    void (*MonitorSetCancelFunc)(ocr_monitor, bool (*cancel)(void *, int words));
    void (*DeleteText)(const char *text);
    void (*Delete)(ocr_words);
    int (*Next)(ocr_words, enum tess_level);
    char *(*GetUTF8Text)(ocr_words, enum tess_level);
    float (*Confidence)(ocr_words, enum tess_level);
    int (*WordIsFromDictionary)(ocr_words);
    int (*WordIsNumeric)(ocr_words);
    int (*IsAtBeginningOf)(ocr_words, enum tess_level);
    int (*BoundingBox)(ocr_words, enum tess_level, int *left, int *top, int *right, int *bottom);
};

/// Names as in leptonica's headers, without the prefix pix.
struct leptonica {
    int (*ReadHeaderMem)(const uint8_t *bytes, size_t size, int *format, int *width, int *height,
                         int *bits, int *samples, int *has_map);
    int (*ReadHeaderMemTiff)(const uint8_t *bytes, size_t size, int page, int *width, int *height,
                             int *bits, int *samples, int *resolution, int *has_map, int *format);
    pix (*ReadMem)(const uint8_t *bytes, size_t size);
    pix (*ReadMemJpeg)(const uint8_t *bytes, size_t size, int to_map, int reduction,
                       int *warnings, int hint);
    pix (*ReadMemTiff)(const uint8_t *bytes, size_t size, int page);
    pix (*Create)(int width, int height, int depth);
    void (*Destroy)(pix *);
    int (*GetWidth)(pix);
    int (*GetHeight)(pix);
    int (*GetDepth)(pix);
    int (*GetSpp)(pix);
    int (*GetWpl)(pix);
    uint32_t *(*GetData)(pix);
    pix (*ConvertTo8)(pix, int to_map);
    pix (*Scale)(pix, float x, float y);
    pix (*RotateOrth)(pix, int quarter_turns);
    pix (*FlipLR)(pix target, pix source);
    pix (*Rotate)(pix, float radians, int type, int color, int width, int height);
    pix (*BackgroundNorm)(pix, pix picture_mask, pix gray, int tile_width, int tile_height,
                          int threshold, int least, int background, int smooth_x, int smooth_y);
    pix (*RankFilterGray)(pix, int width, int height, float rank);
    pix (*SelectBySize)(pix, int width, int height, int connectivity, int type, int relation,
                        int *changed);
    int (*FindSkewSweepAndSearch)(pix, float *degrees, float *certainty, int sweep_reduction,
                                  int search_reduction, float range, float step, float least);
    pix (*OpenBrick)(pix target, pix, int width, int height);
    pix (*DilateBrick)(pix target, pix, int width, int height);
    pix (*Subtract)(pix target, pix, pix subtrahend);
    pix (*Or)(pix target, pix, pix);
    int (*SetMasked)(pix target, pix mask, uint32_t value);
    pix (*ThresholdToBinary)(pix gray, int threshold);
    pix (*Invert)(pix target, pix);
    int (*ForegroundFraction)(pix, float *fraction);
    int (*CountConnComp)(pix, int connectivity, int *count);
    int (*OrientDetect)(pix, float *up, float *left, int least, int debug);
};

extern struct tesseract tesseract;
extern struct leptonica leptonica;

/// The engine with its language data.
extern ocr_engine engine;
