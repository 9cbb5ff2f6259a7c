// Files inside an Office document: each has a storage of its own.
#pragma once

#include "compound.h"

/// Adds the files in storages of `parent` whose names begin with `prefix`. Objects of Office from
/// before 2007 are streams rather than files; they are left out with a warning.
void embedded_files(uint32_t parent, const char *prefix);
