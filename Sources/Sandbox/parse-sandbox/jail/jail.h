// The jail: after `jail_close` the process can compute, read and write what is open, and
// nothing else. It needs no privileges and no namespaces, so it holds in any container.
#pragma once

/// Makes what `jail_close` applies, once for all children; ends the process when it cannot be had.
void jail_build(void);

/// Closes every descriptor but stdin, stdout and stderr, and dies with its parent.
/// `parent` is the caller's process id, 0 when unknown.
void jail_prepare(int parent);

/// Applies the limits and the system call filter; ends the process with
/// `sandbox_unavailable` when any part of it cannot be had.
void jail_close(void);

/// Tries what the jail must refuse and prints one line each; 0 when all was refused.
int jail_self_test(void);
