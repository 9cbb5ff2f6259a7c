import CSpawn
import Domain
import Glibc
import Pipeline

/// Runs one document in the sandbox, from the child's start to its end. Blocks its thread.
struct SandboxRun {
    /// How the run ended.
    enum End: Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// Killed by this process for the named reason.
        case tookTooLong, wroteTooMuch, cancelled
        /// Unknown, because the sandbox program has ended or could not start a child.
        case lost
    }

    let server: SandboxServer
    let format: String
    let document: String
    let deadline: ContinuousClock.Instant
    let outputBytesMax: Int
    let child: SandboxChild
    /// Advanced when the child reports that a page is done.
    let progress: Progress

    private var output = OutputBlocks()
    /// The last 4096 bytes that the child wrote to stderr.
    private(set) var report: [UInt8] = []
    private var killedFor: End?

    private static let reportBytesMax = 4096

    init(
        server: SandboxServer, format: String, document: String, limits: ParserLimits,
        child: SandboxChild, progress: Progress
    ) {
        self.server = server
        self.format = format
        self.document = document
        self.deadline = ContinuousClock.now + limits.wallClock
        self.outputBytesMax = limits.outputBytesMax
        self.child = child
        self.progress = progress
    }

    /// Starts the child, reads its output and waits for its end.
    mutating func run() throws(JobFailure) -> End {
        let input = open(document, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else {
            throw .transient(.storage(.blobUnreadable), "the document's file cannot be opened")
        }
        defer { close(input) }
        let stdout = try Pipe()
        let stderr = try Pipe()
        let line = try child.begin { () throws(JobFailure) in
            try server.start(
                format, document: input, output: stdout.writeEnd, report: stderr.writeEnd)
        }
        stdout.closeWriteEnd()
        stderr.closeWriteEnd()
        guard let line else { return .cancelled }
        defer { child.end() }
        drain(stdout: stdout, stderr: stderr)
        return waitForEnd(on: line)
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
                    progress.advance()
                    report.append(contentsOf: block.prefix(count))
                    report.removeFirst(max(0, report.count - Self.reportBytesMax))
                } else if output.byteCount + count > outputBytesMax {
                    return kill(for: .wroteTooMuch)
                } else {
                    output.append(block.prefix(count))
                }
            }
        }
    }

    /// Returns the child's output and frees the buffer. Must be called only once.
    mutating func takeText() -> String { output.takeText() }

    /// Waits for the end of the child, which has closed its pipes or was killed.
    private mutating func waitForEnd(on line: Int32) -> End {
        while true {
            var waiting = pollfd(fd: line, events: Int16(POLLIN), revents: 0)
            let pollMilliseconds = killedFor == nil ? millisecondsLeft() : Self.deathMilliseconds
            let ready = poll(&waiting, 1, pollMilliseconds)
            if ready < 0 && errno == EINTR { continue }
            if ready == 0 && killedFor == nil {
                kill(for: .tookTooLong)
                continue
            }
            var status: Int32 = -1
            guard ready > 0, recv(line, &status, 4, 0) == 4, status != -1 else {
                return child.wasCancelled ? .cancelled : killedFor ?? .lost
            }
            return end(of: status)
        }
    }

    /// Maximum wait for a killed child. It ends at once unless the system is badly overloaded.
    private static let deathMilliseconds: Int32 = 10_000

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

/// Stores bytes in blocks, so that a large text is never in memory twice.
private struct OutputBlocks {
    private(set) var byteCount = 0
    private var blocks: [[UInt8]] = []
    private static let blockBytes = 1 << 20

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        if blocks.last.map({ $0.count + bytes.count > Self.blockBytes }) ?? true {
            blocks.append([])
            if blocks.count > 1 { blocks[blocks.count - 1].reserveCapacity(Self.blockBytes) }
        }
        blocks[blocks.count - 1].append(contentsOf: bytes)
        byteCount += bytes.count
    }

    /// Returns all bytes as text. Frees each block once it is copied.
    mutating func takeText() -> String {
        String(unsafeUninitializedCapacity: byteCount) { target in
            var length = 0
            for index in blocks.indices {
                let block = blocks[index]
                blocks[index] = []
                length = target[length...].update(fromContentsOf: block)
            }
            return length
        }
    }
}

/// A pipe that closes its ends when it is released.
private final class Pipe {
    let readEnd: Int32
    private(set) var writeEnd: Int32

    init() throws(JobFailure) {
        var ends: [Int32] = [-1, -1]
        guard spawn_pipe(&ends) == 0 else {
            throw .unavailable(.machine(.sandboxUnavailable), "the system cannot create a pipe")
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
