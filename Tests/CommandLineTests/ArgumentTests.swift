import ArgumentParser
import Domain
import Operating
import Testing

@testable import CommandLineClient

@Suite struct ArgumentTests {
    private func parse<Command: ParsableCommand>(
        _ arguments: String..., as type: Command.Type = Command.self
    ) throws -> Command {
        try #require(try Millrace.parseAsRoot(arguments) as? Command)
    }

    private func expectRefused(_ arguments: [String]) {
        let error = #expect(throws: (any Error).self, "\(arguments)") {
            try Millrace.parseAsRoot(arguments)
        }
        guard let error else { return }
        #expect(Millrace.exitCode(for: error).rawValue == CommandStatus.usage.rawValue)
    }

    @Test func `up accepts worker counts and refuses invalid numbers`() throws {
        let command: UpCommand = try parse("up", "--parse-workers", "3", "--flushers", "2")
        #expect((command.parseWorkers, command.chunkWorkers, command.flushers) == (3, nil, 2))
        #expect(command.embedWorkers == nil, "the number of the last start")
        for wrong in [["--embed-workers", "65"], ["--http-port", "0"], ["--http-port", "65536"]] {
            expectRefused(["up"] + wrong)
        }
    }

    @Test func `topics refuses invalid partition, replication and timeout values`() throws {
        let command: TopicsCommand = try parse("topics", "--timeout", "5m")
        #expect((command.partitions, command.timeout.duration) == (16, .seconds(300)))
        for wrong in [
            ["--partitions", "0"], ["--replication-factor", "0"], ["--timeout", "0s"],
            ["--timeout", "2h"], ["--timeout", "60"],
        ] {
            expectRefused(["topics"] + wrong)
        }
    }

    @Test(arguments: [
        ("30s", 30), ("15m", 900), ("2h", 7200), ("7d", 604_800), ("36525d", 3_155_760_000),
    ])
    func `a duration is a number and a unit`(text: String, seconds: Int) {
        #expect(DurationArgument(argument: text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "s", "30", "-1s", "0s", "1.5h", "1 h", "1w", "36526d", "9223372036854775807d",
    ])
    func `anything else is not a duration`(text: String) {
        #expect(DurationArgument(argument: text) == nil)
    }

    @Test func `a redrive selects jobs in one way`() throws {
        let id = "01890000-0000-7000-8000-000000000000"
        for action in ["redrive", "purge"] {
            for wrong in [
                [], ["--all", "--code", "x"], ["--stage", "nonsense"], ["--job", "nonsense"],
                ["--tenant", "nonsense"], ["--job", id, "--code", "x"],
            ] {
                expectRefused(["dead-letters", action] + wrong)
            }
        }
        let command: DeadLettersRedriveCommand = try parse(
            "dead-letters", "redrive", "--stage", "embedding", "--code", "x")
        #expect(command.selection.filter.stage == .embedding)
        let several: DeadLettersPurgeCommand = try parse(
            "dead-letters", "purge", "--job", id, "--job", id, "--dry-run")
        #expect(several.selection.jobs.count == 2)
    }

    @Test func `an audit has a window or covers everything`() throws {
        let command: AuditCommand = try parse("audit", "--window", "2h", "--blobs")
        #expect(command.window?.seconds == 7200)
        expectRefused(["audit", "--window", "2h", "--all"])
        expectRefused(["audit", "--hours", "2"])
    }

    @Test func `spend has a grouping and bounds`() throws {
        let command: SpendCommand = try parse("spend", "--by", "tenant", "--window", "7d")
        #expect((command.by, command.window.seconds) == (.tenant, 604_800))
        for wrong in [
            ["--by", "month"], ["--limit", "0"], ["--limit", "1001"], ["--tenant", "x"],
        ] {
            expectRefused(["spend"] + wrong)
        }
    }

    @Test func `a query of several words needs no quotes`() throws {
        let command: SearchCommand = try parse(
            "search", "who", "wins", "-k", "3", "--mode", "text")
        #expect(command.query == ["who", "wins"])
        #expect((command.k, command.mode) == (3, .text))
        expectRefused(["search", "-k", "0", "x"])
    }

    @Test(arguments: [
        (200, "ready\n", "ready"), (200, "degraded\nkafka: no broker\n", "degraded: kafka"),
        (503, "not ready\npostgres: gone: yes\nkafka: x\n", "not ready: postgres, kafka"),
        (503, "", "not ready"), (200, "", "ready"),
    ])
    func `status names the dependencies that fail`(status: Int, body: String, text: String) {
        #expect(LocalClusterStatus.health((status, body)) == text)
    }

    @Test func `events and watch require valid job ids`() throws {
        expectRefused(["events", "nonsense"])
        expectRefused(["watch", "nonsense"])
        let id = "01890000-0000-7000-8000-000000000000"
        let command: EventsCommand = try parse("events", id)
        #expect("\(command.job)" == id)
    }

    @Test(
        arguments: [
            (.unreachable(base: "http://x", reason: "refused"), .unavailable),
            (.refused(status: 401, problem: nil), .notPermitted),
            (.refused(status: 403, problem: nil), .notPermitted),
            (.refused(status: 404, problem: nil), .failure),
            (.refused(status: 429, problem: nil), .unavailable),
            (.refused(status: 503, problem: nil), .unavailable),
            (.unknownBody(path: "/"), .failure),
        ] as [(APIFailure, CommandStatus)])
    func `a refusal of the API has its exit status`(failure: APIFailure, status: CommandStatus) {
        #expect(failure.exitStatus == status)
    }

    @Test func `a path that the API does not have leads to an upgrade`() {
        for problem in [nil, ProblemResponse(title: nil, detail: "d", code: "no_such_route")] {
            let failure = APIFailure.refused(status: 404, problem: problem)
            #expect(failure.description.contains("'millrace down', then 'millrace up'"))
        }
        let missing = APIFailure.refused(
            status: 404, problem: ProblemResponse(title: nil, detail: "d", code: "job_not_found"))
        #expect(missing.description == "d (HTTP 404, job_not_found)")
    }

    @Test(
        arguments: [
            ([], .success), ([.unavailable], .unavailable), ([.notPermitted], .notPermitted),
            ([.unavailable, .notPermitted], .notPermitted), ([.unavailable, .failure], .failure),
            ([.notPermitted, .failure, .unavailable], .failure),
        ] as [([CommandStatus], CommandStatus)])
    func `the status of several failures is the worst of them`(
        statuses: [CommandStatus], worst: CommandStatus
    ) {
        let errors: [any Error] = statuses.map { UserError("e", $0) }
        #expect(CommandStatus.worst(of: errors) == worst)
        #expect(CommandStatus.worst(of: errors + [CancellationError()]) == .failure)
    }

    @Test(arguments: [
        (503, "operations_disabled", CommandStatus.failure), (503, "audit_timeout", .failure),
        (409, "audit_running", .unavailable), (409, "key_reused", .failure),
    ])
    func `the code decides whether a retry can succeed`(
        status: Int, code: String, exit: CommandStatus
    ) {
        let failure = APIFailure.refused(
            status: status, problem: ProblemResponse(title: nil, detail: "d", code: code))
        #expect(failure.isTransient == (exit == .unavailable) && failure.exitStatus == exit)
    }
}
