import Glibc

/// Where the handler writes the signals it receives; set once, before the handler is installed.
nonisolated(unsafe) private var signalPipe: Int32 = -1

/// The signals of this process, queued in a pipe and read by one thread.
package struct Signals {
    private let readEnd: Int32

    /// Takes over these signals for the rest of the process's life. Create it only once.
    package init(_ numbers: [Int32]) throws(ClusterError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system("create a pipe") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        readEnd = ends[0]
        signalPipe = ends[1]
        for number in numbers {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { number in
                var byte = UInt8(truncatingIfNeeded: number)
                let saved = errno
                write(signalPipe, &byte, 1)
                errno = saved
            }
            action.sa_flags = SA_RESTART
            sigaction(number, &action, nil)
        }
    }

    /// The next signal, waiting at most `milliseconds` for one.
    package func next(milliseconds: Int32) -> Int32? {
        var wanted = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        guard poll(&wanted, 1, milliseconds) > 0 else { return nil }
        var byte: UInt8 = 0
        return read(readEnd, &byte, 1) == 1 ? Int32(byte) : nil
    }
}
