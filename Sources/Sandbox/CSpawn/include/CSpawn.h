// GNU functions that the Glibc module does not export.
#ifndef CSPAWN_H
#define CSPAWN_H

#include <spawn.h>

/// Creates a pipe with close-on-exec ends. Returns 0, or -1 with errno set.
int spawn_pipe(int ends[2]);

/// Creates a pair of connected close-on-exec Unix sockets of the given type. Returns 0, or -1 with
/// errno set.
int spawn_socket_pair(int type, int ends[2]);

/// Sends a message with four descriptors over a Unix socket. Returns 0, or -1 with errno set.
int spawn_send(int socket, const char *text, const int descriptors[4]);

/// Makes the child close all descriptors from `first` upwards. Returns 0 or an errno.
int spawn_close_from(posix_spawn_file_actions_t *actions, int first);

#endif
