// Decodes one picture of an image file.
#pragma once

#include <stdbool.h>

#include "buffer.h"
#include "tesseract.h"

enum picture_state { PICTURE_FINE, PICTURE_DAMAGED, PICTURE_TOO_LARGE };

/// Sets `gray` to the picture, upright as its metadata say, with 8 bits per pixel and a size that
/// suits the engine. `page` is from 0, for TIFF.
enum picture_state picture_decode(const struct buffer *file, int page, pix *gray);

/// The number of pages of a TIFF file, up to `most` + 1; 1 for other formats.
int picture_count(const struct buffer *file, int most);
