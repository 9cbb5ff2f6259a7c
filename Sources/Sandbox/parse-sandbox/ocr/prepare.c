// Binds tesseract and leptonica, and loads the language data, before the first child is forked.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "failure.h"
#include "ocr.h"

struct tesseract tesseract;
struct leptonica leptonica;
ocr_engine engine;

/// Why optical recognition is unavailable, or NULL.
static const char *obstacle = "optical recognition requires --tesseract";

static void *bind(void *library, const char *prefix, const char *name) {
    char symbol[80];
    snprintf(symbol, sizeof symbol, "%s%s", prefix, name);
    void *function = dlsym(library, symbol);
    if (!function) obstacle = "the tesseract library lacks a function";
    return function;
}

static void bind_tesseract(void *library) {
#define BIND(prefix, name) *(void **)&tesseract.name = bind(library, prefix, #name)
    BIND("TessBaseAPI", Create);
    BIND("TessBaseAPI", Init2);
    BIND("TessBaseAPI", SetPageSegMode);
    BIND("TessBaseAPI", SetImage2);
    BIND("TessBaseAPI", SetSourceResolution);
    BIND("TessBaseAPI", GetThresholdedImage);
    BIND("TessBaseAPI", Recognize);
    BIND("TessBaseAPI", GetIterator);
    BIND("TessBaseAPI", Clear);
    BIND("Tess", MonitorCreate);
    BIND("Tess", MonitorSetCancelFunc);
    BIND("Tess", DeleteText);
    BIND("TessResultIterator", Delete);
    BIND("TessResultIterator", Next);
    BIND("TessResultIterator", GetUTF8Text);
    BIND("TessResultIterator", Confidence);
    BIND("TessResultIterator", WordIsFromDictionary);
    BIND("TessResultIterator", WordIsNumeric);
    BIND("TessPageIterator", IsAtBeginningOf);
    BIND("TessPageIterator", BoundingBox);
#undef BIND
}

/// Binds leptonica, which tesseract has loaded.
static void bind_leptonica(void *library) {
#define BIND(name) *(void **)&leptonica.name = bind(library, "pix", #name)
    *(void **)&leptonica.ReadHeaderMemTiff = bind(library, "", "readHeaderMemTiff");
    BIND(ReadHeaderMem);
    BIND(ReadMem);
    BIND(ReadMemJpeg);
    BIND(ReadMemTiff);
    BIND(Create);
    BIND(Destroy);
    BIND(GetWidth);
    BIND(GetHeight);
    BIND(GetDepth);
    BIND(GetSpp);
    BIND(GetWpl);
    BIND(GetData);
    BIND(ConvertTo8);
    BIND(Scale);
    BIND(RotateOrth);
    BIND(FlipLR);
    BIND(Rotate);
    BIND(BackgroundNorm);
    BIND(RankFilterGray);
    BIND(SelectBySize);
    BIND(FindSkewSweepAndSearch);
    BIND(OpenBrick);
    BIND(DilateBrick);
    BIND(Subtract);
    BIND(Or);
    BIND(SetMasked);
    BIND(ThresholdToBinary);
    BIND(Invert);
    BIND(ForegroundFraction);
    BIND(CountConnComp);
    BIND(OrientDetect);
#undef BIND
    int (*silence)(int) = NULL;
    *(void **)&silence = bind(library, "", "setMsgSeverity");
    if (silence) silence(PIX_SILENT);
}

/// Sends what libraries print to nowhere. Only the report may reach descriptor 2.
static void silence_libraries(void) {
    FILE *nowhere = fopen("/dev/null", "w");
    if (nowhere) stderr = nowhere;
}

void ocr_prepare(const struct ocr_options *options) {
    if (!options->library) return;
    obstacle = NULL;
    silence_libraries();
    // The library's loops in parallel would start threads. The variable is read when it is loaded.
    setenv("OMP_THREAD_LIMIT", "1", 1);
    void *library = dlopen(options->library, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        obstacle = "the tesseract library cannot be loaded";
        return;
    }
    bind_tesseract(library);
    bind_leptonica(library);
    if (obstacle) return;
    engine = tesseract.Create();
    if (tesseract.Init2(engine, options->data_folder, options->languages, TESS_LSTM_ONLY)) {
        obstacle = "the language data of tesseract cannot be loaded";
        return;
    }
    tesseract.SetPageSegMode(engine, TESS_SEGMENT_AUTO);
}

bool ocr_is_ready(void) { return !obstacle; }

void ocr_require(void) {
    if (obstacle) fail(FAILURE_SANDBOX_UNAVAILABLE, obstacle);
}
