import CSpawn
import Domain
import Glibc

/// One run of the sandbox, from start to reaping. Blocks: for a thread of its own.
struct SandboxRun {
    /// How the run ended.
    enum End: Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// Killed by us, for the reason told.
        case tookTooLong, wroteTooMuch, cancelled
    }

    let command: SandboxCommand
    let document: String
    let deadline: ContinuousClock.Instant
    let outputBytesMax: Int
    let child: SandboxChild

    private(set) var output: [UInt8] = []
    /// What the child said on stderr, at most a page of it.
    private(set) var report: [UInt8] = []
    private var killedFor: End?

    private static let reportBytesMax = 4096

    init(
        command: SandboxCommand, document: String, limits: ParserLimits, child: SandboxChild
    ) {
        self.command = command
        self.document = document
        self.deadline = ContinuousClock.now + limits.wallClock
        self.outputBytesMax = limits.outputBytesMax
        self.child = child
    }

    /// Starts the child, drains it, reaps it.
    mutating func run() throws(StageFailure) -> End {
        let input = open(document, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else {
            throw .transient("blob_unreadable", "the document's file cannot be opened")
        }
        defer { close(input) }
        let stdout = try Pipe()
        let stderr = try Pipe()
        let started = try child.start { () throws(StageFailure) in
            try command.spawn(stdin: input, stdout: stdout.writeEnd, stderr: stderr.writeEnd)
        }
        stdout.closeWriteEnd()
        stderr.closeWriteEnd()
        guard started != nil else { return .cancelled }
        drain(stdout: stdout, stderr: stderr)
        return reap()
    }

    /// Reads both pipes until the child has closed them or is killed.
    private mutating func drain(stdout: Pipe, stderr: Pipe) {
        var open = [stdout.readEnd, stderr.readEnd]
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while !open.isEmpty {
            var waiting = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let ready = poll(&waiting, nfds_t(waiting.count), millisecondsLeft())
            if ready < 0 && errno == EINTR { continue }
            guard ready > 0 else { return kill(for: .tookTooLong) }
            for entry in waiting where entry.revents != 0 {
                let count = read(entry.fd, &block, block.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else {
                    open.removeAll { $0 == entry.fd }
                    continue
                }
                if entry.fd == stderr.readEnd {
                    report.append(contentsOf: block.prefix(count))
                    report.removeFirst(max(0, report.count - Self.reportBytesMax))
                } else if output.count + count > outputBytesMax {
                    return kill(for: .wroteTooMuch)
                } else {
                    output.append(contentsOf: block.prefix(count))
                }
            }
        }
    }

    /// Waits for the child, which has closed its pipes and so is about to end, or was killed.
    private mutating func reap() -> End {
        var pause: UInt32 = 200
        while true {
            if let status = child.reapIfEnded() { return end(of: status) }
            if killedFor == nil && millisecondsLeft() == 0 { kill(for: .tookTooLong) }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
    }

    private func end(of status: Int32) -> End {
        if child.wasCancelled { return .cancelled }
        if let killedFor { return killedFor }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }

    private mutating func kill(for reason: End) {
        killedFor = reason
        child.kill()
    }

    private func millisecondsLeft() -> Int32 {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { return 0 }
        return Int32(
            clamping: left.components.seconds * 1000 + 1
                + left.components.attoseconds / 1_000_000_000_000_000)
    }
}

/// A pipe that closes its ends when it goes.
private final class Pipe {
    let readEnd: Int32
    private(set) var writeEnd: Int32

    init() throws(StageFailure) {
        var ends: [Int32] = [-1, -1]
        guard spawn_pipe(&ends) == 0 else {
            throw .unavailable("sandbox_unavailable", "the system gives no pipe")
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    func closeWriteEnd() {
        if writeEnd >= 0 { close(writeEnd) }
        writeEnd = -1
    }

    deinit {
        closeWriteEnd()
        close(readEnd)
    }
}
