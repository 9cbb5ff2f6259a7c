// Decides which lines of a block are heading rows.
#pragma once

#include "profiles.h"

enum evidence {
    /// The line is a record.
    HEADING_NO,
    /// Nothing but its place speaks for a heading: all values below are text, too.
    HEADING_MAYBE,
    HEADING_YES,
};

/// Whether a line is the heading row of the lines from `below` to before `end`.
enum evidence heading_evidence(const struct block *block, size_t line, size_t below, size_t end);

/// Whether `line`, right below the heading rows that end with `above`, is one, too.
bool heading_goes_on(const struct block *block, size_t above, size_t line, size_t end);

/// Whether a new table begins at `line`, below the records that `profiles` describes: a heading
/// row, perhaps with labels above it. Sets `heading` to the heading row.
bool begins_table(const struct block *block, size_t line, const struct profile *profiles,
                  bool has_emphasised_records, size_t *heading);
