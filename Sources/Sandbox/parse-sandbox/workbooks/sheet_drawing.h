// What is drawn over the cells of a sheet: text boxes, alternative texts of pictures, charts,
// diagrams.
#pragma once

/// Writes the texts of a drawing part, in the order in which they were drawn.
void sheet_drawing_write(const char *part);
