// The jail. After `jail_close` the process can only compute, and read and write open descriptors.
// It needs no privileges and no namespaces, so it works in any container.
#pragma once

/// Builds the filter that `jail_close` applies, once for all children. Ends the process with
/// `sandbox_unavailable` if that fails.
void jail_build(void);

/// Closes all descriptors except stdin, stdout and stderr, and binds the process to its parent's
/// life. `parent` is the parent's process id, 0 if unknown.
void jail_prepare(int parent);

/// Applies the limits and the system call filter. Ends the process with
/// `sandbox_unavailable` if any part fails.
void jail_close(void);

/// Tries the actions that the jail must refuse, and prints one line per action. Returns 0 if all
/// were refused.
int jail_self_test(void);
