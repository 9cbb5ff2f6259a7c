import Domain
import Foundation
import Parsers
import Pipeline
import Testing

/// The child process: jailed, bounded, never left behind.
@Suite struct JailTests {
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
        #expect(lines.split(separator: "\n").count == 10)
        #expect(lines.split(separator: "\n").allSatisfy { $0.hasSuffix(": EPERM") })
    }

    @Test func `a document that needs more memory than it may have is refused`() async throws {
        let parser = Sandbox.parser(ParserLimits(memoryMB: 80))
        let failure = await Sandbox.failure(
            Array(repeating: UInt8(ascii: "x"), count: 100 << 20), as: .plainText, with: parser)
        #expect(failure?.code == "too_large")
        #expect(try await Sandbox.markdown("fine", as: .plainText) == "fine\n")
    }

    @Test func `a document that needs more processor time than it may have counts as an attempt`()
        async throws
    {
        let parser = Sandbox.parser(ParserLimits(cpuSeconds: 1))
        let failure = await Sandbox.failure(Slow.document, as: .pdf, with: parser)
        #expect(failure?.code == "parser_timeout")
        #expect(failure?.class == .transient())
    }

    @Test func `a parse that takes too long is killed`() async throws {
        // It may use all the processor time it likes, so that only the clock can end it.
        let parser = Sandbox.parser(
            ParserLimits(cpuSeconds: 3600, wallClock: .milliseconds(300)))
        let failure = await Sandbox.failure(Slow.document, as: .pdf, with: parser)
        #expect(failure?.code == "parser_timeout")
    }

    @Test func `cancelling the task kills the child`() async throws {
        let file = TemporaryFile(Slow.document)
        let parser = Sandbox.parser()
        let source = SourceDocument(
            path: file.path, mime: MediaType.pdf.rawValue, filename: "a.pdf", bytesLength: 1)
        let task = Task { () -> StageFailure? in
            do throws(StageFailure) {
                _ = try await parser.parse(source)
                return nil
            } catch {
                return error
            }
        }
        let child = try await Children.one(holding: file.path)
        task.cancel()
        #expect(await task.value?.code == "cancelled")
        #expect(!Children.exists(child))
    }

    @Test func `a parse cancelled before its turn starts no child`() async throws {
        let parser = Sandbox.parser(ParserLimits(concurrentMax: 1))
        let slow = TemporaryFile(Slow.document)
        let source = SourceDocument(
            path: slow.path, mime: MediaType.pdf.rawValue, filename: "a.pdf", bytesLength: 1)
        let first = Task { try await parser.parse(source) }
        _ = try await Children.one(holding: slow.path)
        let second = Task { try await parser.parse(source) }
        second.cancel()
        #expect(await second.result.failureCode == "cancelled")
        first.cancel()
        #expect(await first.result.failureCode == "cancelled")
    }

    @Test func `a sandbox or pdfium that is missing is a transient failure`() async {
        let nowhere = LocalParser(sandboxPath: "/nonexistent", pdfiumPath: nil)
        let failure = await Sandbox.failure([0x41], as: .plainText, with: nowhere)
        #expect(failure?.code == "sandbox_unavailable")
        #expect(failure?.class == .transient())
        for pdfium in [nil, "/nonexistent.so"] {
            let parser = LocalParser(sandboxPath: Sandbox.path, pdfiumPath: pdfium)
            let failure = await Sandbox.failure(PDFFile.document([[]]), as: .pdf, with: parser)
            #expect(failure?.code == "sandbox_unavailable")
            #expect(failure?.class == .transient())
        }
    }

    @Test func `fifty documents at once are all parsed right`() async throws {
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
        return (error as? StageFailure)?.code
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

/// Child processes of this one, as the kernel sees them.
enum Children {
    /// Waits until one has this file as its standard input.
    static func one(holding path: String) async throws -> Int32 {
        for _ in 0..<1000 {
            for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
                guard let pid = Int32(name), pid != getpid() else { continue }
                let target = readLink("/proc/\(name)/fd/0")
                if target == path { return pid }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw StageFailure.transient("no_child", "no child came to hold the file")
    }

    static func exists(_ pid: Int32) -> Bool { kill(pid, 0) == 0 }

    private static func readLink(_ path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    }
}
