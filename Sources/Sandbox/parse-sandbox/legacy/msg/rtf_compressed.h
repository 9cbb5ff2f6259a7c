// Compressed RTF ([MS-OXRTFCP]), the form in which Outlook stores the body of a message.
#pragma once

#include "view.h"

/// Appends the RTF. Returns false if the data has another form.
bool rtf_decompress(struct view data, struct buffer *rtf);
