import Migrations

@testable import Backups
@testable import CataloguePostgres
@testable import JobStorePostgres

/// A statement of the code and the programs that run it.
struct ProgramStatement: Sendable {
    let name: String
    let sql: String
    let programs: Set<ProgramRole>

    /// Every statement of every program. The switches are exhaustive: the tests do not compile
    /// until a new statement is added here.
    static let all: [ProgramStatement] =
        JobStorePostgres.Query.allCases.map {
            ProgramStatement(name: "\($0)", sql: $0.text, programs: $0.programs)
        }
        + CataloguePostgres.Query.allCases.map {
            ProgramStatement(name: "\($0)", sql: $0.text, programs: [.ingestAPI])
        }
        + Backups.Query.allCases.map {
            ProgramStatement(name: "\($0)", sql: $0.text, programs: $0.programs)
        }
        + DeadLetterStatement.allCases.map {
            ProgramStatement(name: "\($0)", sql: $0.sql, programs: [.operator])
        }
        + SpendGrouping.allCases.map {
            ProgramStatement(name: "spend by \($0)", sql: $0.sql, programs: [.operator])
        }

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

extension JobStorePostgres.Query {
    private static let workers: Set<ProgramRole> = [
        .parseWorker, .chunkWorker, .embedWorker, .flusher,
    ]

    var programs: Set<ProgramRole> {
        switch self {
        case .claim, .claimWaiting, .heartbeat, .fail, .release, .unknownJobs: Self.workers
        case .advance, .completeParsing, .keepParseTicket, .parseTicket, .toldOfParse:
            [.parseWorker]
        case .completeChunking, .copyChunks: [.chunkWorker]
        case .beginEmbedding, .completeEmbedding, .holdsClaim, .pendingChunks, .stageVectors:
            [.embedWorker]
        case .beginCall, .endCall, .reportProviders, .spentToday, .spentTodayByTenant:
            [.embedWorker, .ingestAPI, .parseWorker]
        case .flush, .flushFence, .flushReplace, .flushSlice, .addCells, .addSketches, .cellMembers,
            .cells, .countMembers, .crowdedCells,
            .fillCells, .growingSpace, .lockCells, .nextTenant, .removeCell, .unsketched:
            [.flusher]
        case .auditAcceptance, .auditBounds, .auditChunks, .auditHistory, .auditTouched:
            [.reconciler, .operator]
        case .endDeadClaims, .expireDeadlines, .expireLeases, .lostSessions, .forgetKeys,
            .forgetNotices, .forgetProviders,
            .blobsAreHeld, .gauges, .namedBlobs, .oldestWaiting, .orphanTexts, .orphanVectors,
            .queuesAtRest, .referencedBlobs,
            .renotify, .retriesDue:
            [.reconciler]
        }
    }
}

extension Backups.Query {
    /// Holding blobs needs only a login. The owner does everything else.
    var programs: Set<ProgramRole> {
        switch self {
        case .holdBlobs, .releaseBlobs: [.operator]
        case .backupBlobs, .countDocuments, .exportSnapshot, .hasSchema, .isUsed, .runningPrograms,
            .tables:
            []
        }
    }
}
