import ArgumentParser
import Domain
import JobStorePostgres

/// `millrace deadletter show JOB`
struct DeadLetterShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Tells all about one dead job, with its history.")

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "The job.") var job: String

    func validate() throws {
        if JobID(job) == nil { throw ValidationError("'\(job)' is no job id.") }
    }

    func run() async throws {
        guard let id = JobID(job) else { return }
        let letter = try await database.withPool { pool in
            try await PostgresJobStore(pool: pool).deadLetter(of: id)
        }
        guard let letter else { throw UserError("There is no dead job \(job).") }
        var facts = Table("job", job)
        facts.add("document", letter.document)
        facts.add("file", "\(letter.filename.printable) (\(letter.mime), \(letter.bytes) bytes)")
        facts.add("tenant", letter.tenant)
        facts.add("uploaded", letter.uploaded)
        facts.add("failed", "\(letter.failed) at \(letter.stage)")
        facts.add("attempts", "\(letter.attempts) of \(letter.attemptsMax)")
        facts.add("cause", "\(letter.code): \(letter.message.printable)")
        Output.line(facts.text)
        Output.line()
        Output.line(Table(history: letter.history).text)
    }
}
