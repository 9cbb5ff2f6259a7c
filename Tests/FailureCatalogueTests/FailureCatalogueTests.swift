import Domain
import FoundationEssentials
import LocalCluster
import TestSupport
import Testing

@testable import Parsers

/// The failure catalogue, and the texts of its codes outside of Swift.
@Suite(.timeLimit(.minutes(5))) struct FailureCatalogueTests {
    @Test func `each code has a text of its own, and the text leads to the code`() {
        #expect(Set(FailureCode.allCases.map(\.rawValue)).count == FailureCode.allCases.count)
        for code in FailureCode.allCases {
            #expect(FailureCode(rawValue: code.rawValue) == code)
            #expect(code.rawValue.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" })
        }
        #expect(FailureCode(rawValue: "no_such_code") == nil)
    }

    @Test func `the class of a failure decides the status that a client receives`() {
        for code in FailureCode.allCases {
            guard let status = code.entry.status else { continue }
            #expect([415, 422, 503].contains(status), "\(code)")
            #expect((status < 500) == (code.entry.retries == [.never]), "\(code)")
        }
    }

    @Test func `each failure that a statement records is in the catalogue`() throws {
        let pattern = #/(?:described_error\(\s*|\$1::text = )'(?<code>\w+)'/#
        var codes: Set<String> = []
        for file in try Self.files(in: "Sources", endingIn: ".sql") {
            for match in try Self.text(of: file).matches(of: pattern) {
                codes.insert(String(match.code))
            }
        }
        #expect(codes == ["lease_expired", "worker_died"])
        for code in codes { #expect(FailureCode(rawValue: code) != nil, "\(code)") }
    }

    @Test func `each exit status of the sandbox has its code in the catalogue`() throws {
        let folder = "Sources/Sandbox/parse-sandbox/"
        let codes = try Self.text(of: folder + "failure.c")
            .matches(of: #/case (?<name>FAILURE_\w+): return "(?<code>\w+)"/#)
            .map { (String($0.name), String($0.code)) }
        let statuses = try Self.text(of: folder + "failure.h")
            .matches(of: #/(?<name>FAILURE_\w+) = (?<status>\d+)/#)
            .map { (String($0.name), Int32($0.status)) }
        let codeOf = Dictionary(uniqueKeysWithValues: codes)
        #expect(statuses.count == codes.count)
        #expect(statuses.count == SandboxStatus.allCases.count)
        for (name, status) in statuses {
            let known = try #require(status.flatMap(SandboxStatus.init(rawValue:)), "\(name)")
            // A wrong call of the sandbox is a defect, which the catalogue does not distinguish.
            guard known != .usage else { continue }
            #expect(known.code.rawValue == codeOf[name])
        }
    }

    @Test func `an exit status that the sandbox does not define means that it cannot run`() {
        let failure = SandboxRun.End.exited(99).failure(SandboxReport([]))
        #expect(failure?.code == .machine(.sandboxUnavailable))
        guard case .unavailable? = failure?.class else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test func `each failure is made with a class that the catalogue lists`() throws {
        let pattern =
            #/\.(?<class>transient|permanent|unavailable)\(\s*\.(?<origin>\w+)\(\.(?<code>\w+)\)/#
        let retries = ["transient": "counted", "permanent": "never", "unavailable": "uncounted"]
        let entries = Dictionary(
            uniqueKeysWithValues: FailureCode.allCases.map { ("\($0.caseName)", $0.entry) })
        var count = 0
        for file in try Self.files(in: "Sources", endingIn: ".swift") {
            for match in try Self.text(of: file).matches(of: pattern) {
                let name = "\(match.origin).\(match.code)"
                let entry = try #require(entries[name], "\(file): \(name)")
                #expect(
                    entry.retries.map(\.rawValue).contains(retries[String(match.class)]),
                    "\(file): \(match.class) \(name)")
                count += 1
            }
        }
        #expect(count > 80)
    }

    @Test func `the reference is up to date`() async throws {
        let output = "/tmp/millrace-failures-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: output) }
        let programs = String(Runtime.program("millrace").dropLast("/millrace".count))
        let exit = try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(
                ProcessSpecification(
                    executable: Runtime.repository + "/scripts/failure-reference",
                    arguments: [programs], environment: ["PATH": "/usr/bin:/bin"], log: output)
            ).wait(seconds: 60)
        }
        #expect(exit == .code(0))
        let made = try #require(FileManager.default.contents(atPath: output))
        let kept = try #require(
            FileManager.default.contents(
                atPath: Runtime.repository + "/docs/reference/failures.md"))
        #expect(made == kept, "run: scripts/failure-reference > docs/reference/failures.md")
    }

    private static func files(in folder: String, endingIn suffix: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: Runtime.repository + "/" + folder)
            .filter { $0.hasSuffix(suffix) }.map { folder + "/" + $0 }
    }

    private static func text(of file: String) throws -> String {
        let path = Runtime.repository + "/" + file
        let bytes = try #require(FileManager.default.contents(atPath: path))
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension FailureCode {
    /// The code as Swift names it, for example `storage.diskFull`.
    fileprivate var caseName: String {
        switch self {
        case .document(let failure): "document.\(failure)"
        case .parser(let failure): "parser.\(failure)"
        case .embedder(let failure): "embedder.\(failure)"
        case .provider(let failure): "provider.\(failure)"
        case .budget(let failure): "budget.\(failure)"
        case .storage(let failure): "storage.\(failure)"
        case .database(let failure): "database.\(failure)"
        case .queue(let failure): "queue.\(failure)"
        case .worker(let failure): "worker.\(failure)"
        case .machine(let failure): "machine.\(failure)"
        }
    }
}
