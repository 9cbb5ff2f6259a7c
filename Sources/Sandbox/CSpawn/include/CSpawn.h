// GNU functions that the Glibc module does not carry.
#ifndef CSPAWN_H
#define CSPAWN_H

#include <spawn.h>

/// Makes a pipe whose ends no child inherits. Returns 0, or -1 with errno set.
int spawn_pipe(int ends[2]);

/// Makes a pair of connected Unix sockets of a type that no child inherits. Returns 0, or -1 with
/// errno set.
int spawn_socket_pair(int type, int ends[2]);

/// Sends a message with four descriptors over a Unix socket. Returns 0, or -1 with errno set.
int spawn_send(int socket, const char *text, const int descriptors[4]);

/// Has the child close every descriptor from `first` on. Returns 0 or an errno.
int spawn_close_from(posix_spawn_file_actions_t *actions, int first);

#endif
