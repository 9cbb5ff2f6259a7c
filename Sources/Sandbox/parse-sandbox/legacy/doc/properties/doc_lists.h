// Automatic numbers of list paragraphs and numbered headings.
#pragma once

#include "doc_styles.h"
#include "paragraph.h"

void doc_lists_read(void);

/// Counts the paragraph in its list and sets its level and its number, such as "2.1" or "(b)". Must
/// be called once per paragraph, in order.
void doc_list_label(const struct paragraph_properties *properties, struct paragraph *paragraph);
