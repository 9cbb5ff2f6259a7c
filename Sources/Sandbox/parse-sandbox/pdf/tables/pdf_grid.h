// The grid that rules draw: edges of rows and columns, and the cells between them.
#pragma once

#include "pdf_page.h"

enum { grid_columns_max = 100, grid_rows_max = 1000 };

struct pdf_grid {
    /// Edges of columns from left to right, and of rows from top to bottom.
    float x[grid_columns_max + 1], y[grid_rows_max + 1];
    int columns, rows;
    /// For each place the index of the place where its cell begins: rows * columns.
    int *owners;
};

/// Rules that touch each other, directly or by others.
struct pdf_rule_groups {
    /// The group of each rule.
    int *across, *down;
    int count;
};

/// Joins rules that continue each other, and sorts them by place. Returns false if there are too
/// many for tables.
bool pdf_merge_rules(struct pdf_rules *rules);
struct pdf_rule_groups pdf_group_rules(const struct pdf_page_text *text);
/// Makes the grid of a group. Returns false if it has less than two rows or two columns.
bool pdf_make_grid(struct pdf_grid *grid, const struct pdf_page_text *text,
                   const struct pdf_rule_groups *groups, int group);
