// GNU functions that the Glibc module does not carry.
#ifndef CSPAWN_H
#define CSPAWN_H

#include <spawn.h>

/// Makes a pipe whose ends no child inherits. Returns 0, or -1 with errno set.
int spawn_pipe(int ends[2]);

/// Has the child close every descriptor from `first` on. Returns 0 or an errno.
int spawn_close_from(posix_spawn_file_actions_t *actions, int first);

#endif
