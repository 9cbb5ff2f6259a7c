// What office documents contain besides text and tables: equations, charts, diagrams and files.
#pragma once

#include "buffer.h"
#include "tree.h"

/// Appends an equation of OOXML (`oMath`, or `oMathPara` with several) as LaTeX between dollar
/// signs, or as plain text if it has no structure.
void append_office_math(struct buffer *target, const xmlNode *math);
/// Appends an equation of MathML in the same form.
void append_mathml(struct buffer *target, const xmlNode *math);

/// Writes a chart: its title, and a table of its categories and series.
void write_chart(const char *part);
/// Writes the texts of a diagram (SmartArt) as a list.
void write_diagram(const char *part);
/// Adds a file that is embedded in the document.
void write_embedded(const char *part);
