// The names by which documents declare their encoding.
#pragma once

#include <unicode/ucnv.h>

/// Opens the converter that browsers use for a label, such as Windows-1252 for `latin1`; NULL if
/// the label is unknown or its encoding is not a superset of ASCII.
UConverter *encoding_open_label(const char *label);
/// The name of a converter's encoding: by IANA, if it has one.
const char *encoding_name(UConverter *converter);
