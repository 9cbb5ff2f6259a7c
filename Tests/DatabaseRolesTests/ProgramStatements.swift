import Migrations
import Postgres

@testable import JobStorePostgres

/// A statement of the code and the programs that run it.
struct ProgramStatement: Sendable {
    let name: String
    let sql: String
    let programs: Set<ProgramRole>

    init(_ name: String, _ sql: String, of programs: Set<ProgramRole>) {
        self.name = name
        self.sql = sql
        self.programs = programs
    }

    init(_ file: SQLFile, of programs: Set<ProgramRole>) {
        self.init(file.name, file.text, of: programs)
    }

    /// Every statement of every program. A test compares those in files with the files.
    static let all: [ProgramStatement] =
        jobStore + shared + catalogue + operations + backups

    static func of(_ program: ProgramRole) -> [ProgramStatement] {
        all.filter { $0.programs.contains(program) }
    }

    /// An EXPLAIN that shows whether the statement is allowed, without running it. A COPY cannot be
    /// explained; an INSERT into the same columns needs the same privileges.
    var explanation: String {
        guard let copy = sql.firstRange(of: "COPY ") else { return "EXPLAIN (GENERIC_PLAN) " + sql }
        let target = sql[copy.upperBound...].prefix { $0 != ")" } + ")"
        let values = Array(repeating: "NULL", count: target.count { $0 == "," } + 1)
        return "EXPLAIN INSERT INTO \(target) VALUES (\(values.joined(separator: ", ")))"
    }
}

/// The statements of the job store.
extension ProgramStatement {
    static let jobStore: [ProgramStatement] =
        claims + stages + cells + providers + reconciling + audit

    private static let claims = statements(
        [
            Query.claim, Query.claimWaiting, Query.heartbeat, Query.fail, Query.release,
            Query.missingJobs,
        ], of: [.parseWorker, .chunkWorker, .embedWorker, .flusher])

    private static let stages =
        statements(
            [
                Query.advance, Query.completeParsing, Query.storeParseTicket, Query.parseTicket,
                Query.parseReported,
            ], of: [.parseWorker])
        + statements([Query.completeChunking, Query.copyChunks], of: [.chunkWorker])
        + statements(
            [
                Query.beginEmbedding, Query.completeEmbedding, Query.holdsClaim,
                Query.pendingChunks, Query.stageVectors,
            ], of: [.embedWorker])
        + statements([Query.flush], of: [.flusher])

    private static let cells = statements(
        [
            Query.addCells, Query.addSketches, Query.cellMembers, Query.cells, Query.countMembers,
            Query.countWords, Query.fillCells, Query.forgetWords, Query.lockCells,
            Query.nextCountedTenant, Query.nextTenant, Query.oversizedCells, Query.removeCell,
            Query.unassignedSpace, Query.unsketchedChunks,
        ], of: [.flusher])

    private static let providers = statements(
        [Query.beginCall, Query.endCall, Query.reportProviders, Query.spentToday],
        of: [.embedWorker, .ingestAPI, .parseWorker])

    private static let reconciling = statements(
        [
            Query.blobsAreHeld, Query.deleteExpiredKeys, Query.deleteExpiredParseEvents,
            Query.deleteExpiredProviderStates, Query.deleteOrphanRows, Query.endDeadClaims,
            Query.expireClaims, Query.idleQueues, Query.lostSessions, Query.resendHints,
            Query.resumeRetries,
        ], of: [.reconciler])

    private static let audit = statements(
        [
            Query.auditAcceptance, Query.auditBounds, Query.auditChunks, Query.auditHistory,
            Query.auditTouched, Query.gauges, Query.namedBlobs, Query.oldestWaiting,
            Query.referencedBlobs,
        ], of: [.reconciler, .operator])

    static func statements(
        _ files: [SQLFile], of programs: Set<ProgramRole>
    ) -> [ProgramStatement] {
        files.map { ProgramStatement($0, of: programs) }
    }
}
