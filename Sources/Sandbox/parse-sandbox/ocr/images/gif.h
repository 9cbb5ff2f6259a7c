// The first frame of a GIF file.
#pragma once

#include "buffer.h"

/// The length of a GIF file up to the end of its first frame; 0 if the file is damaged. Also sets
/// the size of the frame.
size_t gif_first_frame(const struct buffer *file, int *width, int *height);
