import FoundationEssentials
import Testing

@testable import LocalCluster

@Suite struct RuleTests {
    @Test func `the restart delay of a process grows with each death to at most half a minute`() {
        var backoff = RestartBackoff()
        let delays = (0..<9).map { _ in backoff.delay(lived: 1) }
        #expect(delays == [0.5, 1, 2, 4, 8, 16, 30, 30, 30])
    }

    @Test func `a process that ran for a minute resets its backoff`() {
        var backoff = RestartBackoff()
        for _ in 0..<5 { _ = backoff.delay(lived: 1) }
        #expect(backoff.delay(lived: 60) == 0.5)
    }

    @Test func `the plan contains the requested number of each program under distinct names`() {
        let plan = ProcessPlan(
            size: ClusterSize(parseWorkers: 1, chunkWorkers: 0, embedWorkers: 3, flushers: 1))
        #expect(
            plan.entries.map(\.name) == [
                "embedded-broker", "ingest-api", "parse-worker-1", "embed-worker-1",
                "embed-worker-2", "embed-worker-3", "flusher-1", "reconciler",
            ])
        #expect(plan.entries.filter { $0.tier == .broker }.map(\.program) == ["embedded-broker"])
    }

    @Test func `an external Kafka replaces the broker`() {
        let plan = ProcessPlan(size: ClusterSize(), kafkaBrokers: "kafka:9092")
        #expect(!plan.entries.contains { $0.program == "embedded-broker" })
    }

    @Test
    func `the environment of a process contains all addresses regardless of our own environment`() {
        let layout = ClusterLayout(root: "/place", programs: "/programs")
        let record = ClusterRecord(
            postgresPort: 1, postgresPassword: "secret",
            loginPasswords: ["flusher": "own", "operator": "other"], brokerPort: 2, httpPort: 3,
            adminPorts: ["flusher-1": 4], apiToken: nil, size: ClusterSize())
        let plan = ProcessPlan(size: ClusterSize())
        let variables = plan.environment(
            of: .init("flusher-1", program: "flusher"), record: record, layout: layout,
            inherited: [
                "MILLRACE_POSTGRES_URL": "elsewhere", "MILLRACE_EXTRA": "kept",
                "MILLRACE_KAFKA_PROPERTIES": "client.id=mine",
            ])
        #expect(
            variables["MILLRACE_POSTGRES_URL"]
                == "postgresql://flusher:own@127.0.0.1:1/millrace")
        #expect(variables["MILLRACE_LOGINS"] == nil)
        #expect(variables["MILLRACE_KAFKA_BROKERS"] == "127.0.0.1:2")
        #expect(variables["MILLRACE_KAFKA_PROPERTIES"] == "client.id=mine")
        #expect(variables["MILLRACE_ADMIN_PORT"] == "4")
        #expect(variables["MILLRACE_PARSE_SANDBOX_PATH"] == "/programs/parse-sandbox")
        #expect(variables["MILLRACE_EXTRA"] == "kept")
        #expect(variables["MILLRACE_MINILM_PATH"] == nil)
        #expect(variables["MILLRACE_E5_PATH"] == layout.runtime + "/e5")
    }

    @Test func `only migrate receives the owner's password, and the broker no database URL`() {
        let layout = ClusterLayout(root: "/place", programs: "/programs")
        let record = ClusterRecord(
            postgresPort: 1, postgresPassword: "secret",
            loginPasswords: ["parse-worker": "p", "flusher": "f"], brokerPort: 2, httpPort: 3,
            adminPorts: [:], apiToken: nil, size: ClusterSize())
        let plan = ProcessPlan(size: ClusterSize())
        func variables(_ entry: ProcessPlan.Entry) -> [String: String] {
            plan.environment(
                of: entry, record: record, layout: layout,
                inherited: ["MILLRACE_POSTGRES_URL": "elsewhere", "MILLRACE_LOGINS_FILE": "/x"])
        }
        let migrate = variables(.init("migrate", program: "/bin/millrace", user: .owner))
        #expect(
            migrate["MILLRACE_POSTGRES_URL"]
                == "postgresql://millrace:secret@127.0.0.1:1/millrace")
        #expect(
            migrate["MILLRACE_LOGINS"] == "parse-worker parse_worker p\nflusher flusher f\n")
        #expect(migrate["MILLRACE_LOGINS_FILE"] == nil)
        let broker = plan.entries.filter { $0.tier == .broker }.map(variables)
        #expect(broker.map { $0["MILLRACE_POSTGRES_URL"] } == [nil])
        let programs = Set(plan.entries.filter { $0.tier == .programs }.map(\.user))
        #expect(programs == Set(DatabaseUser.allCases).subtracting([.owner, .operator]))
    }

    @Test(
        arguments: [
            ([:], "00000000-0000-4000-8000-000000000001"),
            (["MILLRACE_TOKENS_FILE": "/tokens"], nil),
            // A file without a token.
            (["MILLRACE_TOKENS_FILE": "/dev/null"], nil),
            (["MILLRACE_TOKENS": "a line"], nil),
            (["MILLRACE_TOKENS": "a line", "MILLRACE_ANONYMOUS_TENANT": "mine"], "mine"),
        ] as [([String: String], String?)])
    func `with tokens, an anonymous tenant must be set explicitly`(
        inherited: [String: String], tenant: String?
    ) {
        let record = ClusterRecord(
            postgresPort: 1, postgresPassword: "secret", brokerPort: 2, httpPort: 3,
            adminPorts: [:], apiToken: nil, size: ClusterSize())
        let variables = ProcessPlan(size: ClusterSize()).environment(
            of: .init("ingest-api", program: "ingest-api"), record: record,
            layout: ClusterLayout(root: "/place", programs: "/programs"), inherited: inherited)
        #expect(variables["MILLRACE_ANONYMOUS_TENANT"] == tenant)
    }

    @Test func `the API serves the cluster's operator, next to the tokens that are given`() throws {
        let scratch = Scratch()
        let layout = ClusterLayout(root: scratch.path, programs: "/programs")
        let record = try ClusterRecord.prepare(layout, size: ClusterSize(), processes: [])
        let token = try #require(record.operatorToken)
        #expect(
            try ClusterRecord.prepare(layout, size: ClusterSize(), processes: []).operatorToken
                == token)
        func variables(_ program: String, _ inherited: [String: String]) -> [String: String] {
            ProcessPlan(size: ClusterSize()).environment(
                of: .init(program, program: program), record: record, layout: layout,
                inherited: inherited)
        }
        let line = try ProcessPlan.tokens(record, inherited: [:])
        #expect(line.wholeMatch(of: /operator\/local [0-9a-f]{64}/) != nil)
        #expect(!line.contains(token))
        #expect(
            try ProcessPlan.tokens(record, inherited: ["MILLRACE_TOKENS": "a line"])
                == "a line\n" + line)
        let given = ["MILLRACE_TOKENS": "a line", "MILLRACE_TOKENS_FILE": "/elsewhere"]
        let api = variables("ingest-api", given)
        #expect(api["MILLRACE_TOKENS"] == nil)
        #expect(api["MILLRACE_TOKENS_FILE"] == layout.tokensFile)
        let url = variables("ingest-api", [:])["MILLRACE_OPERATIONS_POSTGRES_URL"]
        #expect(url == record.postgresURL(of: .operator))
        // No worker has the operator's login.
        let worker = variables(
            "flusher", given.merging(["MILLRACE_OPERATIONS_POSTGRES_URL": "elsewhere"]) { $1 })
        #expect(worker["MILLRACE_OPERATIONS_POSTGRES_URL"] == nil)
        #expect(worker["MILLRACE_TOKENS"] == nil)
        #expect(worker["MILLRACE_TOKENS_FILE"] == nil)
    }

    @Test func `a file of tokens can be larger than a variable of the environment`() throws {
        let scratch = Scratch()
        let layout = ClusterLayout(root: scratch.path, programs: "/programs")
        let record = try ClusterRecord.prepare(layout, size: ClusterSize(), processes: [])
        let file = scratch.path + "/given"
        let lines = String(repeating: "# a line of a large file\n", count: 8000)
        try lines.write(toFile: file, atomically: true, encoding: .utf8)
        let inherited = ["MILLRACE_TOKENS_FILE": file]
        let tokens = try ProcessPlan.tokens(record, inherited: inherited)
        #expect(tokens.hasPrefix(lines) && tokens.contains("operator/local "))
        let variables = ProcessPlan(size: ClusterSize()).environment(
            of: .init("ingest-api", program: "ingest-api"), record: record, layout: layout,
            inherited: inherited)
        #expect(variables.values.allSatisfy { $0.utf8.count < 4096 })
    }

    @Test func `a file of tokens that does not exist is named`() throws {
        let scratch = Scratch()
        let layout = ClusterLayout(root: scratch.path, programs: "/programs")
        let record = try ClusterRecord.prepare(layout, size: ClusterSize(), processes: [])
        let error = #expect(throws: ClusterError.self) {
            try ProcessPlan.tokens(
                record, inherited: ["MILLRACE_TOKENS_FILE": scratch.path + "/missing"])
        }
        #expect(error?.description.contains(scratch.path + "/missing") == true)
    }

    @Test func `a record of an older version without logins uses the owner`() throws {
        let scratch = Scratch()
        let layout = ClusterLayout(root: scratch.path, programs: "/")
        let record = try ClusterRecord.prepare(layout, size: ClusterSize(), processes: [])
        var old = record
        old.loginPasswords = nil
        try old.write(layout)
        #expect(try ClusterRecord.read(layout) == old)
        #expect(old.postgresURL(of: .operator) == old.postgresURL(of: .owner))
        let new = try ClusterRecord.prepare(layout, size: ClusterSize(), processes: [])
        #expect(new.postgresPassword == old.postgresPassword)
        #expect(Set((new.loginPasswords ?? [:]).values).count == DatabaseUser.allCases.count - 1)
    }

    @Test func `a program with another user and a death signal is started by setpriv`() {
        var specification = ProcessSpecification(
            executable: "/bin/true", arguments: ["x"], environment: [:])
        #expect(specification.command == ["/bin/true", "x"])
        specification.user = UnprivilegedUser(name: "nobody", uid: 65534, gid: 65534)
        specification.deathSignal = .interrupt
        #expect(
            specification.command == [
                "env", "--chdir=/", "setpriv", "--reuid", "65534", "--regid", "65534",
                "--clear-groups", "--pdeathsig", "INT", "--", "/bin/true", "x",
            ])
    }
}
