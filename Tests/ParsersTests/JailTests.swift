import Domain
import Foundation
import Parsers
import Pipeline
import TestSupport
import Testing

/// The child process: jailed, bounded, never left behind.
@Suite(.timeLimit(.minutes(5))) struct JailTests {
    @Test func `the jail refuses files, sockets, programs and other processes`() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Sandbox.path)
        process.arguments = ["--self-test"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let lines = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(lines.split(separator: "\n").count == 11)
        #expect(lines.split(separator: "\n").allSatisfy { $0.hasSuffix(": EPERM") })
    }

    @Test func `a document that needs more memory than the limit is refused`() async throws {
        let parser = Sandbox.parser(ParserLimits(memoryMB: 80))
        let failure = await Sandbox.failure(
            Array(repeating: UInt8(ascii: "x"), count: 100 << 20), as: .plainText, with: parser)
        #expect(failure?.code == .document(.tooLarge))
        #expect(try await Sandbox.markdown("fine", as: .plainText) == "fine\n")
    }

    @Test func `a document that needs more processor time than the limit is refused`()
        async throws
    {
        let parser = Sandbox.parser(ParserLimits(cpuSeconds: 1))
        let failure = await Sandbox.failure(Slow.document, as: .pdf, with: parser)
        #expect(failure?.code == .document(.tooLarge))
        #expect(failure?.class == .permanent)
    }

    @Test func `a parse that takes too long is killed`() async throws {
        let parser = Sandbox.parser(ParserLimits(wallClock: .milliseconds(300)))
        let endless = EndlessFile()
        let parse = Task { try await parser.parse(endless.source) }
        #expect(await parse.result.failureCode == "parser_timeout")
    }

    @Test func `cancelling the task kills the child`() async throws {
        let parser = Sandbox.parser()
        let endless = EndlessFile()
        let parse = Task { try await parser.parse(endless.source) }
        let child = try await endless.reader()
        parse.cancel()
        #expect(await parse.result.failureCode == "cancelled")
        #expect(kill(child, 0) == -1 && errno == ESRCH)
    }

    @Test func `children of a killed sandbox end with it, and the sandbox is started again`()
        async throws
    {
        let parser = Sandbox.parser()
        let endless = EndlessFile()
        let parse = Task { try await parser.parse(endless.source) }
        let child = try await endless.reader()
        let status = try String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
        let sandbox = try #require(
            status.split(separator: ")").last?.split(separator: " ").dropFirst().first
                .flatMap { pid_t($0) })
        #expect(sandbox != getpid())
        kill(sandbox, SIGKILL)
        #expect(await parse.result.failureCode == "sandbox_unavailable")
        while kill(child, 0) == 0 { try await Task.sleep(for: .milliseconds(5)) }
        let next = try await Sandbox.parse(Array("fine".utf8), as: .plainText, with: parser)
        #expect(next.markdown == "fine\n")
    }

    @Test func `a parse that is cancelled while it waits starts no child`() async throws {
        let parser = Sandbox.parser(ParserLimits(concurrentMax: 1))
        let endless = EndlessFile()
        let other = EndlessFile()
        let first = Task { try await parser.parse(endless.source) }
        _ = try await endless.reader()
        let second = Task { try await parser.parse(other.source) }
        second.cancel()
        #expect(await second.result.failureCode == "cancelled")
        #expect(try other.readerIfAny() == nil)
        first.cancel()
        #expect(await first.result.failureCode == "cancelled")
    }

    @Test func `a missing sandbox or pdfium is not a failure of the document`() async {
        let nowhere = LocalParser(sandboxPath: "/nonexistent", pdfiumPath: nil)
        let failure = await Sandbox.failure([0x41], as: .plainText, with: nowhere)
        #expect(failure?.code == .machine(.sandboxUnavailable))
        #expect(failure?.class == .unavailable(for: .seconds(30)))
        for pdfium in [nil, "/nonexistent.so"] {
            let parser = LocalParser(sandboxPath: Sandbox.path, pdfiumPath: pdfium)
            let failure = await Sandbox.failure(PDFFile.document([[]]), as: .pdf, with: parser)
            #expect(failure?.code == .machine(.sandboxUnavailable))
            #expect(failure?.class == .unavailable(for: .seconds(30)))
        }
    }

    @Test func `fifty documents are parsed correctly at the same time`() async throws {
        let parser = Sandbox.parser()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<50 {
                group.addTask {
                    let line = PDFFile.Line(text: "Document \(index) has its own words.", y: 700)
                    let parsed = try await Sandbox.parse(
                        PDFFile.document([[line]]), as: .pdf, with: parser)
                    return parsed.markdown == "Document \(index) has its own words.\n"
                }
            }
            for try await right in group { #expect(right) }
        }
    }
}

extension Result where Failure == any Error {
    fileprivate var failureCode: String? {
        guard case .failure(let error) = self else { return nil }
        return (error as? JobFailure)?.code.rawValue
    }
}

/// A PDF that keeps a parser busy for many seconds.
enum Slow {
    static let document: [UInt8] = {
        let line = PDFFile.Line(text: String(repeating: "lorem ipsum dolor ", count: 30), y: 700)
        let lines = (0..<400).map { index in
            PDFFile.Line(text: line.text, size: 6, x: 20 + index % 7, y: 20 + index)
        }
        return PDFFile.document(Array(repeating: lines, count: 60))
    }()
}

/// A document that never ends: a named pipe that stays open for writing.
final class EndlessFile: Sendable {
    let path = NSTemporaryDirectory() + "millrace-parsers-\(UUID().uuidString)"
    private let writeEnd: Int32

    init() {
        guard mkfifo(path, 0o600) == 0 else { fatalError("no pipe can be made at \(path)") }
        writeEnd = open(path, O_RDWR | O_CLOEXEC)
    }

    deinit {
        close(writeEnd)
        unlink(path)
    }

    var source: SourceDocument {
        SourceDocument(
            path: path, mime: MediaType.plainText.rawValue, filename: "a.txt", byteCount: 1,
            subject: CallSubject(tenant: TenantID()), progress: Progress(), tickets: NoTickets())
    }

    /// Waits until a child process has this file as its standard input; the suite's time limit
    /// bounds the wait.
    func reader() async throws -> Int32 {
        while true {
            if let reader = try readerIfAny() { return reader }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func readerIfAny() throws -> Int32? {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").lazy.compactMap { Int32($0) }
            .first { [path] pid in
                let input = "/proc/\(pid)/fd/0"
                return pid != getpid()
                    && (try? FileManager.default.destinationOfSymbolicLink(atPath: input)) == path
            }
    }
}
