// The orientation of a picture, from its EXIF metadata.
#pragma once

#include "buffer.h"

/// The EXIF orientation of a JPEG, PNG or WebP file, from 1 to 8; 1 (upright) if it has none.
int exif_orientation(const struct buffer *file);
