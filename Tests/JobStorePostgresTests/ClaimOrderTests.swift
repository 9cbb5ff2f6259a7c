import Domain
import JobStorePostgres
import Pipeline
import TestSupport
import Testing

/// Compares the claim statement with the rule in Domain.
@Suite(.timeLimit(.minutes(5))) struct ClaimOrderTests {
    private struct Seeded {
        var waiting: [ClaimLimits.WaitingJob] = []
        var tenants: [TenantID] = []
    }

    /// Seeds tenants with 1, 2, 5 and 9 waiting jobs in turn. Every fourth job of a tenant is long.
    private func seed(_ database: TestDatabase) async throws -> Seeded {
        var seeded = Seeded()
        for count in [1, 2, 5, 9] {
            let tenant = TenantID()
            seeded.tenants.append(tenant)
            for number in 0..<count {
                let chunks = number % 4 == 3 ? 1000 : 10
                let job = try await database.seedJob(of: tenant)
                try await database.script(
                    "UPDATE upload_pipeline.upload_jobs SET expected_chunks = \(chunks) "
                        + "WHERE job_id = '\(job)'")
                seeded.waiting.append(.init(id: job, tenant: tenant, expectedChunks: chunks))
            }
        }
        return seeded
    }

    @Test(arguments: [1, 2, 3, 4, 5, 8, 11, 17, 40], [false, true])
    func `the claim query picks the same jobs as the rule from any starting tenant`(
        limit: Int, isBounded: Bool
    ) async throws {
        try await TestDatabase.lend { database in
            let seeded = try await seed(database)
            let last = [TenantID.first, seeded.tenants.randomElement()!, TenantID()]
                .randomElement()!
            let limits = ClaimLimits(
                limit, excluding: isBounded ? [seeded.tenants[3]] : [], after: last,
                chunksMax: isBounded ? 256 : .max)
            let claimed = try await database.store.claimWaiting(
                limits, from: .parse, as: "w", on: ClaimTerms())
            let taken = Set(claimed.map(\.claim.job))
            #expect(taken == Set(limits.choose(from: seeded.waiting)), "after \(last)")
        }
    }

    @Test func `a job inserted by hand gets the tenant of its document`() async throws {
        try await TestDatabase.lend { database in
            let tenant = TenantID()
            let job = try await database.seedJob(of: tenant)
            #expect(
                try await database.texts(
                    "SELECT user_id FROM upload_pipeline.upload_jobs WHERE job_id = '\(job)'")
                    == ["\(tenant)"])
        }
    }
}
