// Prepares the picture of a page for recognition.
#pragma once

#include <stdbool.h>

#include "tesseract.h"

enum ocr_cleanness { OCR_CLEAN, OCR_BLANK, OCR_TOO_MANY_SPOTS };

/// Makes the background white, removes specks, straightens the lines and turns the page upright.
/// Replaces `gray`, a picture of 8 bits per pixel.
enum ocr_cleanness ocr_clean(pix *gray);

/// Turns the page clockwise by quarters. Replaces `gray`.
void ocr_turn(pix *gray, int quarters);

/// Doubles the size of a picture with small letters, such as a screenshot. Replaces `gray`.
void ocr_magnify(pix *gray);
