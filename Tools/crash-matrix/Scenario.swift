/// A run of a cluster in which a program takes steps that it takes in no other scenario.
enum Scenario: String, CaseIterable, Sendable {
    /// One document from upload to search. Hints wake each program.
    case document
    /// The same, but the program receives no hints and finds its work by polling the table.
    case unhinted
    /// A document that no parser can read.
    case unreadable
    /// The same, but long enough for a multipart upload to a bucket. A folder makes no difference.
    case large
    /// A document so long that it is flushed in slices.
    case long
    /// SIGTERM in the middle of a long document.
    case shutdown
    /// What a reconciler repairs: a dead claim, work past its deadline, a job without a hint, a due
    /// retry, and staged rows and a blob without a document.
    case drift

    /// The programs whose steps are tested.
    var targets: [String] {
        switch self {
        case .document: ["ingest-api"] + Self.workers
        case .unhinted: Self.workers
        case .unreadable: ["parse-worker"]
        case .large: []
        case .long: ["flusher"]
        case .shutdown: ["embed-worker"]
        case .drift: ["reconciler"]
        }
    }

    private static let workers = ["parse-worker", "chunk-worker", "embed-worker", "flusher"]

    /// The programs that run next to the target from the beginning.
    func companions(of target: String) -> [String] {
        self == .drift
            ? ["ingest-api"]
            : (["ingest-api", "reconciler"] + Self.workers).filter { $0 != target }
    }

    /// The programs that start once the fault has happened.
    var latecomers: [String] { self == .drift ? Self.workers : [] }

    /// Whether the target's work surely takes longer than the interval of its heartbeats.
    var worksLong: Bool { self == .shutdown }

    /// The environment of the target only.
    var settings: [String: String] {
        switch self {
        // Long enough for a hint to arrive first.
        case .document, .unreadable, .large, .long, .drift: ["MILLRACE_IDLE_WAIT": "20s"]
        case .unhinted: ["MILLRACE_TOPIC_PREFIX": "elsewhere"]
        case .shutdown: ["MILLRACE_IDLE_WAIT": "20s", "MILLRACE_DRAIN_GRACE": "1ms"]
        }
    }

    /// Name and text of the document.
    var document: (name: String, text: String) {
        switch self {
        case .unreadable: ("truncated.pdf", Self.brokenPDF)
        case .large: ("large.pdf", Self.brokenPDF + String(repeating: " ", count: 6 << 20))
        case .long: ("tome.md", Self.prose(sections: 700))
        case .shutdown: ("long.md", Self.prose(sections: 60))
        default: ("parcels.md", Self.prose(sections: 12))
        }
    }

    /// The position at which its job ends.
    var end: String {
        [.unreadable, .large].contains(self) ? "parsing/deadletter" : "embedded/done"
    }

    private static let brokenPDF = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog"

    static func prose(sections: Int, _ subject: String = "Parcel") -> String {
        (1...sections).map { number in
            "# \(subject) \(number)\n\n"
                + String(
                    repeating: "\(subject) \(number) lies in bay \(number * 7 % 31). ", count: 40)
        }.joined(separator: "\n\n")
    }
}

/// The fault that a process is subjected to.
enum Fault: String, CaseIterable, Sendable { case kill, stop }

/// A fault of a program at one of its steps.
struct Cell: Sendable, Hashable {
    var scenario: Scenario
    var target: String
    /// As in `after claim`.
    var point: String
    var fault: Fault
}
