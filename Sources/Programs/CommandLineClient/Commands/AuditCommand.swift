import ArgumentParser

/// `millrace audit`
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Checks the invariants of the pipeline; changes nothing.",
        discussion: """
            Checks the documents and jobs that changed within the window, and every job that is \
            overdue. The API runs one audit at a time. Requires an operator's token. Exit code 1 \
            when an invariant is broken or a blob is missing.
            """)

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "Check what changed within this time, such as 30m, 2h or 7d (default: 1h).")
    var window: DurationArgument?
    @Flag(help: "Check everything, however old.") var all = false
    @Flag(
        help: """
            Also check that each blob that a document names is in the API's store, however old the \
            document is.
            """)
    var blobs = false
    @Option(
        help: """
            Stop waiting after this time. The API ends an audit after its \
            --operations-audit-timeout.
            """)
    var timeout = DurationArgument.default("1h")

    func validate() throws {
        guard window == nil || !all else {
            throw ValidationError("Give either --window or --all.")
        }
    }

    func run() async throws {
        let request = AuditRequest(
            windowSeconds: window?.seconds, all: all ? true : nil, blobs: blobs)
        let response: APIClient.Response<AuditResponse> = try await api.operatorClient().post(
            "/v1/operations/audit", request, timeout: timeout.duration)
        let report = response.value
        if output.json {
            Output.line(response.json)
        } else {
            Self.show(report, output.style)
        }
        if !report.isSound { throw ExitCode(CommandStatus.failure.rawValue) }
    }

    private static func show(_ report: AuditResponse, _ style: Style) {
        func mark(_ isSound: Bool) -> String {
            isSound ? style.good("ok    ") : style.bad("broken")
        }
        for finding in report.invariants {
            Output.line("\(mark(finding.breaches.isEmpty)) \(finding.promise)")
            for breach in finding.breaches {
                Output.line("       \(breach.subject)  \(breach.detail.printable)")
            }
        }
        guard let blobs = report.blobs else { return }
        Output.line(
            "\(mark(blobs.missingCount == 0)) each blob that a document names is in the store "
                + "(\(blobs.named - blobs.missingCount) of \(blobs.named))")
        for missing in blobs.missing { Output.line("       \(missing.printable)") }
        let hidden = blobs.missingCount - blobs.missing.count
        if hidden > 0 { Output.line("       and \(hidden) more") }
    }
}
